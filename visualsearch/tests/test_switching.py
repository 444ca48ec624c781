"""Switching versions, retiring them, and the photos that were described with them."""

import pytest
from django.db import IntegrityError, transaction

from visualsearch import filling, indexing, pipeline, searches, versions
from visualsearch.models import ModelVersion, PhotoRegion, State
from visualsearch.tests.fillings import a_picture, later, states, work
from visualsearch.tests.makers import photo, unit
from visualsearch.versions import StepRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


class TestASwitch:
    @pytest.fixture
    def two(self, another):
        """The version that was active, and the one that took over."""
        old = versions.announce()
        a_picture()
        new = versions.activate(another())
        assert new.state == "filling"
        work()
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.state, new.state) == ("ready", "active")
        return old, new

    def test_back_is_made_at_once(self, two):
        old, new = two
        assert versions.previous() == old
        assert versions.activate(old).state == "active"
        assert versions.previous() == new
        assert versions.serving() == old

    def test_goes_back_to_pictures_that_are_as_new(self, two):
        old, _ = two
        image = a_picture("blue")
        versions.activate(old)
        assert filling.progress(old) == (2, 0, 2)
        assert image.regions.filter(version=old).exists()

    def test_retires_what_was_active_before_the_one_it_replaces(self, two, another):
        old, new = two
        prepared = versions.fill(another("p"))
        third = versions.activate(another("x"))
        work()
        assert states() == {old.name: "retired", new.name: "ready", prepared.name: "ready", third.name: "active"}

    def test_that_was_asked_for_is_forgotten_for_another(self, two, another):
        old, _ = two
        third = versions.activate(another("x"))
        versions.activate(old)
        work()
        assert (states()[third.name], versions.serving()) == ("ready", old)

    def test_can_be_made_before_every_picture_is_there(self, another):
        versions.announce()
        a_picture()
        assert versions.activate(another(), at_once=True).state == "active"

    def test_to_what_is_active_changes_nothing(self, two):
        _, new = two
        assert versions.activate(new) == versions.serving() == new

    def test_never_leaves_two_active(self, two):
        old, _ = two
        with pytest.raises(IntegrityError), transaction.atomic():
            ModelVersion.objects.filter(pk=old.pk).update(state="active")


class TestRetiring:
    def test_takes_the_vectors_a_little_later(self, another):
        old, image = versions.announce(), a_picture()
        new = versions.activate(another())
        work()
        versions.retire(old)
        indexing.sweep()
        assert old.regions.exists()
        later(seconds=40)
        indexing.sweep()
        assert not old.regions.exists()
        assert not old.indexing.exists()
        assert image.regions.count() == new.regions.count() == 3

    def test_of_the_active_version_is_refused(self):
        with pytest.raises(StepRefused, match="Activate another version first"):
            versions.retire(versions.announce())

    def test_is_undone_by_filling_again(self, another):
        versions.announce()
        a_picture()
        new = versions.fill(another())
        work()
        versions.retire(new)
        versions.fill(new)
        indexing.sweep()
        assert (states()[new.name], new.regions.count()) == ("ready", 3)

    def test_stops_new_pictures_from_being_read_twice(self, another):
        versions.announce()
        versions.retire(versions.fill(another()))
        assert a_picture().regions.count() == 3


class TestAPhoto:
    @pytest.fixture
    def search(self):
        versions.announce()
        a_picture()
        search = searches.begin(photo("red"))
        searches.answer(search.pk)
        search.refresh_from_db()
        return search

    @pytest.fixture
    def replaced(self, search, another):
        """The photo was described, then other networks took over, and the old ones were retired."""
        versions.activate(another())
        work()
        versions.retire(search.version)
        search.refresh_from_db()
        return search

    def test_keeps_the_version_it_was_described_with(self, search, another):
        old = search.version
        versions.activate(another())
        work()
        search.refresh_from_db()
        assert (search.version, search.state) == (old, State.DONE)

    def test_of_a_retired_version_is_told_so(self, replaced, client):
        assert (replaced.state, replaced.reason) == ("failed", "replaced")
        answer = client.get(f"/api/v1/searches/{replaced.pk}/").json()
        assert answer["detail"] == "The shop looks at photos with other models now. Send the photo again."
        assert client.get(f"/api/v1/searches/{replaced.pk}/results/").status_code == 409
        assert "looks at photos with other models now" in client.get(f"/search/{replaced.pk}/").text

    def test_of_a_retired_version_can_be_searched_with_again(self, replaced):
        assert searches.ask_again(replaced)
        assert searches.answer(replaced.pk) == State.DONE
        replaced.refresh_from_db()
        assert replaced.version == versions.serving()
        assert PhotoRegion.objects.filter(search=replaced).count() == 3

    def test_that_was_described_while_its_version_was_retired_is_described_anew(self, search, another, monkeypatch):
        old, late = search.version, searches.begin(photo("blue"))
        versions.activate(another())
        work()
        with monkeypatch.context() as slow:
            slow.setattr(versions, "serving", lambda: (versions.retire(old), old)[1])
            assert searches.answer(late.pk) == State.WAITING
        assert searches.answer(late.pk) == State.DONE


def test_a_shorter_vector_is_kept_with_zeros_at_its_end(monkeypatch):
    vectors = pipeline.fitted(unit(1, 2)[None, :100])
    assert vectors.shape == (1, 512)
    assert vectors @ vectors.T == pytest.approx(1)
    assert not vectors[:, 100:].any()
