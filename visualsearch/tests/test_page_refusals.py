"""What the page refuses: bad files, too much, too often, and who may not."""

import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.tests.bad_files import bad_files
from visualsearch import photos, searches, uploads
from visualsearch.models import PhotoSearch
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.mark.usefixtures("late")
class TestABadFile:
    @pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
    def test_gets_its_sentence_and_a_place_for_another(self, send, bad):
        response = send(bad.data, bad.name)
        assert response.status_code == uploads.STATUS.get(bad.code, 400)
        sentence = response.context["message"]
        assert sentence.endswith(".")
        assert 'name="photo"' in response.content.decode()
        assert not PhotoSearch.objects.exists()

    def test_that_is_missing_gets_one_too(self, client):
        response = client.post("/search/")
        assert response.status_code == 400
        assert "No photo came along" in response.context["message"]

    def test_above_the_limit_is_not_read_into_memory(self, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"PHOTO_MAX_BYTES": 100_000}
        monkeypatch.setattr(searches, "begin", lambda photo, send: pytest.fail("read"))
        response = send(bytes(300_000))
        assert response.status_code == 413
        assert "at most 0.0953674 MB are taken" in response.context["message"]

    def test_leaves_the_shop_working(self, send):
        for bad in bad_files()[:5]:
            send(bad.data)
        assert send(photo()).status_code == 303


@pytest.mark.usefixtures("late")
class TestTheDoor:
    def test_asks_for_the_forms_token(self, send):
        assert send(photo(), client=Client(enforce_csrf_checks=True)).status_code == 403

    def test_takes_the_forms_token_after_the_photo(self, rf):
        client = Client(enforce_csrf_checks=True)
        client.get("/")
        token = client.cookies["csrftoken"].value
        data = {"photo": SimpleUploadedFile("p.jpg", photo()), "csrfmiddlewaretoken": token}
        assert client.post("/search/", data).status_code == 303

    def test_without_a_photo_leads_back_to_the_shop(self, client):
        assert client.get("/search/")["Location"] == "/"

    def test_counts_how_often_an_address_asks(self, send, monkeypatch):
        monkeypatch.setattr("visualsearch.throttles.PerAddress.rate", "2/min", raising=False)
        assert [send(photo()).status_code for _ in range(3)] == [303, 303, 429]
        response = send(photo())
        assert "2/minute" in response.context["message"]
        assert 0 < int(response["Retry-After"]) <= 60

    def test_writes_no_address_and_no_file_name_to_the_logs(self, send, caplog):
        caplog.set_level(logging.DEBUG)
        send(photo(), "my-holidays.jpg", REMOTE_ADDR="203.0.113.9")
        send(b"no picture", "my-diary.txt", REMOTE_ADDR="203.0.113.9")
        assert "203.0.113.9" not in caplog.text
        assert "my-" not in caplog.text

    def test_keeps_no_address_in_the_cache(self, send):
        send(photo(), REMOTE_ADDR="203.0.113.9")
        keys = photos.valkey().keys("*throttle*")
        assert keys
        assert not any(b"203.0.113.9" in key for key in keys)
