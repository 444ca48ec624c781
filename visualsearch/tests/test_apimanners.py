"""What the API tells besides its answers: whether they changed, how much is left, and to which pages it speaks."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from rest_framework.authtoken.models import Token

from catalog import pictures
from catalog.models import Product
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import indexing
from visualsearch.tests.makers import photo
from visualsearch.throttles import Reads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey", "worker")]


@pytest.fixture
def found(client):
    product = VariantFactory(product=ProductFactory(name="red thing", slug="red-thing")).product
    indexing.index(pictures.add_picture(product, photo("red")).pk)
    return client.post("/api/v1/searches/", {"photo": SimpleUploadedFile("photo.jpg", photo("red"))}).json()


@pytest.fixture
def addresses(found):
    category = Product.objects.get().category.path
    return [
        found["url"], found["image"]["results_url"], f"{found['url']}facets/", "/api/v1/products/",
        "/api/v1/products/red-thing/", "/api/v1/products/red-thing/similar/", "/api/v1/categories/",
        f"/api/v1/categories/{category}/",
    ]  # fmt: skip


class TestAnAnswerThatIsThereAlready:
    def test_is_not_sent_again_while_it_is_the_same(self, client, addresses):
        for address in addresses:
            first = client.get(address)
            assert first["Cache-Control"] == "private, no-cache"
            again = client.get(address, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), address
            assert "RateLimit" in again

    def test_is_sent_once_it_is_another(self, client, addresses):
        tags = [client.get(address)["ETag"] for address in addresses[:5]]
        Product.objects.update(name="another thing")
        for address, tag in zip(addresses, tags, strict=False):
            changed = client.get(address, headers={"If-None-Match": tag})
            assert changed.status_code == (304 if "facets" in address else 200), address

    def test_is_no_refusal_and_no_deed(self, client, found):
        missing = client.get("/api/v1/products/nowhere/", headers={"If-None-Match": "*"})
        assert missing.status_code == 404
        assert client.delete(found["url"], headers={"If-None-Match": "*"}).status_code == 204


class TestWhatIsLeft:
    def test_is_told_with_every_answer(self, client, addresses):
        before = None
        for address in addresses:
            answer = client.get(address)
            assert answer["RateLimit-Policy"] == '"reads";q=1200;w=60'
            left, rest = map(int, re.fullmatch(r'"reads";r=(\d+);t=(\d+)', answer["RateLimit"]).groups())
            assert before is None or left == before - 1
            assert 0 < rest <= 60
            before = left
        refused = client.post("/api/v1/searches/", {})
        assert refused.status_code == 400
        assert refused["RateLimit"].startswith('"searches-address";r=58;')

    def test_is_nothing_when_it_was_too_often(self, client, monkeypatch):
        monkeypatch.setattr(Reads, "THROTTLE_RATES", {"reads": "1/min"})
        assert client.get("/api/v1/categories/")["RateLimit"].startswith('"reads";r=0;t=60')
        refused = client.get("/api/v1/categories/")
        assert (refused.status_code, refused["RateLimit-Policy"]) == (429, '"reads";q=1;w=60')
        assert re.fullmatch(rf'"reads";r=0;t={refused["Retry-After"]}', refused["RateLimit"])

    def test_is_that_of_the_token(self, client, django_user_model, found):
        token = Token.objects.create(user=django_user_model.objects.create(username="app"))
        told = client.post("/api/v1/searches/", {}, headers={"Authorization": f"Token {token.key}"})
        assert told["RateLimit"].startswith('"searches-token";r=599;')
        wrong = client.get("/api/v1/categories/", headers={"Authorization": "Token x"})
        assert (wrong.status_code, "RateLimit" in wrong) == (401, False)

    def test_is_nobodys_business_on_a_page(self, client, found):
        assert "RateLimit" not in client.get("/")


class TestOtherOrigins:
    ASKED = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}

    def test_are_told_nothing_unless_a_setting_names_them(self, client):
        assert "Access-Control-Allow-Origin" not in client.get("/api/v1/categories/", headers=self.ASKED)
        assert "Access-Control-Allow-Origin" not in client.options("/api/v1/categories/", headers=self.ASKED)

    def test_may_ask_once_it_does(self, client, settings):
        cors = pytest.importorskip("corsheaders", reason="an optional part")
        assert cors
        settings.MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *settings.MIDDLEWARE]
        with override_settings(
            CORS_URLS_REGEX=r"^/api/", CORS_ALLOWED_ORIGINS=["https://app.example"], CORS_EXPOSE_HEADERS=["ETag"]
        ):
            given = client.get("/api/v1/categories/", headers=self.ASKED)
            assert given["Access-Control-Allow-Origin"] == "https://app.example"
            assert given["Access-Control-Expose-Headers"] == "ETag"
            assert "Access-Control-Allow-Credentials" not in given
            first = client.options("/api/v1/searches/", headers=self.ASKED)
            assert (first.status_code, first["Access-Control-Allow-Origin"]) == (200, "https://app.example")
            assert "Access-Control-Allow-Origin" not in client.get("/", headers=self.ASKED)
            other = client.get("/api/v1/categories/", headers={"Origin": "https://other.example"})
            assert "Access-Control-Allow-Origin" not in other
