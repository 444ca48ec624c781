"""The API as a program meets it."""

import json

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from rest_framework.authtoken.models import Token

from catalog import pictures
from catalog.models import Product
from catalog.tests.bad_files import bad_files
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import indexing, tasks, throttles, uploads
from visualsearch.models import ModelVersion, PhotoSearch, State
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]

SEARCHES = "/api/v1/searches/"


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    def send(data=None, prefer=None, client=client, **extra):
        headers = {"Prefer": prefer} if prefer else {}
        with django_capture_on_commit_callbacks(execute=True):
            file = SimpleUploadedFile("photo.jpg", photo("red") if data is None else data)
            return client.post(SEARCHES, {"photo": file}, headers=headers, **extra)

    return send


@pytest.fixture
def shelf():
    for colour in ("red", "orange", "blue"):
        product = ProductFactory(name=f"{colour} thing", slug=f"{colour}-thing")
        VariantFactory(product=product, price="12.50")
        indexing.index(pictures.add_picture(product, photo(colour)).pk)


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setattr(tasks.describe_photo, "delay", lambda search_id: None)


def is_problem(response, status, code):
    body = response.json()
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert (body["type"], body["code"]) == (f"urn:vitrine:{code}", code)
    assert body["title"]
    assert body["detail"].endswith(".")
    return body


@pytest.mark.usefixtures("worker", "shelf")
class TestASearch:
    def test_answers_with_objects_and_results(self, send):
        response = send(prefer="wait=5")
        body = response.json()
        assert response.status_code == 201
        assert response["Location"] == body["url"]
        assert response["Preference-Applied"] == "wait=5"
        assert body["status"] == "done"
        [shirt, pants] = body["objects"]
        assert {key: shirt[key] for key in ("index", "label", "position", "score", "box")} == {
            "index": 1,
            "label": "shirt",
            "position": "upper",
            "score": 0.9,
            "box": [0.25, 0.125, 0.75, 0.5],
        }
        assert pants["results"][0]["product"]["slug"] == "red-thing"
        assert [r["product"]["slug"] for r in body["image"]["results"]] == ["red-thing", "orange-thing", "blue-thing"]

    def test_can_be_read_again_and_forgotten(self, client, send):
        body = send().json()
        assert client.get(body["url"]).json() == body
        assert client.delete(body["url"]).status_code == 204
        is_problem(client.get(body["url"]), 404, "not_found")
        assert not PhotoSearch.objects.exists()

    def test_gives_results_page_by_page(self, client, send):
        address, slugs, ranks = send().json()["objects"][0]["results_url"] + "&limit=2", [], []
        while address:
            page = client.get(address).json()
            slugs += [r["product"]["slug"] for r in page["results"]]
            ranks += [r["rank"] for r in page["results"]]
            address = page["next"]
        assert (slugs, ranks) == (["red-thing", "orange-thing", "blue-thing"], [1, 2, 3])

    def test_narrows_a_list_and_counts_what_is_left(self, client, send):
        body = send().json()
        red = Product.objects.get(slug="red-thing")
        VariantFactory(product=red, size="XL", colour="Red & more", price="30", stock=0)
        query = (
            f"object=1&colour=red+%26+MORE&size=XL&min_price=20&max_price=30&price=30-50&category={red.category.path}"
        )
        found = client.get(f"{body['url']}results/?{query}&limit=1").json()
        assert [r["product"]["slug"] for r in found["results"]] == ["red-thing"]
        assert found["next"] is None
        assert client.get(f"{body['url']}results/?{query}&in_stock=true").json()["results"] == []
        counted = client.get(f"{body['url']}facets/?object=1&max_price=12.50").json()
        assert counted["products"] == 3
        facets = {facet["field"]: facet["values"] for facet in counted["facets"]}
        assert facets["price"] == [
            {"value": "10-15", "label": "10-15", "products": 3, "chosen": False},
            {"value": "30-50", "label": "30-50", "products": 1, "chosen": False},
        ]
        assert "colour" not in facets  # what has one costs more

    def test_keeps_its_filters_from_page_to_page(self, client, send):
        address = f"{send().json()['url']}results/?object=image&limit=1&max_price=12.50&in_stock=1&far=1"
        slugs = []
        while address:
            page = client.get(address).json()
            slugs += [r["product"]["slug"] for r in page["results"]]
            address = page["next"]
            assert not address or "max_price=12.50" in address
        assert slugs == ["red-thing", "orange-thing", "blue-thing"]

    def test_says_what_it_does_not_take_for_the_thing_asked(self, client, send):
        ModelVersion.objects.update(floors={"whole": 0.999})
        body = send().json()
        assert [r["accepted"] for r in body["image"]["results"]] == [True, False, False]
        assert (body["image"]["accepted"], body["objects"][0]["accepted"]) == (True, None)
        ModelVersion.objects.update(floors={"upper": 1.5})
        again = client.get(body["url"]).json()
        assert (again["image"]["accepted"], again["objects"][0]["accepted"]) == (None, False)
        assert client.get(f"{body['url']}facets/?object=1").json()["products"] == 0

    def test_a_result_says_all_that_a_card_needs(self, client, send):
        [first, *_] = client.get(send().json()["image"]["results_url"]).json()["results"]
        product = Product.objects.get(slug="red-thing")
        picture = f"http://testserver{product.images.get().file.url}"
        assert first.pop("score") == pytest.approx(1, abs=1e-3)
        assert first == {
            "rank": 1,
            "accepted": None,
            "exact": True,
            "same_look_as": None,
            "box": [0.0, 0.0, 1.0, 1.0],
            "image": picture,
            "product": {
                "id": product.pk,
                "slug": "red-thing",
                "name": "red thing",
                "url": "http://testserver/product/red-thing/",
                "price": "12.50",
                "price_to": "12.50",
                "price_before": None,
                "currency": "EUR",
                "in_stock": True,
                "image": picture,
            },
        }

    @pytest.mark.parametrize(
        "query", ["object=9", "object=x", "object=0", "limit=0", "limit=101", "limit=x", "cursor=x",
                  "price=x", "min_price=x", "max_price=-1", "in_stock=x", "far=x", "colour=%00"]
    )  # fmt: skip
    def test_a_parameter_that_makes_no_sense_is_named(self, client, send, query):
        address = send().json()["url"]
        body = is_problem(client.get(f"{address}results/?{query}"), 400, "invalid")
        assert list(body["errors"]) == [query.split("=")[0]]

    def test_works_without_the_limits_of_a_token_too(self, send):
        user = get_user_model().objects.create_user("program")
        token = Token.objects.create(user=user)
        assert send(HTTP_AUTHORIZATION=f"Token {token.key}").status_code == 201
        is_problem(send(HTTP_AUTHORIZATION="Token nonsense"), 401, "authentication_failed")


