"""Pictures on their way to the workers."""

from datetime import timedelta

from django.utils import timezone

from visualsearch.models import Indexing


def state_of(image):
    row = Indexing.objects.get(image=image)
    return row.state, row.attempts, row.reason


def age(image, seconds):
    """Let time pass since anything happened to the picture."""
    then = timezone.now() - timedelta(seconds=seconds)
    Indexing.objects.filter(image=image).update(changed=then)
    Indexing.objects.filter(image=image, started__isnull=False).update(started=then)
