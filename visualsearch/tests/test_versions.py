"""A change of networks: who searches with what, when the new ones take over, and the way back."""

from dataclasses import replace

import pytest

from catalog import pictures
from catalog.tests.factories import ProductFactory
from visualsearch import filling, indexing, pipeline, searches, versions
from visualsearch.ml import weights
from visualsearch.ml.weights import WeightsError
from visualsearch.models import Indexing, ModelVersion, Region, State
from visualsearch.tests.fakes import entry, pair, registry
from visualsearch.tests.fillings import a_picture, states, work
from visualsearch.tests.makers import a_region, an_image, photo, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def next_networks(networks, settings):
    """Start a worker with other weights beside the old ones."""

    def start():
        networks["new-embedder"] = entry("new-embedder", "embedder", "n")
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"EMBEDDER": "new-embedder"}
        return versions.announce()

    return start


class TestTheSettings:
    def test_the_first_networks_are_wanted_and_active(self):
        version = versions.announce()
        assert (versions.target(), versions.serving()) == (version, version)
        assert version.embedder_sha256 == "e" * 64

    def test_a_second_start_with_the_same_networks_makes_no_second_version(self):
        assert versions.announce() == versions.announce()

    def test_with_nothing_announced_the_configured_networks_are_taken(self):
        assert versions.target() == versions.serving()
        assert ModelVersion.objects.count() == 1

    def test_new_networks_are_wanted_while_the_old_ones_serve(self, next_networks):
        old = versions.announce()
        new = next_networks()
        assert (versions.target(), versions.serving()) == (new, old)

    def test_new_networks_take_over_once_every_picture_is_indexed_with_them(self, next_networks):
        old, image = versions.announce(), an_image()
        a_region(image, old, unit(1))
        new = next_networks()
        indexing.sweep()
        assert versions.serving() == old
        Indexing.objects.filter(image=image, version=new).update(state=State.DONE, sha256=image.sha256)
        indexing.sweep()
        assert versions.serving() == new
        assert old.regions.exists()

    def test_going_back_to_the_old_networks_costs_nothing(self, next_networks, settings):
        old, image = versions.announce(), an_image()
        Indexing.objects.create(image=image, state=State.DONE, version=old, sha256=image.sha256)
        next_networks()
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"EMBEDDER": "fake-embedder"}
        versions.announce()
        assert versions.target() == versions.serving() == old
        assert indexing.sweep() == 0

    def test_what_the_keeper_chose_outlives_a_start_with_unchanged_settings(self, another):
        versions.announce()
        chosen = versions.activate(another(), at_once=True)
        versions.announce()
        assert versions.target() == versions.serving() == chosen

    def test_networks_whose_files_were_replaced_hand_over_at_once(self, networks):
        versions.announce()
        networks.clear()
        networks.update(registry(embedder="n"))
        new = versions.announce()
        assert versions.serving() == new
        assert ModelVersion.objects.get(state="active") == new

    def test_networks_whose_files_are_gone_hand_over_to_those_that_are_ready(self, networks, another):
        old = versions.announce()
        ready = versions.fill(another())
        indexing.sweep()
        networks.pop("fake-embedder")
        assert versions.serving() == ready
        assert "not registered here" in old.trouble or versions.workable() == [ready]

    def test_a_registry_that_cannot_be_read_is_no_reason_for_other_networks(self, another, monkeypatch):
        active, _ = versions.announce(), versions.fill(another())
        pipeline.models_in_process(active)

        def broken():
            raise WeightsError("x.json is not an entry of the weights registry.")

        monkeypatch.setattr(weights, "registered", broken)
        assert versions.serving() == active
        assert searches.answer(searches.begin(photo()).pk) == State.DONE

    def test_networks_that_do_not_fit_the_tables_are_refused(self, networks):
        networks["fake-embedder"] = replace(networks["fake-embedder"], dimension=1024)
        with pytest.raises(WeightsError, match="makes 1024 numbers a picture; the tables hold 512 at most"):
            versions.announce()

    def test_networks_of_another_kind_are_refused(self, settings):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"DETECTOR": "fake-embedder"}
        with pytest.raises(WeightsError, match="fake-embedder is no detector"):
            versions.announce()


