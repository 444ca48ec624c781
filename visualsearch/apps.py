from django.apps import AppConfig
from django.conf import settings


class VisualSearchConfig(AppConfig):
    name = "visualsearch"
    verbose_name = "Visual search"

    def ready(self) -> None:
        from visualsearch import checks, receivers, worker  # noqa: F401 - connect themselves to Django and Celery
        from visualsearch.ml import weights

        weights.look_in(settings.VISUALSEARCH["MODELS"])
