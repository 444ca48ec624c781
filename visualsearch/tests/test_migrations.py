"""What the tables held before a change of them is there afterwards."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from visualsearch.models import ModelVersion
from visualsearch.tests.makers import an_image

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = [("visualsearch", "0001_initial")], [("visualsearch", "0002_versions")]


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def before():
    """The tables as they were, and as they are again afterwards."""
    yield migrate(BEFORE)
    leaves = [leaf for leaf in MigrationExecutor(connection).loader.graph.leaf_nodes() if leaf[0] == "visualsearch"]
    migrate(leaves)


def test_versions_get_their_states_and_pictures_keep_their_rows(before):
    image, failed, waiting = an_image(), an_image(), an_image()
    make = before.get_model("visualsearch", "ModelVersion").objects.create
    pair = {"detector": "d", "embedder": "e"}
    older, active, new = (make(**pair, detector_sha256=c * 64, embedder_sha256=c * 64, active=c == "a") for c in "oan")
    vector = [1.0] + [0.0] * 511
    box = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "score": 1, "position": "whole", "ordinal": 0, "embedding": vector}
    for version in (active, new):
        before.get_model("visualsearch", "Region").objects.create(image_id=image.pk, version=version, **box)
    rows = before.get_model("visualsearch", "Indexing").objects
    rows.create(image_id=image.pk, version=new, sha256=image.sha256, state="done")
    rows.create(image_id=failed.pk, version=active, sha256=failed.sha256, state="failed", reason="Cut off.", attempts=1)
    rows.create(image_id=waiting.pk)
    after = migrate(AFTER)
    states = {v.pk: v.state for v in after.get_model("visualsearch", "ModelVersion").objects.all()}
    assert states == {older.pk: "retired", active.pk: "active", new.pk: "filling"}
    kept = set(after.get_model("visualsearch", "Indexing").objects.values_list("image", "version", "state", "reason"))
    assert kept == {
        (image.pk, new.pk, "done", ""),
        (image.pk, active.pk, "done", ""),
        (failed.pk, active.pk, "failed", "Cut off."),
    }
    assert after.get_model("visualsearch", "Region").objects.count() == 2
    assert after.get_model("visualsearch", "ModelVersion").objects.get(wanted__isnull=False).pk == new.pk


def test_the_way_back_keeps_a_row_a_picture(before):
    image = an_image()
    make = before.get_model("visualsearch", "ModelVersion").objects.create
    make(detector="d", detector_sha256="a" * 64, embedder="e", embedder_sha256="a" * 64, active=True)
    make(detector="d", detector_sha256="n" * 64, embedder="e", embedder_sha256="n" * 64)
    after = migrate(AFTER)
    for version in after.get_model("visualsearch", "ModelVersion").objects.all():
        rows = after.get_model("visualsearch", "Indexing").objects
        rows.create(image_id=image.pk, version=version, sha256=image.sha256, state="done")
    again = migrate(BEFORE)
    [row] = again.get_model("visualsearch", "Indexing").objects.all()
    assert row.version.active
    assert not hasattr(ModelVersion, "active")


def test_floors_move_from_the_figures_to_the_version():
    was = migrate([("visualsearch", "0006_words_for_the_keeper")])
    make = was.get_model("visualsearch", "ModelVersion").objects.create
    figures = {"luma R@1": 42.0, "floor upper": 0.6, "floors' error": 0.1}
    calibrated = make(name="c", detector_sha256="c" * 64, embedder_sha256="c" * 64, figures={"embedder": figures})
    fresh = make(name="f", detector_sha256="f" * 64, embedder_sha256="f" * 64)
    now = migrate([("visualsearch", "0007_floors")]).get_model("visualsearch", "ModelVersion").objects
    assert dict(now.values_list("pk", "floors")) == {calibrated.pk: {"upper": 0.6, "error": 0.1}, fresh.pk: {}}
