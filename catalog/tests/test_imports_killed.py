"""A worker that is killed in the middle of an import, as by the power cut: a real process and a real SIGKILL."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog import imports
from catalog.models import Product, StockChange, Variant
from catalog.modelsimport import ImportRun
from catalog.tests.exports import shopify
from catalog.tests.surroundings import of_a_process

pytestmark = pytest.mark.django_db(transaction=True)

PRODUCTS = 300


def rows():
    """A product a row, seven pieces of each."""
    counted = {
        "Type": "Tops",
        "Variant Price": "9",
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "7",
    }
    return [counted | {"Handle": f"top-{n}", "Title": f"Top {n}", "Variant SKU": f"TOP-{n}"} for n in range(PRODUCTS)]


def a_worker(run_id):
    work = f"import django; django.setup(); from catalog import imports; imports.work({run_id})"
    return subprocess.Popen([sys.executable, "-c", work], env=of_a_process(PRIVATE_ROOT=str(settings.PRIVATE_ROOT)))


def until(condition, worker, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        assert worker.poll() is None, "the worker was done before it could be killed"
        time.sleep(0.01)


def take_up(run, seconds=30):
    """Do what the killed worker left, as a sweep does again and again: the database lets go of what was the worker's
    once it has noticed its death, which takes a moment.
    """
    deadline = time.monotonic() + seconds
    while run.state in imports.BUSY and time.monotonic() < deadline:
        imports.work(run.pk)
        run.refresh_from_db()


def test_a_killed_import_is_picked_up_finished_and_can_be_undone(django_user_model):
    boss = django_user_model.objects.create(username="boss")
    run = imports.begin(ContentFile(shopify(*rows()).encode(), name="shop.csv"), by=boss)
    imports.work(run.pk)
    imports.start(run)
    worker = a_worker(run.pk)
    until(lambda: Product.objects.count() > 20, worker)
    worker.kill()
    worker.wait()
    assert 20 < Product.objects.count() < PRODUCTS
    run.refresh_from_db()
    assert run.is_at("import", "working")
    ImportRun.objects.update(moved=timezone.now() - timedelta(minutes=5))
    assert imports.sweep() == [run.pk]
    take_up(run)
    assert run.is_at("import"), run.reason
    assert run.report["counts"]["variants"] == {"created": PRODUCTS, "updated": 0, "unchanged": 0}
    assert Variant.objects.count() == StockChange.objects.count() == PRODUCTS
    worker = imports.undo(run) and a_worker(run.pk)
    until(lambda: Product.objects.count() < PRODUCTS - 20, worker)
    worker.kill()
    worker.wait()
    run.refresh_from_db()
    take_up(run)
    assert run.is_at("undo"), run.reason
    assert not Product.objects.exists()
    assert not run.changes.exclude(left="").exists()
