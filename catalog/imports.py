"""Writes of imports: a keeper begins one, a worker checks it, the keeper has it imported, and maybe taken back.

The row is the truth: `sweep` finds what a killed worker left and sends it on. Two workers never have the same run, as
each holds a lock of the database on it, which goes with the process.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog import importpreview, undoing
from catalog.importer import import_catalog
from catalog.importer.files import Files, NoFiles
from catalog.importer.report import DEEDS, KINDS
from catalog.importer.sheets import Unreadable
from catalog.modelsimport import ImportChange, ImportRun

if TYPE_CHECKING:
    from django.core.files.base import File

    from catalog.importer.deeds import Deed
    from catalog.importer.listings import Listing
    from catalog.importer.report import Report

Step, State = ImportRun.Step, ImportRun.State
BUSY = (State.WAITING, State.WORKING)
MOST_ATTEMPTS = 3
SHOWN = 100  # bad rows that the page shows; the file has all
OFTEN = 0.5  # seconds between two signs of life
LOST = timedelta(minutes=2)  # without a sign of life
LOCK = 41_001  # the first half of the locks on runs

logger = logging.getLogger(__name__)


def begin(file: File, images: File | None = None, *, format: str = "", language: str = "", by: Any) -> ImportRun:
    """A new run, whose file is to be checked."""
    run = ImportRun(folder=uuid4(), name=(file.name or "")[:200], format=format, language=language, by=by)
    run.file.save(_short(file.name), file, save=False)
    if images:
        run.images.save(_short(images.name), images, save=False)
    run.save()
    _dispatch(run.pk)
    return run


def start(run: ImportRun) -> bool:
    """Import what was checked. False if it is not there any more, or was started meanwhile."""
    return _go(run, Step.IMPORT, step=Step.CHECK, state=State.DONE)


def undo(run: ImportRun) -> bool:
    """Take back what was imported, wholly or up to where it failed. False if that is not possible any more."""
    whole = _go(run, Step.UNDO, step=Step.IMPORT, state=State.DONE)
    return whole or _go(run, Step.UNDO, step=Step.IMPORT, state=State.FAILED)


def retry(run: ImportRun) -> bool:
    """Try the step that failed again; what it did already stays done. False if it did not fail."""
    return _go(run, run.step, step=run.step, state=State.FAILED)


def discard(run: ImportRun) -> bool:
    """Forget a run that changed nothing. False if it did, or is being worked on."""
    if run.step != Step.CHECK or run.busy:
        return False
    _delete_files(run)
    run.delete()
    return True


def work(run_id: int) -> None:
    """Do the step that a run waits for, unless another worker is at it."""
    with _held(run_id) as held:
        run = _claimed(run_id) if held else None
        if run is None:
            return
        with translation.override(run.language or settings.LANGUAGE_CODE):
            _do(run)


def sweep() -> list[int]:
    """Send runs on that no worker tells anything of, and let go of old files. Returns the ids of those sent."""
    lost = list(ImportRun.objects.filter(state__in=BUSY, moved__lt=timezone.now() - LOST).values_list("pk", flat=True))
    ImportRun.objects.filter(pk__in=lost).update(moved=timezone.now())
    for run_id in lost:
        _dispatch(run_id)
    _tidy()
    return lost


def _do(run: ImportRun) -> None:
    steps = {Step.CHECK: _check, Step.IMPORT: _import, Step.UNDO: undoing.undo}
    try:
        steps[Step(run.step)](run)
    except (Unreadable, NoFiles) as error:
        _finish(run, State.FAILED, str(error))
    except Exception as error:
        logger.exception("Import %s failed at its %s", run.pk, run.step)
        said = _("An error stopped it: {error}. Try again; if it stays, tell whoever looks after the server.")
        _finish(run, State.FAILED, said.format(error=f"{type(error).__name__}: {error}"[:300]))
    else:
        _finish(run, State.DONE)


def _check(run: ImportRun) -> None:
    preview = importpreview.Preview()
    _tell(run, _run_through(run, dry_run=True, note=preview.note))
    run.preview = preview.told


def _import(run: ImportRun) -> None:
    def note(deeds: list[Deed]) -> None:
        ImportChange.objects.bulk_create(undoing.change(run, deed) for deed in deeds)

    report = _run_through(run, note=note, reference=_("import of {file}").format(file=run.name), by=run.by)
    _tell(run, report)
    run.report["counts"] = _counts_over_attempts(run, report)


def _run_through(run: ImportRun, **options: Any) -> Report:
    file, images = Path(run.file.path), Path(run.images.path) if run.images else None
    if images is None and file.suffix.lower() == ".zip":
        images = file
    with Files(images) if images else nullcontext() as files:

        def watch(listings: list[Listing]) -> Iterator[Listing]:
            return _watched(run, listings)

        return import_catalog(file, format=run.format or None, images=files, watch=watch, **options)


def _watched(run: ImportRun, some: list[Any]) -> Iterator[Any]:
    """Walk over something, and let the page see how far it is."""
    run.total, last = len(some), 0.0
    for run.done, one in enumerate(some):
        if monotonic() - last > OFTEN:
            _sign_of_life(run)
            last = monotonic()
        yield one
    run.done = run.total


def _sign_of_life(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).update(done=run.done, total=run.total, moved=timezone.now())


def _tell(run: ImportRun, report: Report) -> None:
    counts = {kind: {deed: report.counts[kind, deed] for deed in DEEDS} for kind in KINDS}
    run.report = {"counts": counts, "bad": len(report.bad), "passed_over": report.pictures_passed_over}
    run.bad = [[bad.sheet, bad.line, bad.reason] for bad in sorted(report.bad)[:SHOWN]]
    if run.corrections:
        run.corrections.delete(save=False)
    if report.bad:
        text = io.StringIO(newline="")
        report.write_corrections(text)
        run.corrections.save("corrections.csv", ContentFile(text.getvalue().encode("utf-8-sig")), save=False)


def _counts_over_attempts(run: ImportRun, report: Report) -> dict[str, dict[str, int]]:
    """What a killed attempt had done already, the last one found unchanged."""
    counts = {}
    for kind in KINDS:
        changes = run.changes.filter(kind=kind.removesuffix("s"))
        created = changes.filter(new=True).count()
        updated = changes.filter(new=False).values("row").distinct().count()
        seen = sum(report.counts[kind, deed] for deed in DEEDS)
        counts[kind] = {"created": created, "updated": updated, "unchanged": max(0, seen - created - updated)}
    return counts


def _finish(run: ImportRun, state: str, reason: str = "") -> None:
    run.state, run.reason, run.moved = state, reason[:500], timezone.now()
    run.save()


def _claimed(run_id: int) -> ImportRun | None:
    """The run, if it waits for a worker, one attempt older; given up if it had enough of them."""
    found = ImportRun.objects.filter(pk=run_id, state__in=BUSY)
    if not found.update(state=State.WORKING, attempts=F("attempts") + 1, moved=timezone.now(), reason=""):
        return None
    run = ImportRun.objects.get(pk=run_id)
    if run.attempts > MOST_ATTEMPTS:
        said = _("The worker was stopped in the middle {times} times. Try again, or look whether it has enough memory.")
        _finish(run, State.FAILED, said.format(times=MOST_ATTEMPTS))
        return None
    return run


def _go(run: ImportRun, to: str, **expected: str) -> bool:
    """Set a step out for the workers, if the run still is where it is expected."""
    stands = ImportRun.objects.filter(pk=run.pk, **expected).exclude(file="")
    gone = stands.update(step=to, state=State.WAITING, attempts=0, done=0, reason="", moved=timezone.now())
    if gone:
        _dispatch(run.pk)
    return bool(gone)


def _dispatch(run_id: int) -> None:
    from catalog.tasks import work_on_import

    work_on_import.delay_on_commit(run_id)


@contextmanager
def _held(run_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, run_id])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, run_id])


def _tidy() -> None:
    """Files of old runs go, and what would be needed to undo them."""
    old = timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS)
    for run in ImportRun.objects.filter(created__lt=old).exclude(file="").exclude(state__in=BUSY):
        _delete_files(run)
        run.changes.all().delete()
        run.save(update_fields=["file", "images", "corrections"])


def _delete_files(run: ImportRun) -> None:
    for file in (run.file, run.images, run.corrections):
        if file:
            file.delete(save=False)


def _short(name: str | None) -> str:
    """As much of a name as the column has room for, with its ending."""
    path = Path(name or "catalogue.csv")
    return f"{path.stem[:80]}{path.suffix[:10]}"
