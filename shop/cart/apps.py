from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CartConfig(AppConfig):
    name = "shop.cart"
    verbose_name = _("Cart")

    def ready(self) -> None:
        from shop.cart import receivers  # noqa: F401 - they connect themselves
