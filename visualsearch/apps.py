from django.apps import AppConfig


class VisualSearchConfig(AppConfig):
    name = "visualsearch"
    verbose_name = "Visual search"

    def ready(self) -> None:
        from visualsearch import checks, receivers, worker  # noqa: F401 - connect themselves to Django and Celery