class TestAWorkerThatIsLate:
    @pytest.mark.usefixtures("late")
    def test_is_waited_for_as_long_as_was_asked(self, client, send):
        response = send(prefer="respond-async, wait=0")
        body = response.json()
        assert response.status_code == 202
        assert body["status"] == "waiting"
        assert (body["objects"], body["image"]) == ([], None)
        assert client.get(response["Location"]).json() == body
        problem = is_problem(client.get(f"{body['url']}results/"), 409, "conflict")
        assert "waiting" in problem["detail"]

    @pytest.mark.usefixtures("late")
    def test_is_not_waited_for_longer_than_a_while(self, send, monkeypatch):
        waited = []
        monkeypatch.setattr("visualsearch.searches.photos.wait", lambda search_id, seconds: waited.append(seconds))
        assert send(prefer="wait=9999")["Preference-Applied"] == "wait=30"
        send()
        assert waited == [30, 1.5]

    @pytest.mark.usefixtures("late")
    def test_that_gives_up_says_so_in_a_sentence(self, client, send):
        address = send(prefer="wait=0")["Location"]
        PhotoSearch.objects.update(state=State.FAILED, reason="gave up")
        body = client.get(address).json()
        assert body["status"] == "failed"
        assert body["detail"].endswith(".")


@pytest.mark.usefixtures("late")
class TestProblems:
    @pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
    def test_a_bad_file_gets_its_sentence(self, send, bad):
        is_problem(send(bad.data), uploads.STATUS.get(bad.code, 400), bad.code)
        assert not PhotoSearch.objects.exists()

    def test_the_size_that_is_taken_is_stated(self, send):
        body = is_problem(send(bytes(15 * 2**20 + 1)), 413, "too_large")
        assert "15 MB" in body["detail"]

    def test_no_photo_no_multipart_no_such_method_no_such_address(self, client):
        is_problem(client.post(SEARCHES), 400, "missing")
        is_problem(client.post(SEARCHES, {"photo": "text"}), 400, "missing")
        is_problem(client.post(SEARCHES, "{}", content_type="application/json"), 415, "unsupported_media_type")
        is_problem(client.post(SEARCHES, b"x", content_type="multipart/form-data"), 400, "parse_error")
        is_problem(client.put(SEARCHES), 405, "method_not_allowed")
        is_problem(client.get("/api/v1/nonsense/"), 404, "not_found")

    @pytest.mark.parametrize(
        ("throttle", "token"), [(throttles.PerAddress, False), (throttles.PerToken, True), (throttles.Reads, False)]
    )
    def test_too_often_says_how_often_and_when_again(self, client, send, monkeypatch, throttle, token):
        monkeypatch.setattr(throttle, "rate", "1/hour", raising=False)
        extra = {}
        if token:
            user = get_user_model().objects.create_user("program")
            extra = {"HTTP_AUTHORIZATION": f"Token {Token.objects.create(user=user).key}"}
        ask = (lambda: client.get("/api/v1/products/")) if throttle is throttles.Reads else (lambda: send(**extra))
        assert ask().status_code < 300
        response = ask()
        body = is_problem(response, 429, "too_often")
        assert body["rate"] == "1/hour"
        assert "1/hour" in body["detail"]
        assert 3500 < int(response["Retry-After"]) <= 3600

    def test_a_signed_in_browser_needs_the_forms_token(self, send):
        client = Client(enforce_csrf_checks=True)
        client.force_login(get_user_model().objects.create_user("keeper"))
        is_problem(send(client=client), 403, "permission_denied")


