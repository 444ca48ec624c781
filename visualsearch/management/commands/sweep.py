"""One sweep, for those who run no beat: call it every minute from cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog import imports
from visualsearch import doctor, indexing, insight, searches
from visualsearch.tasks import describe_photo


class Command(BaseCommand):
    """What the task `sweep` does."""

    help = "Send the pictures and photos that were lost on the way to the workers again."

    def handle(self, **options: Any) -> None:
        pictures = indexing.sweep()
        insight.sweep()  # before what is a day old goes
        photos = searches.sweep()
        for search_id in photos:
            describe_photo.delay(str(search_id))
        doctor.sweep()
        imports.sweep()
        self.stdout.write(f"{pictures} pictures and {len(photos)} photos sent to the workers again.")
