"""A part of a photo that a shopper chose: sent, waited for, looked at, refused."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from visualsearch import crops, photos, tasks
from visualsearch.models import PhotoCrop, PhotoSearch, State
from visualsearch.tests.makers import links, photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


PART = {"left": "10", "top": "60", "right": "40", "bottom": "90"}


@pytest.mark.usefixtures("worker")
class TestAPart:
    @pytest.fixture
    def address(self, send, shelf):
        return send(photo("red"))["Location"]

    @pytest.fixture
    def crop(self, client, address, django_capture_on_commit_callbacks):
        def crop(client=client, **sides):
            with django_capture_on_commit_callbacks(execute=True):
                return client.post(f"{address}crop/?item=1", PART | sides)

        return crop

    def test_has_an_address_of_its_own_and_its_list_first(self, client, address, crop):
        response = crop()
        assert (response.status_code, response["Location"]) == (303, f"{address}?item=3")
        found = client.get(response["Location"])
        assert found.context["chosen"].own
        assert links(found)[0] == "red-thing"
        assert PhotoSearch.objects.count() == 1

    def test_that_was_searched_before_leads_to_the_same_address(self, client, address, crop):
        assert crop()["Location"] == crop()["Location"]
        assert Client().get(crop()["Location"]).status_code == 200

    @pytest.mark.parametrize(
        ("sides", "sentence"),
        [
            ({"left": "50", "right": "40"}, "must be less than"),
            ({"left": "39"}, "at least 16 pixels"),
            ({"left": "-3"}, "greater than or equal to 0"),
            ({"bottom": "101"}, "less than or equal to 100"),
            ({"top": "x"}, "Enter a number"),
            ({"top": "nan"}, "Enter a number"),
            ({"top": ""}, "This field is required"),
        ],
    )
    def test_that_makes_no_sense_is_told_so_above_its_fields(self, crop, sides, sentence):
        response = crop(**sides)
        page = response.content.decode()
        assert response.status_code == 400
        assert sentence in page
        assert re.search(r"<details[^>]* open", page)
        assert response.context["chosen"].ordinal == 1
        for name, value in (PART | sides).items():
            assert (f'name="{name}" value="{value}"' in page) is bool(value)

    def test_of_a_photo_whose_time_is_over_is_refused_plainly(self, address, client, crop):
        before = crop()["Location"]
        photos.valkey().flushdb()
        response = crop(left="20")
        assert response.status_code == 410
        assert "The photo was deleted after its 30 minutes." in response.content.decode()
        assert client.get(before).context["chosen"].own

    def test_of_too_many_is_refused(self, crop, monkeypatch):
        monkeypatch.setattr(crops, "MOST", 1)
        crop()
        assert crop(left="20").status_code == 409

    def test_counts_how_often_an_address_asks(self, crop, monkeypatch):
        monkeypatch.setattr("visualsearch.throttles.PerAddress.rate", "2/min", raising=False)
        answers = [crop(left=left) for left in ("11", "12")]  # the photo itself was the first
        assert [answer.status_code for answer in answers] == [303, 429]
        assert "2/minute" in answers[1].content.decode()
        assert 0 < int(answers[1]["Retry-After"]) <= 60

    def test_without_one_there_is_the_search(self, client, address):
        assert client.get(f"{address}crop/?item=2")["Location"] == f"{address}?item=2"
        assert client.get(f"{address}crop/")["Location"] == address
        assert client.post(f"/search/{uuid4()}/crop/", PART).status_code == 404

    def test_of_a_search_without_results_leads_to_what_is_said_about_it(self, address, crop):
        PhotoSearch.objects.update(state=State.FAILED, reason="replaced")
        assert crop()["Location"] == f"{address}?item=1"

    def test_asks_for_the_forms_token(self, crop):
        assert crop(client=Client(enforce_csrf_checks=True)).status_code == 403

    def test_costs_a_fixed_number_of_queries(self, client, crop, django_assert_max_num_queries):
        address = crop()["Location"]
        client.get(address)
        with django_assert_max_num_queries(11):
            client.get(address)


@pytest.mark.usefixtures("worker")
class TestAPartThatIsLate:
    @pytest.fixture
    def address(self, send, monkeypatch, settings, client):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 0}
        monkeypatch.setattr(tasks.describe_crop, "delay_on_commit", lambda crop_id: None)
        return client.post(f"{send(photo())['Location']}crop/", PART)["Location"]

    def test_is_waited_for_where_its_list_will_be(self, client, address):
        page = client.get(address)
        assert (page.context["part"].ordinal, page.context["whole"].chosen) == (3, False)
        assert 'hx-get="?item=3"' in page.content.decode()
        assert "http-equiv" in page.content.decode()
        crops.answer(PhotoCrop.objects.get().pk)
        page = client.get(address, headers={"HX-Request": "true"})
        assert page.context["part"] is None
        assert "data-waiting" not in page.content.decode()

    def test_says_when_it_is_given_up(self, client, address):
        PhotoCrop.objects.update(state=State.FAILED, reason="expired")
        page = client.get(address)
        assert "The photo&#x27;s time was over" in page.content.decode()
        assert page.context["crop_form"].initial == {name: f"{value}.0" for name, value in PART.items()}