class TestTheSchema:
    def test_is_valid_and_without_a_warning(self, tmp_path):
        call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))

    def test_names_every_operation(self, client):
        schema = yaml.safe_load(client.get("/api/v1/schema/").content)
        assert {f"{m} {path}" for path, methods in schema["paths"].items() for m in methods} == {
            "post /api/v1/searches/",
            "post /api/v1/searches/{id}/feedback/",
            "get /api/v1/searches/{id}/",
            "delete /api/v1/searches/{id}/",
            "post /api/v1/searches/{id}/objects/",
            "get /api/v1/searches/{id}/objects/{index}/",
            "get /api/v1/searches/{id}/results/",
            "get /api/v1/searches/{id}/facets/",
            "get /api/v1/searches/{id}/explain/",
            "get /api/v1/products/",
            "get /api/v1/products/{slug}/",
            "get /api/v1/products/{slug}/similar/",
            "get /api/v1/products/{slug}/outfit/",
            "get /api/v1/cart/",
            "post /api/v1/cart/lines/",
            "put /api/v1/cart/lines/{sku}/",
            "delete /api/v1/cart/lines/{sku}/",
            "put /api/v1/cart/voucher/",
            "delete /api/v1/cart/voucher/",
            "get /api/v1/orders/",
            "post /api/v1/orders/",
            "get /api/v1/orders/{number}/",
            "get /api/v1/categories/",
            "get /api/v1/categories/{path}/",
        }

    @pytest.mark.usefixtures("worker", "shelf")
    def test_describes_what_really_is_answered(self, client, send):
        import jsonschema

        accept = {"Accept": "application/vnd.oai.openapi+json"}
        shapes = json.loads(client.get("/api/v1/schema/", headers=accept).content)["components"]

        def fits(body, name):
            reference = {"$ref": f"#/components/schemas/{name}", "components": without_nullable(shapes)}
            jsonschema.validate(body, reference)

        search = send().json()
        fits(search, "Search")
        fits(client.get(search["image"]["results_url"]).json(), "Results")
        fits(client.get(f"{search['url']}facets/?object=1&colour=red").json(), "Counted")
        fits(client.get("/api/v1/nonsense/").json(), "Problem")
        fits(client.get("/api/v1/products/").json(), "PaginatedProductListedList")
        fits(client.get("/api/v1/products/?expand=images").json(), "PaginatedProductListedList")
        fits(client.get("/api/v1/products/red-thing/").json(), "ProductPage")

    def test_has_a_page_that_explains_it_without_a_script(self, client):
        page = client.get("/api/v1/docs/").content.decode()
        for word in ("/api/v1/searches/", "Prefer", "FoundObject", "application", "curl"):
            assert word in page
        assert "<script>" not in page
        assert "https://" not in page.replace("https://www.rfc-editor.org", "")


def without_nullable(schema):
    """OpenAPI 3.0's `nullable` as JSON Schema spells it."""
    if isinstance(schema, list):
        return [without_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: without_nullable(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
