"""The storefront's pages as the server writes them: what is shown, to whom, and at what cost."""

from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.templatetags.static import static
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Category
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, with_pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    settings.CURRENCY = "EUR"


@pytest.fixture
def women():
    return Category.objects.create(name="Women", slug="women")


@pytest.fixture
def dresses(women):
    return Category.objects.create(name="Dresses", slug="dresses", parent=women)


def a_product(**columns):
    product = ProductFactory(**columns)
    VariantFactory(product=product, price=Decimal("49.90"))
    with_pictures(product)
    return product


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_home_shows_the_newest_products_and_their_categories(client, dresses):
    product = a_product(name="Linen dress", category=dresses)
    page = text(client.get("/"))
    assert "Linen dress" in page
    assert "€49.90" in page
    assert dresses.get_absolute_url() in page
    assert product.cover.srcset in page


def test_home_of_an_empty_shop_says_so(client):
    assert "The shop is being filled" in text(client.get("/"))


def test_every_page_offers_to_search_with_a_photo(client, dresses):
    product = a_product(category=dresses)
    for address in ["/", dresses.get_absolute_url(), product.get_absolute_url(), "/find/?q=x", "/find/"]:
        page = text(client.get(address))
        assert f'action="{reverse("photo-search")}" enctype="multipart/form-data"' in page
        assert 'capture="environment"' in page


def test_only_published_products_are_shown(client, dresses):
    draft = a_product(name="Secret", category=dresses, status="draft")
    a_product(name="Known", category=dresses)
    for address in ["/", dresses.get_absolute_url(), "/find/?q=secret", "/find/?q=known"]:
        assert "Secret" not in text(client.get(address))
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_category_shows_what_is_below_it(client, women, dresses):
    a_product(name="Linen dress", category=dresses)
    page = text(client.get(women.get_absolute_url()))
    assert "Linen dress" in page
    assert f'class="chip" href="{dresses.get_absolute_url()}"' in page


def test_a_category_comes_in_pages(client, dresses):
    for _ in range(30):
        VariantFactory(product=ProductFactory(category=dresses))
    first = text(client.get(dresses.get_absolute_url()))
    last = text(client.get(dresses.get_absolute_url(), {"page": 2}))
    assert (first.count('<li class="card">'), last.count('<li class="card">')) == (24, 6)
    assert "?page=2" in first
    assert f'rel="canonical" href="http://testserver{dresses.get_absolute_url()}?page=2">' in last
    assert text(client.get(dresses.get_absolute_url(), {"page": "x99"})).count('<li class="card">') == 24


def test_an_empty_category_says_so(client, dresses):
    assert "Nothing here yet" in text(client.get(dresses.get_absolute_url()))


