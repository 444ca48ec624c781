"""Photos that were sent before, and pages whose worker is not done yet."""

import logging
import re
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest
from django.test import Client

from visualsearch import photos, recents, searches, tasks, views
from visualsearch.models import PhotoSearch, State
from visualsearch.tests import fakes
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.mark.usefixtures("worker")
class TestRecentPhotos:
    @pytest.fixture
    def searched(self, send):
        return [send(photo(colour))["Location"] for colour in ("red", "green")]

    def test_are_shown_by_their_small_copies_the_last_first(self, client, searched):
        page = client.get("/find/").content.decode()
        shown = re.findall(r'src="(/search/[^"]+)photo/small/"', page)
        assert shown == searched[::-1]
        response = client.get(f"{shown[0]}photo/small/")
        assert response["Content-Type"] == "image/jpeg"
        assert "private" in response["Cache-Control"]

    def test_are_those_of_this_browser_alone(self, searched):
        assert "photo/small" not in Client().get("/find/").content.decode()

    def test_are_gone_with_their_photos(self, client, searched):
        photos.valkey().flushdb()
        assert "photo/small" not in client.get("/find/").content.decode()
        assert client.get(f"{searched[0]}photo/small/").status_code == 404

    def test_can_be_forgotten_all_at_once(self, client, send, searched):
        other = send(photo(), client=Client())["Location"]
        assert client.post("/search/forget-all/")["Location"] == "/"
        assert [client.get(address).status_code for address in [*searched, other]] == [404, 404, 200]
        assert recents.COOKIE not in {name for name, cookie in client.cookies.items() if cookie.value}
        assert photos.valkey().keys("search:*:photo") == [f"search:{other.split('/')[2]}:photo".encode()]

    def test_lose_the_one_that_is_forgotten(self, client, searched):
        client.post(f"{searched[0]}forget/")
        assert [one.id for one in remembered(client)] == [UUID(searched[1].split("/")[2])]

    def test_are_at_most_a_few(self, client, send, monkeypatch):
        monkeypatch.setattr(recents, "MOST", 2)
        last = [send(photo())["Location"] for _ in range(3)]
        assert [f"/search/{one.id}/" for one in remembered(client)] == last[:0:-1]

    def test_are_named_in_a_cookie_that_scripts_cannot_read_and_that_lives_as_long_as_a_photo(self, client, searched):
        cookie = client.cookies[recents.COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)
        assert not Session.objects.exists()

    @pytest.mark.parametrize(  # named, as a signature holds the time: both processes that share the tests must agree
        "value",
        ["", "nonsense", signing.dumps([["x", 1]], salt="searched"), signing.dumps(7)],
        ids=["empty", "nonsense", "no ids", "no list"],
    )
    def test_of_a_cookie_that_is_not_ours_are_none(self, client, value):
        client.cookies[recents.COOKIE] = value
        assert client.get("/find/").status_code == 200
        assert remembered(client) == []

    def test_are_not_remembered_longer_than_their_time(self, client, searched, settings):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"PHOTO_TTL": -1}
        assert remembered(client) == []

    def test_leave_no_trace_in_the_logs(self, client, send, caplog):
        caplog.set_level(logging.DEBUG)
        search_id = send(photo())["Location"].split("/")[2]
        client.get("/find/")
        client.post("/search/forget-all/")
        assert search_id not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))


def remembered(client):
    request = HttpRequest()
    request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    return recents.of(request)


@pytest.mark.usefixtures("late")
class TestAPageUnderWay:
    def test_shows_the_photo_and_a_place_for_the_lists(self, client, send):
        address = send(photo())["Location"]
        page = client.get(address).content.decode()
        assert f'src="{address}photo/"' in page
        assert 'class="hits hits--chosen skeleton"' in page
        assert 'data-waiting="photo"' in page

    def test_shows_the_pieces_before_the_products(self, client, send):
        address = send(photo())["Location"]
        photos.glance(PhotoSearch.objects.get().pk, [fakes.SHIRT])
        page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert 'data-waiting="boxes"' in page
        assert f'hx-get="{address}?boxes=1"' in page
        page = client.get(f"{address}?words=in+red&boxes=1").content.decode()
        assert f'hx-get="{address}?words=in+red&amp;boxes=1"' in page
        assert page.count("<foreignObject") == 1
        assert "<h2>Top</h2>" in page

    def test_is_told_by_the_worker_what_it_sees(self, send, monkeypatch):
        send(photo())
        search = PhotoSearch.objects.get()
        monkeypatch.setattr(
            fakes.FakeEmbedder, "embed", lambda self, pictures: pytest.fail(str(photos.glanced(search.pk)))
        )
        with pytest.raises(pytest.fail.Exception, match="shirt"):
            searches.answer(search.pk)

    def test_of_a_search_that_is_forgotten_meanwhile_is_missing(self, client, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 5}
        address = send(photo())["Location"]
        monkeypatch.setattr(photos, "wait", lambda search_id, seconds: client.post(f"{address}forget/"))
        assert client.get(address).status_code == 404

    def test_is_held_back_for_results_only_a_moment(self, client, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 5}
        waited = []
        monkeypatch.setattr(photos, "wait", lambda search_id, seconds: waited.append(seconds))
        address = send(photo())["Location"]
        client.get(address)
        client.get(address, {"boxes": 1}, headers={"HX-Request": "true"})
        client.get(address, headers={"HX-Request": "true", "HX-Boosted": "true"})
        assert waited == [views.FIRST_LOOK, 5, views.FIRST_LOOK]


@pytest.mark.usefixtures("late")
class TestAWorkerThatIsLate:
    def test_is_waited_for_by_a_page_that_asks_again_by_itself(self, client, send):
        address = send(photo())["Location"]
        page = client.get(address)
        assert page.status_code == 200
        assert f'hx-get="{address}"' in page.content.decode()
        assert "http-equiv" in page.content.decode()
        searches.answer(PhotoSearch.objects.get().pk)
        assert "items" in client.get(address, headers={"HX-Request": "true"}).context

    def test_is_given_up_plainly_and_can_be_asked_again(self, client, send, monkeypatch):
        address, sent = send(photo())["Location"], []
        PhotoSearch.objects.update(state=State.FAILED, reason="gave up")
        page = client.get(address)
        assert page.context["photo_lives"] is True
        assert "gave up" in page.content.decode()
        monkeypatch.setattr(tasks.describe_photo, "delay_on_commit", sent.append)
        assert client.post(f"{address}again/").status_code == 303
        assert client.post(f"{address}again/").status_code == 303
        assert sent == [str(PhotoSearch.objects.get().pk)]
        assert PhotoSearch.objects.get().state == State.WAITING
