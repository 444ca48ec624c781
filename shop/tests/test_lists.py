"""Shelves and what words find: narrowed, counted, sorted and cut into pages, alike for both."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse

from catalog.filters import NO_FILTERS, Filters
from catalog.models import Category, Product
from catalog.modelslisting import Listing
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, with_pictures
from shop import lists, tasks

pytestmark = pytest.mark.django_db

COLOURS, SIZES, BRANDS = ("Red", "Blue", "Green"), ("S", "M"), ("Acme", "Bolt", "")


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shelf(media):
    """Sixty shirts in two categories, with every mixture of size, colour, price, stock and sale."""
    tops = CategoryFactory(name="Tops")
    tees = Category.objects.create(parent=tops, name="Tees", slug="tees")
    for n in range(60):
        product = ProductFactory(name=f"Shirt {n:02}", category=tees if n % 3 else tops, brand=BRANDS[n % 3])
        for m in range(2):
            sale = Decimal(n + 90) if (n + m) % 4 == 0 else None
            VariantFactory(
                product=product,
                size=SIZES[m],
                colour=COLOURS[(n + m) % 3],
                price=Decimal(10 + n),
                price_before=sale,
                stock=(n + m) % 2,
            )
    return tops


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def shown(client, address, **asked):
    return client.get(address, asked).context["list"]


def names(listed):
    return [product.name for product in listed.page.object_list]


def test_a_shelf_is_cut_into_pages_newest_first(client, shelf):
    listed = shown(client, shelf.get_absolute_url())
    assert listed.facets.products == 60
    assert names(listed)[:2] == ["Shirt 59", "Shirt 58"]
    every = [name for page in (1, 2, 3) for name in names(shown(client, shelf.get_absolute_url(), page=page))]
    assert sorted(every) == sorted(set(every))
    assert len(every) == 60


@pytest.mark.parametrize(
    ("sort", "first"),
    [("", "Shirt 59"), ("price", "Shirt 00"), ("price-down", "Shirt 59"), ("name", "Shirt 00"), ("x", "Shirt 59")],
)
def test_a_shelf_is_sorted(client, shelf, sort, first):
    assert names(shown(client, shelf.get_absolute_url(), sort=sort))[0] == first


@pytest.mark.parametrize(
    "asked", [{}, {"colour": "red"}, {"colour": ["Red", "Blue"], "in_stock": 1}, {"brand": "acme"}]
)
def test_counts_are_what_choosing_would_give(client, shelf, asked):
    listed = shown(client, shelf.get_absolute_url(), **asked)
    for facet in listed.facets.fields:
        rest = {name: value for name, value in asked.items() if name != facet.field}
        for choice in facet.choices:
            chosen = shown(client, shelf.get_absolute_url(), **rest | {facet.field: choice.value})
            assert chosen.facets.products == chosen.page.paginator.count == choice.products, (facet.field, choice.value)


def test_size_colour_and_stock_hold_for_one_variant(client, shelf):
    listed = shown(client, shelf.get_absolute_url(), colour="Red", size="S", in_stock="1")
    assert listed.facets.products == sum(n % 3 == 0 and n % 2 == 1 for n in range(60))


@pytest.mark.parametrize("sort", ["", "price", "name"])
@pytest.mark.parametrize(
    "asked", [{"colour": "red"}, {"size": "m", "in_stock": "1", "brand": "bolt"}, {"on_sale": "1"}]
)
@pytest.mark.parametrize("q", ["", "shirt"])
def test_a_narrowed_list_is_the_same_whichever_way_it_is_found(client, shelf, monkeypatch, asked, sort, q):
    address = reverse("find") if q else shelf.get_absolute_url()
    asked |= {"sort": sort} | ({"q": q} if q else {})
    passing = [n for n in range(60) for m in range(2) if passes(n, m, asked)]
    found = list[list[str]]()
    for few, very_many in ((0, 10_000), (0, 1), (200, 10_000), (200, 1)):
        cache.clear()
        monkeypatch.setattr(lists, "FEW", few)
        monkeypatch.setattr(lists, "VERY_MANY", very_many)
        monkeypatch.setattr(lists, "MANY", 10 if very_many == 1 else 2_000)  # of a long list the length is known
        listed = shown(client, address, **asked)
        assert listed.facets.products == len(set(passing))
        found.append(names(listed))
    every = {f"Shirt {n:02}" for n in passing}
    assert len(found[0]) == min(len(every), lists.PAGE)
    assert set(found[0]) <= every
    assert found[1:] == found[:1] * 3


def passes(n, m, asked):
    """Whether the shelf's variant is as asked."""
    stocked, on_sale = (n + m) % 2 == 1, (n + m) % 4 == 0
    return (
        asked.get("colour", COLOURS[(n + m) % 3].lower()) == COLOURS[(n + m) % 3].lower()
        and asked.get("size", SIZES[m].lower()) == SIZES[m].lower()
        and asked.get("brand", BRANDS[n % 3].lower()) == BRANDS[n % 3].lower()
        and (stocked or "in_stock" not in asked)
        and (on_sale or "on_sale" not in asked)
    )