@pytest.mark.parametrize("address", ["/category/none/", "/product/none/", "/none/"])
def test_what_is_not_there_is_404_with_a_way_on(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_words_find_products(client):
    a_product(name="Linen dress")
    page = text(client.get("/find/", {"q": "  linen\0 "}))
    assert "Linen dress" in page
    assert "Results for “linen”" in page


def test_words_are_written_as_words(client):
    page = text(client.get("/find/", {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page


def test_no_words_ask_for_some(client):
    a_product(name="Linen dress")
    page = text(client.get("/find/", {"q": " "}))
    assert "What are you looking for?" in page


def test_a_product_shows_price_stock_and_choices(client):
    product = ProductFactory(name="Coat", description="Warm.\n\n<b>Very.</b>")
    for colour, size, price, stock in [("Navy", "S", 80, 0), ("Navy", "M", 90, 2), ("Red", "M", 70, 9)]:
        VariantFactory(product=product, colour=colour, size=size, price=price, stock=stock)
    page = text(client.get(product.get_absolute_url()))
    assert "from €80.00" in page
    assert "Choose a size" in page
    assert "&lt;b&gt;Very." in page
    page = text(client.get(product.get_absolute_url(), {"colour": "Navy", "size": "M"}))
    assert "Only 2 left" in page
    assert "€90.00" in page
    assert "Sold out" in text(client.get(product.get_absolute_url(), {"colour": "Navy", "size": "S"}))
    assert "In stock" in text(client.get(product.get_absolute_url(), {"colour": "Red"}))


def test_a_choice_that_does_not_exist_is_passed_over(client):
    product = ProductFactory()
    VariantFactory(product=product, colour="Navy", size="S", price=80, stock=5)
    page = text(client.get(product.get_absolute_url(), {"colour": "Pink", "size": "XXL"}))
    assert "€80.00" in page
    assert "In stock" in page


def test_a_colour_keeps_the_size_where_it_can(client):
    product = ProductFactory()
    for colour, size in [("Navy", "S"), ("Navy", "M"), ("Red", "M"), ("Red", "L"), ("Green", "L"), ("Green", "S")]:
        VariantFactory(product=product, colour=colour, size=size)
    page = text(client.get(product.get_absolute_url(), {"colour": "Navy", "size": "M"}))
    assert "?colour=Red&amp;size=M#choice" in page
    assert "?colour=Green#choice" in page


def test_the_chosen_colours_pictures_come_first(client):
    product = ProductFactory()
    for colour in ["Navy", "Red"]:
        VariantFactory(product=product, colour=colour, size="M")
        with_pictures(product, colour=colour)
    response = client.get(product.get_absolute_url(), {"colour": "Red"})
    assert [image.colour for image, _ in response.context["pictures"]] == ["Red", "Navy"]


def test_a_product_without_variants_or_pictures_has_a_page(client):
    assert "nothing-to-see" in text(client.get(ProductFactory().get_absolute_url()))


def test_a_sale_shows_both_prices(client):
    product = ProductFactory()
    VariantFactory(product=product, price=Decimal(30), price_before=Decimal(60))
    page = text(client.get("/"))
    assert "€30.00" in page
    assert "<s " in page
    assert "€60.00" in page


def test_the_lasting_address_has_no_query(client, dresses):
    page = text(client.get(dresses.get_absolute_url(), {"page": 2, "x": 1}))  # there is no second page
    assert f'<link rel="canonical" href="http://testserver{dresses.get_absolute_url()}">' in page


def test_a_page_costs_as_many_queries_with_many_products_as_with_few(client, dresses):
    product = a_product(name="Dress", category=dresses)
    addresses = ["/", dresses.get_absolute_url(), "/find/?q=dress", product.get_absolute_url()]
    [a_product(name=f"Dress {n}", category=dresses) for n in range(2)]
    client.get("/find/?q=dress")  # what a word is without accents is remembered
    few = [queries_of(client, address) for address in addresses]
    [a_product(name=f"Dress {n}", category=CategoryFactory(name=f"Shelf{n}")) for n in range(2, 9)]
    [a_product(name=f"Dress {n}", category=dresses) for n in range(9, 16)]
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= 14


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        text(client.get(address))
    return len(captured)


def test_the_worker_of_the_browser_keeps_the_offline_page(client):
    response = client.get(reverse("service-worker"))
    assert response["Content-Type"] == "text/javascript"
    assert reverse("offline") in text(response)
    assert "There is no connection" in text(client.get(reverse("offline")))


def test_a_browser_that_shows_a_picture_alone_finds_the_icon(client):
    response = client.get("/favicon.ico")
    assert response["Location"] == static("icons/favicon.svg")
    assert finders.find("icons/favicon.svg")


def test_the_page_after_a_crash_needs_nothing(client, rf, django_assert_num_queries):
    from django.views.defaults import server_error

    with django_assert_num_queries(0):
        page = server_error(rf.get("/")).content.decode()
    assert "Something broke on our side" in page


@pytest.mark.parametrize(("currency", "shown"), [("EUR", "€1,234.50"), ("VND", "₫1,234"), ("CHF", "CHF\xa01,234.50")])
def test_money_is_written_in_the_shops_currency(settings, currency, shown):
    from shop.templatetags.money import money

    settings.CURRENCY = currency
    assert money(Decimal("1234.50")) == shown


def test_a_request_to_another_host_is_refused_with_a_page(client):
    client.raise_request_exception = False
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
