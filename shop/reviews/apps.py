from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "shop.reviews"
    verbose_name = _("Reviews")

    def ready(self) -> None:
        from shop.reviews import receivers  # noqa: F401 - they connect themselves
