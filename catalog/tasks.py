"""What workers do for the catalogue. Ids only: a task finds everything else in the tables."""

from __future__ import annotations

from celery import shared_task


@shared_task
def work_on_import(run_id: int) -> None:
    """Check, import or undo a keeper's file."""
    from catalog import imports

    imports.work(run_id)


@shared_task
def sweep() -> None:
    """Send imports on that were lost."""
    from catalog import imports

    imports.sweep()
