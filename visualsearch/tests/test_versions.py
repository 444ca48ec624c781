"""A change of networks: who searches with what, and when the new ones take over."""

from dataclasses import replace

import pytest

from visualsearch import indexing, versions
from visualsearch.ml.weights import WeightsError
from visualsearch.models import Indexing, ModelVersion, State
from visualsearch.tests.fakes import entry, registry
from visualsearch.tests.makers import a_region, an_image, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def next_networks(networks, settings):
    """Start a worker with other weights beside the old ones."""

    def start():
        networks["new-embedder"] = entry("new-embedder", "embedder", "n")
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"EMBEDDER": "new-embedder"}
        return versions.announce()

    return start


def test_the_first_networks_are_wanted_and_active():
    version = versions.announce()
    assert (versions.target(), versions.serving()) == (version, version)
    assert version.embedder_sha256 == "e" * 64


def test_a_second_start_with_the_same_networks_makes_no_second_version():
    assert versions.announce() == versions.announce()


def test_with_nothing_announced_the_configured_networks_are_taken():
    assert versions.target() == versions.serving()
    assert ModelVersion.objects.count() == 1


def test_new_networks_are_wanted_while_the_old_ones_serve(next_networks):
    old = versions.announce()
    new = next_networks()
    assert (versions.target(), versions.serving()) == (new, old)


def test_new_networks_take_over_once_every_picture_is_indexed_with_them(next_networks):
    old, image = versions.announce(), an_image()
    a_region(image, old, unit(1))
    new = next_networks()
    indexing.sweep()
    assert versions.serving() == old
    Indexing.objects.filter(image=image).update(state=State.DONE, version=new, sha256=image.sha256)
    indexing.sweep()
    assert versions.serving() == new
    assert not old.regions.exists()


def test_going_back_to_the_old_networks_costs_nothing(next_networks, settings):
    old, image = versions.announce(), an_image()
    Indexing.objects.create(image=image, state=State.DONE, version=old, sha256=image.sha256)
    next_networks()
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"EMBEDDER": "fake-embedder"}
    versions.announce()
    assert versions.target() == versions.serving() == old
    assert indexing.sweep() == 0


def test_networks_whose_files_were_replaced_hand_over_at_once(networks):
    versions.announce()
    networks.clear()
    networks.update(registry(embedder="n"))
    new = versions.announce()
    assert versions.serving() == new
    assert ModelVersion.objects.get(active=True) == new


def test_networks_that_do_not_fit_the_tables_are_refused(networks):
    networks["fake-embedder"] = replace(networks["fake-embedder"], dimension=64)
    with pytest.raises(WeightsError, match="makes 64 numbers a picture; the tables hold 512"):
        versions.announce()
