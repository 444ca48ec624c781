"""Products that somebody says are not it: gone from the lists of that search, and back again."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch.modelsinsight import Reaction
from visualsearch.results import items_of
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "media")]


@pytest.fixture
def version():
    return a_version()


@pytest.fixture
def shirts(version):
    shirts = []
    for n in range(4):
        shirt = VariantFactory(product=ProductFactory(name=f"shirt {n}", slug=f"shirt-{n}"), colour="red").product
        a_region(an_image(shirt), version, unit(1, n / 10), "upper")
        a_region(an_image(shirt), version, unit(1, n / 10))
        shirts.append(shirt)
    return shirts


@pytest.fixture
def search(version, shirts):
    return a_search(version, unit(1), unit(1))[0].search


@pytest.fixture
def say(client, search):
    def say(**told):
        return client.post(f"/search/{search.pk}/not-it/", {"item": "1", "back": "item=1"} | told)

    return say


def slugs(text):
    return list(dict.fromkeys(re.findall(r'href="/product/([\w-]+)/\?', text)))


@pytest.mark.parametrize("words", ["", "&words=in+red"])
def test_it_stands_in_no_list_of_the_search_and_comes_back(client, search, say, words):
    address = f"/search/{search.pk}/?item=1{words}"
    assert slugs(client.get(address).content.decode())[0] == "shirt-0"
    response = say(product="shirt-0", back=f"item=1{words}")
    assert (response.status_code, response["Location"]) == (303, address)
    text = client.get(address).content.decode()
    assert slugs(text) == ["shirt-1", "shirt-2", "shirt-3"]
    assert "1 product is hidden: not it." in text
    assert "3 products" in text  # counted without it
    assert "shirt-0" not in client.get(f"/search/{search.pk}/?item=0").content.decode()
    api = f"/api/v1/searches/{search.pk}/"
    for results in (
        client.get(api).json()["objects"][0]["results"],
        client.get(f"{api}objects/1/").json()["results"],
        client.get(f"{api}results/?object=1{words}").json()["results"],
    ):
        assert [hit["product"]["slug"] for hit in results] == ["shirt-1", "shirt-2", "shirt-3"]
    assert client.get(f"{api}facets/?object=1{words}").json()["products"] == 3
    assert say(again="1").status_code == 303
    assert slugs(client.get(address).content.decode())[0] == "shirt-0"


def test_the_api_hides_too(client, search):
    api = f"/api/v1/searches/{search.pk}/"
    feedback = {"kind": "not_it", "product": "shirt-1", "object": "1"}
    assert client.post(f"{api}feedback/", feedback, content_type="application/json").status_code == 204
    results = client.get(f"{api}results/?object=1").json()["results"]
    assert [hit["product"]["slug"] for hit in results] == ["shirt-0", "shirt-2", "shirt-3"]
    feedback["kind"] = "click"
    client.post(f"{api}feedback/", feedback | {"product": "shirt-0"}, content_type="application/json")
    assert client.get(f"{api}results/?object=1").json()["results"] == results


def test_another_search_is_none_the_wiser(client, version, search, say):
    say(product="shirt-0")
    [other, _] = a_search(version, unit(1), unit(1))
    assert slugs(client.get(f"/search/{other.search_id}/?item=1").content.decode())[0] == "shirt-0"


def test_pages_of_a_list_have_no_holes_when_something_is_hidden_between_them(client, search, say):
    api = f"/api/v1/searches/{search.pk}/results/?object=1&limit=1"
    page = client.get(api).json()
    say(product="shirt-0")
    say(product="shirt-2")
    found = []
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [hit["product"]["slug"] for hit in page["results"]]
    assert found == ["shirt-1", "shirt-3"]


def test_a_search_without_a_refusal_costs_no_further_query(search, say, django_assert_num_queries):
    items_of(search, chosen=1)  # counts rows, and knows the version
    with CaptureQueriesContext(connection) as queries:
        items_of(search, chosen=1)
    plain = list(queries)
    assert sum("visualsearch_reaction" in query["sql"] for query in plain) == 1  # within the query of the regions
    assert any("visualsearch_photoregion" in q["sql"] and "visualsearch_reaction" in q["sql"] for q in plain)
    say(product="shirt-0")
    with django_assert_num_queries(len(plain)):
        items_of(search, chosen=1)


@pytest.mark.parametrize("told", [{"item": "9"}, {"item": "x"}, {"product": "nowhere"}, {"product": ""}])
def test_nonsense_is_not_found(say, told):
    assert say(**{"product": "shirt-0"} | told).status_code == 404
    assert not Reaction.objects.exists()


def test_one_is_led_back_into_the_page_and_nowhere_else(say, search):
    assert say(product="shirt-0", back="//evil.example/?x")["Location"].startswith(f"/search/{search.pk}/?")
    assert say(product="shirt-0", back="")["Location"] == f"/search/{search.pk}/"


def test_the_button_is_on_the_hits_of_the_list_shown_in_full(client, search):
    text = client.get(f"/search/{search.pk}/?item=1").content.decode()
    buttons = re.findall(r'<button class="card__not" form="not-it" name="product" value="([\w-]+)"', text)
    assert buttons == [f"shirt-{n}" for n in range(4)]
    assert text.count('id="not-it"') == 1
    assert "csrfmiddlewaretoken" in text.partition('id="not-it"')[2].partition("</form>")[0]