def test_a_list_of_nothing_is_not_searched_for(shelf, django_assert_num_queries):
    listings = Listing.objects.published().in_category(shelf)
    with django_assert_num_queries(0):
        assert list(lists.narrow(listings, Filters(colour=("violet",)), 0)) == []


def test_a_filter_is_taken_away_alone(client, shelf):
    listed = shown(client, shelf.get_absolute_url(), colour="Red", in_stock="1", sort="price")
    address = shelf.get_absolute_url()
    urls = [one.url for one in listed.narrowed]
    assert urls == [f"{address}?in_stock=1&sort=price", f"{address}?colour=Red&sort=price"]
    assert listed.url == f"{address}?sort=price"


def test_a_narrowed_list_is_not_for_search_engines(client, shelf):
    assert 'rel="canonical"' in client.get(shelf.get_absolute_url(), {"page": 2}).text
    narrowed = client.get(shelf.get_absolute_url(), {"colour": "Red"}).text
    assert 'content="noindex"' in narrowed
    assert 'rel="canonical"' not in narrowed


def test_what_is_left_of_nothing_is_said_and_can_be_undone(client, shelf):
    page = client.get(shelf.get_absolute_url(), {"colour": "Violet"})
    assert "Take something away." in page.text
    assert "Clear all" in page.text


def test_words_find_count_and_sort_alike(client, shelf):
    ProductFactory(name="Tea towel shirt")
    listed = shown(client, reverse("find"), q="shirt")
    assert listed.facets.products == 61
    assert {facet.field for facet in listed.facets.fields} >= {"category", "price", "size", "colour"}
    cheap = shown(client, reverse("find"), q="shirt", sort="price", category="tops/tees")
    assert names(cheap)[0] == "Shirt 01"
    assert [one.url for one in cheap.narrowed] == [f"{reverse('find')}?q=shirt&sort=price"]
    assert shown(client, reverse("find"), q="shrit").facets.products == 61


def test_words_keep_their_likeness_unless_another_order_is_chosen(client):
    for name in ("Shirt dress with linen belt", "Linen shirt"):
        ProductFactory(name=name)
    assert names(shown(client, reverse("find"), q="linen shirt"))[0] == "Linen shirt"


@pytest.mark.parametrize("number", [3, 24])
@pytest.mark.parametrize("words", ["", "shirt"])
def test_a_page_costs_a_fixed_number_of_queries(client, media, number, words, django_assert_num_queries):
    category = CategoryFactory(name="Tops")
    for product in ProductFactory.create_batch(number, category=category):
        VariantFactory.create_batch(2, product=product)
        with_pictures(product, 2)
    address = f"{reverse('find')}?q={words}" if words else category.get_absolute_url()
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)


def test_counts_of_a_long_list_are_kept_a_while_and_of_a_short_one_never(client, shelf, monkeypatch):
    address = shelf.get_absolute_url()
    assert shown(client, address).facets.products == 60
    ProductFactory(category=shelf)
    assert shown(client, address).facets.products == 61
    monkeypatch.setattr(lists, "MANY", 10)
    assert shown(client, address).facets.products == 61
    ProductFactory(category=shelf)
    assert shown(client, address).facets.products == 61


