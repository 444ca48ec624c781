from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class VisualSearchConfig(AppConfig):
    name = "visualsearch"
    verbose_name = _("Visual search")

    def ready(self) -> None:
        from visualsearch import checks, receivers, worker  # noqa: F401 - connect themselves to Django and Celery
        from visualsearch.ml import weights

        weights.look_in(settings.VISUALSEARCH["MODELS"])
