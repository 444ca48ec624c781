from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WishesConfig(AppConfig):
    name = "shop.wishes"
    verbose_name = _("Wish lists")

    def ready(self) -> None:
        from shop.wishes import receivers  # noqa: F401 - they connect themselves