def test_facets_are_those_of_the_rows(client, shelf):
    fields = {facet.field: facet for facet in shown(client, shelf.get_absolute_url()).facets.fields}
    assert "category" not in fields  # the shelf's own page has its shelves as links
    colours = Counter(COLOURS[(n + m) % 3] for n in range(60) for m in range(2))
    assert {choice.value: choice.products for choice in fields["colour"].choices} == colours


class TestSuggestions:
    @pytest.fixture
    def names(self, client):
        return lambda text: [one.name for one in client.get(reverse("suggest"), {"q": text}).context["suggestions"]]

    def test_are_shelves_then_products(self, names):
        category = CategoryFactory(name="Linen")
        for name in ("Linen shirt", "Linen dress", "Wool coat"):
            ProductFactory(name=name, category=category)
        assert names("linen")[0] == "Linen"
        assert set(names("linen d")) == {"Linen dress"}
        assert names("LIN")[:1] == ["Linen"]
        assert "Wool coat" in names("wool")

    @pytest.mark.parametrize("text", ["", "l", " ", "qwxyz", "\0", "%", "'"])
    def test_are_none_where_nothing_fits(self, names, text):
        ProductFactory(name="Linen shirt")
        assert names(text) == []

    def test_hold_no_draft_and_at_most_eight(self, names):
        ProductFactory(name="Linen draft", status="draft")
        ProductFactory.create_batch(12, name="Linen shirt")
        assert len(names("linen")) == 5

    def test_are_no_html(self, client):
        ProductFactory(name="<b>Linen</b>")
        assert "<b>Linen" not in client.get(reverse("suggest"), {"q": "linen"}).text


class TestTheWindow:
    def test_shows_what_is_on_sale(self, client):
        VariantFactory(product=ProductFactory(name="Plain"))
        VariantFactory(product=ProductFactory(name="Cheap"), price=10, price_before=20)
        assert [product.name for product in client.get("/").context["window"].sale] == ["Cheap"]

    def test_is_remembered_until_something_changes(self, client, django_assert_num_queries):
        product = VariantFactory().product
        client.get("/")
        ProductFactory._meta.model.objects.filter(pk=product.pk).update(status="archived")  # behind the receivers' back
        assert client.get("/").context["window"].newest == []  # what is not on sale is never shown
        newer = ProductFactory(name="Newer")
        assert client.get("/").context["window"].newest == [newer]


def test_long_shelves_are_counted_before_anybody_asks(client, shelf, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(lists, "MANY", 50)
    assert tasks.warm_lists() == 1  # sixty tops, of them forty tees
    tops = Listing.objects.published().in_category(shelf)
    with django_assert_num_queries(0):
        assert lists.counted(tops, NO_FILTERS).products == 60
    Product.objects.filter(name="Shirt 00").update(status="draft")
    assert lists.counted(tops, NO_FILTERS).products == 60
    tasks.warm_lists()
    assert lists.counted(tops, NO_FILTERS).products == 59


def test_whoever_narrows_a_long_shelf_counts_only_what_is_left(shelf, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(lists, "MANY", 50)
    tops = Listing.objects.published().in_category(shelf)
    lists.counted(tops, NO_FILTERS)
    with django_assert_num_queries(1):  # the colours are known
        lists.counted(tops, Filters(colour=("red",)))


def test_a_long_list_of_words_begins_alike_however_it_is_found(client, monkeypatch):
    for name in ("Linen shirt", "Shirt in washed linen", "Washed linen shirt", "Linen-shirt, long", "Shirt linen"):
        ProductFactory.create_batch(5, name=name)
    VariantFactory(product=ProductFactory(name="Shirt", description="Of linen"), colour="Linen")
    monkeypatch.setattr(lists, "PAGE", 4)

    def pages(words, many):
        cache.clear()
        monkeypatch.setattr(lists, "MANY", many)
        return [names(shown(client, reverse("find"), q=words, page=n)) for n in range(1, 7)]

    for words in ("shirt", "Linen", "lin", "long", "linen shirt", "shirrt"):
        assert pages(words, many=2) == pages(words, many=100)