class TestAnOffer:
    def test_is_registered_with_all_that_the_registry_says(self, networks):
        versions.announce()
        detector = replace(pair("n")["detector"], classes=("shirt", "hat"), positions=("upper", "head"), input_size=416)
        detector = replace(detector, figures={"AP": 0.5})
        version = versions.offer(detector=detector)
        version.refresh_from_db()
        assert (version.name, version.state) == ("n-detector + fake-embedder", "registered")
        assert (version.detector_sha256, version.embedder_sha256) == ("n" * 64, "e" * 64)
        assert version.dimension == 512
        assert version.preprocessing["detector"] == {"input_size": 416, "mean": 0.0, "std": 255.0, "pad": 128}
        assert version.classes == [{"label": "shirt", "position": "upper"}, {"label": "hat", "position": "head"}]
        assert version.figures == {"detector": {"AP": 0.5}, "embedder": {}}
        assert version.cards["detector"] == "docs/models/n-detector.md"

    def test_changes_nothing_for_searches_and_workers(self, another):
        active = versions.announce()
        another()
        assert versions.serving() == versions.target() == active
        assert versions.kept() == [active]

    def test_is_made_once(self, another):
        assert another() == another()

    def test_goes_with_the_half_that_is_active_whatever_the_settings_say(self, another):
        versions.activate(another("x"), at_once=True)
        version = versions.offer(embedder=pair("n")["embedder"])
        assert (version.detector, version.embedder) == ("x-detector", "n-embedder")

    def test_of_the_same_names_with_other_files_is_told_apart(self):
        versions.announce()
        version = versions.offer(embedder=replace(registry(embedder="n")["fake-embedder"]))
        assert version.name == "fake-detector + fake-embedder (dddddddd + nnnnnnnn)"

    def test_brings_a_retired_version_back(self, another):
        versions.announce()
        versions.retire(another())
        assert another().state == "registered"

    def test_that_does_not_fit_is_refused(self):
        versions.announce()
        with pytest.raises(WeightsError, match="makes 2048"):
            versions.offer(embedder=replace(pair("n")["embedder"], dimension=2048))
        with pytest.raises(WeightsError, match="no detector"):
            versions.offer(detector=pair("n")["embedder"])
        with pytest.raises(WeightsError, match="a position for each"):
            versions.offer(detector=replace(pair("n")["detector"], classes=("hat",)))


class TestAFill:
    def test_is_made_beside_the_active_vectors_and_makes_ready(self, another):
        old, image = versions.announce(), a_picture()
        new = versions.fill(another())
        assert filling.progress(new) == (0, 0, 1)
        indexing.sweep()
        assert (versions.serving(), states()[new.name]) == (old, "filling")
        work()
        assert (versions.serving(), states()[new.name]) == (old, "ready")
        assert filling.progress(new) == filling.progress(old) == (1, 0, 1)
        assert set(image.regions.values_list("version", flat=True)) == {old.pk, new.pk}

    def test_takes_pictures_that_are_saved_meanwhile_for_both(self, another):
        versions.announce()
        versions.fill(another())
        image = a_picture()
        assert image.regions.values("version").distinct().count() == 2
        assert image.indexing.filter(state=State.DONE).count() == 2

    def test_keeps_a_ready_version_complete(self, another):
        versions.announce()
        new = versions.fill(another())
        work()
        assert new.regions.filter(image=a_picture()).count() == 3

    def test_drops_vectors_of_a_file_that_was_replaced_from_both(self, another):
        versions.announce()
        versions.fill(another())
        pictures.replace_picture(a_picture(), photo("blue"))
        assert not Region.objects.exists()

    def test_is_not_ready_while_a_picture_would_be_lost(self, another, monkeypatch):
        """One that the active version finds and this one failed to read."""
        versions.announce()
        a_picture()
        new = versions.activate(another())
        with monkeypatch.context() as broken:
            broken.setattr(pipeline, "describe", lambda *args: 1 / 0)
            for _ in range(3):
                work()
        assert (states()[new.name], filling.progress(new)) == ("filling", (0, 1, 1))
        assert Indexing.objects.get(version=new).reason.startswith("ZeroDivisionError")
        assert indexing.retry(new) == 1
        work()
        assert states()[new.name] == "active"

    def test_does_not_wait_for_a_picture_that_nobody_can_read(self, another, monkeypatch):
        versions.announce()
        new = versions.fill(another())
        monkeypatch.setattr(pipeline, "describe", lambda *args: 1 / 0)
        image = pictures.add_picture(ProductFactory(), photo())
        for _ in range(3):
            indexing.index(image.pk)
        indexing.sweep()
        assert states()[new.name] == "ready"

    def test_without_its_files_is_refused(self, another, networks):
        versions.announce()
        new = another()
        networks.pop("n-embedder")
        with pytest.raises(WeightsError, match="not registered here"):
            versions.fill(new)

    def test_whose_files_go_tells_the_keeper_and_holds_up_nobody(self, another, networks):
        versions.announce()
        new = versions.fill(another())
        networks.pop("n-embedder")
        image = a_picture()
        assert image.regions.count() == 3
        assert indexing.sweep() == 0
        new.refresh_from_db()
        assert "not registered here" in new.trouble

    def test_with_a_file_that_cannot_be_loaded_tells_the_keeper(self, another, monkeypatch):
        versions.announce()
        new = versions.fill(another())
        load = pipeline.models_in_process

        def refuse(version):
            if version == new:
                raise WeightsError("It was cut off.")
            return load(version)

        with monkeypatch.context() as broken:
            broken.setattr(pipeline, "models_in_process", refuse)
            image = a_picture()
        new.refresh_from_db()
        assert (new.trouble, image.regions.count()) == ("It was cut off.", 3)
        indexing.index(image.pk)
        new.refresh_from_db()
        assert (new.trouble, image.regions.count()) == ("", 6)
