from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "shop_payments"  # django-payments is "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from shop.payments import receivers  # noqa: F401 - they connect themselves
