from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        from shop.celery import app  # noqa: F401 - `delay_on_commit` needs the configured application in every process
