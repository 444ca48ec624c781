"""Objects of a photo as a program meets them, and parts of the photo that it chooses."""

import json

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import pictures
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import crops, indexing, photos, tasks
from visualsearch.models import PhotoCrop, PhotoSearch, State
from visualsearch.tests.makers import photo
from visualsearch.tests.test_api import is_problem, without_nullable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey", "worker")]

BOX = [0.1, 0.6, 0.4, 0.9]


@pytest.fixture
def search(client):
    for colour in ("red", "blue"):
        product = ProductFactory(name=f"{colour} thing", slug=f"{colour}-thing")
        VariantFactory(product=product)
        indexing.index(pictures.add_picture(product, photo(colour)).pk)
    return client.post("/api/v1/searches/", {"photo": SimpleUploadedFile("photo.jpg", photo("red"))}).json()


@pytest.fixture
def add(client, search):
    def add(body=None, query="", **extra):
        body = {"box": BOX} if body is None else body
        return client.post(f"{search['url']}objects/{query}", body, content_type="application/json", **extra)

    return add


@pytest.fixture
def late(worker, monkeypatch):
    monkeypatch.setattr(tasks.describe_crop, "delay_on_commit", lambda crop_id: None)


def test_a_part_becomes_an_object_of_the_search_with_its_products(client, search, add):
    response = add(headers={"Prefer": "wait=5"})
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == body["url"] == f"{search['url']}objects/3/"
    assert response["Preference-Applied"] == "wait=5"
    assert (body["index"], body["box"], body["cropped"], body["status"], body["detail"]) == (3, BOX, True, "done", "")
    assert body["results"][0]["product"]["slug"] == "red-thing"
    assert client.get(body["url"]).json() == body
    assert [each["index"] for each in client.get(search["url"]).json()["objects"]] == [1, 2, 3]
    assert client.get(body["results_url"]).json()["results"] == body["results"]


@pytest.mark.parametrize(
    ("query", "body", "content_type"),
    [
        ("", {"box": "0.1,0.6,0.4,0.9"}, "application/json"),
        ("?box=0.1,0.6,0.4,0.9", None, "application/json"),
        ("", "box=0.1,0.6,0.4,0.9", "application/x-www-form-urlencoded"),
        ("", "box=0.1&box=0.6&box=0.4&box=0.9", "application/x-www-form-urlencoded"),
    ],
)
def test_a_box_may_be_spelled_as_an_address_has_it(client, search, query, body, content_type):
    response = client.post(f"{search['url']}objects/{query}", body, content_type=content_type)
    assert (response.status_code, response.json()["box"]) == (201, BOX)


def test_the_same_box_is_the_same_object_and_so_is_that_of_what_was_found(search, add):
    assert add().status_code == 201
    again = add()
    assert (again.status_code, again.json()["index"]) == (200, 3)
    found = add({"box": search["objects"][1]["box"]})
    assert (found.status_code, found.json()["index"], found.json()["cropped"]) == (200, 2, False)
    assert add({"box": [0, 0, 1, 1]}).json()["index"] == 0


def test_an_object_can_be_looked_for_among_other_things(client, search, add):
    body = add({"box": BOX, "position": "bag"}).json()
    assert (body["position"], body["label"], body["results"]) == ("bag", "", [])
    assert "position=bag" in body["results_url"]
    assert client.get(body["results_url"]).json()["results"] == []
    results = client.get(f"{search['url']}results/?object=1&position=whole").json()["results"]
    assert [one["product"]["slug"] for one in results] == ["red-thing", "blue-thing"]
    is_problem(client.get(f"{search['url']}results/?object=1&position=neck"), 400, "invalid")


def test_what_the_photo_is_about_is_named(client, search, add):
    assert search["main"] == 1
    add({"box": [0, 0, 1, 0.99]})
    assert client.get(search["url"]).json()["main"] == 1


@pytest.mark.usefixtures("late")
def test_a_part_that_is_late_is_told_where_to_ask_again(client, add):
    response = add(headers={"Prefer": "wait=0"})
    body = response.json()
    assert (response.status_code, body["status"], body["results"]) == (202, "waiting", [])
    assert client.get(response["Location"]).json() == body
    crops.answer(PhotoCrop.objects.get().pk)
    assert client.get(response["Location"]).json()["status"] == "done"
    assert add().status_code == 200


@pytest.mark.usefixtures("late")
def test_a_part_that_is_given_up_says_so_in_a_sentence(client, add):
    address = add(headers={"Prefer": "wait=0"})["Location"]
    PhotoCrop.objects.update(state=State.FAILED, reason="gave up")
    body = client.get(address).json()
    assert body["status"] == "failed"
    assert body["detail"].endswith(".")


@pytest.mark.parametrize(
    "body",
    [{}, {"box": [0, 0, 1]}, {"box": [0, 0, 1, 2]}, {"box": "a,b,c,d"}, {"box": [0.5, 0, 0.4, 1]}, {"box": None}],
)
def test_a_box_that_makes_no_sense_is_named(add, body):
    assert list(is_problem(add(body), 400, "invalid")["errors"]) == ["box"]


def test_a_position_that_there_is_not_is_named(add):
    assert list(is_problem(add({"box": BOX, "position": "neck"}), 400, "invalid")["errors"]) == ["position"]


def test_what_is_not_there_is_said_plainly(client, search, add, monkeypatch):
    is_problem(client.get(f"{search['url']}objects/9/"), 404, "not_found")
    is_problem(client.post(search["url"].replace(search["id"][:8], "0" * 8) + "objects/", {}), 404, "not_found")
    is_problem(client.post(f"{search['url']}objects/", "x", content_type="text/plain"), 415, "unsupported_media_type")
    monkeypatch.setattr(crops, "MOST", 0)
    is_problem(add(), 409, "too_many")
    photos.valkey().delete(f"search:{search['id']}:photo")
    assert "30 minutes" in is_problem(add(), 410, "gone")["detail"]
    PhotoSearch.objects.update(state=State.FAILED, reason="replaced")
    is_problem(add(), 409, "no_results")
    is_problem(client.get(f"{search['url']}objects/1/"), 409, "conflict")


def test_parts_are_counted_with_the_searches(add, monkeypatch):
    monkeypatch.setattr("visualsearch.throttles.PerAddress.rate", "2/hour", raising=False)
    assert add().status_code == 201  # the photo itself was the first
    is_problem(add(), 429, "too_often")


def test_the_schema_describes_what_is_answered(client, add):
    accept = {"Accept": "application/vnd.oai.openapi+json"}
    shapes = json.loads(client.get("/api/v1/schema/", headers=accept).content)["components"]
    reference = {"$ref": "#/components/schemas/ObjectOfSearch", "components": without_nullable(shapes)}
    jsonschema.validate(add().json(), reference)
