from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop")

    def ready(self) -> None:
        from shop import roles
        from shop.celery import app  # noqa: F401 - `delay_on_commit` needs the configured application in every process

        post_migrate.connect(roles.ensure, dispatch_uid="shop.roles")
