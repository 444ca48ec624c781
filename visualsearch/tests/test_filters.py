"""Filters, counts and floors of a list, against plain Python on the same products."""

from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict

from catalog.filters import NO_FILTERS, STEPS, Band, Filters
from catalog.models import Product
from catalog.tests.factories import VariantFactory
from visualsearch import search, search_facets
from visualsearch.facets import facets
from visualsearch.search import BELOW, Ask, nearest_of_each
from visualsearch.tests import wardrobe
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, unit

ADDRESSES = [
    "",
    "colour=red",
    "colour=RED&colour=%C4%91%E1%BB%8F&size=S&size=L",
    "category=women/tops",
    "category=women/tops/a_b",
    "category=nowhere",
    "brand=Nord&brand=O'West&brand=S%C3%BCd+100%25",
    "price=10-15&price=100-150",
    "price=75-",
    "min_price=10&max_price=50",
    "max_price=49.90&in_stock=1",
    "on_sale=1",
    "in_stock=1&on_sale=1&size=M",
    "colour=red&size=S&in_stock=1&max_price=20",
    "category=women&brand=nord&colour=blue&price=20-30&in_stock=1",
]


def read(address):
    return Filters.read(QueryDict(address))


class TestAnAddress:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_says_the_same_once_it_was_read_and_spelled(self, address):
        filters = read(address)
        assert read("&".join(f"{name}={value.replace('%', '%25')}" for name, value in filters.pairs)) == filters
        assert bool(filters) == bool(address)

    def test_that_makes_no_sense_asks_for_nothing(self):
        nonsense = (
            "price=x&price=-&price=5-x&price=1e9-2&min_price=NaN&max_price=-1&in_stock=yes&colour=%00&size=+&far=1"
        )
        assert read(nonsense) == NO_FILTERS

    def test_has_values_once_and_not_without_end(self):
        assert read("size=S&size=S").size == ("S",)
        assert len(read("&".join(f"size={n}" for n in range(999))).size) == 50


class TestBands:
    @pytest.mark.parametrize("price", ["0", "0.99", "1", "9.99", "10", "14.99", "99", "99999999.99"])
    def test_hold_each_price_once(self, price):
        holding = [
            Band.numbered(n)
            for n in range(len(STEPS) + 1)
            if Band.numbered(n).low <= Decimal(price) and (Band.numbered(n).high or Decimal("inf")) > Decimal(price)
        ]
        assert holding == [Band.around(Decimal(price))]

    def test_are_spelled_as_they_are_read(self):
        for number in range(len(STEPS) + 1):
            assert Band.read(str(Band.numbered(number))) == Band.numbered(number)


@pytest.fixture
def version():
    return a_version()


@pytest.fixture
def asked(version):
    return a_search(version, unit(1, 0.3, -0.2), positions=["upper"])[0]


@pytest.fixture
def things(version, valkey):
    return wardrobe.furnish(version)


def walk(asked, limit=7, **more):
    """Every page of a list, as one list of hits."""
    hits, after = [], None
    while not hits or after:
        [page] = nearest_of_each([Ask(asked, limit, after, **more)])
        assert len(page.hits) <= limit
        hits, after = [*hits, *page.hits], page.next
        if not page.hits:
            break
    return hits


def query_of(asked):
    return unit(1, 0.3, -0.2).astype("float16").astype("float64")


@pytest.mark.django_db
class TestAList:
    def test_holds_all_that_pass_in_the_exact_order_over_all_its_pages(self, things, asked):
        for address in ADDRESSES:
            hits = walk(asked, filters=read(address))
            exact = wardrobe.nearest(things, query_of(asked), read(address))
            assert [hit.product.pk for hit in hits] == exact, address
            assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1)), address

    @pytest.mark.parametrize("address", ["", "in_stock=1"])
    def test_ends_with_the_nearest_few_below_its_floor(self, things, asked, address):
        floor, filters = 0.5, read(address)
        every = wardrobe.nearest(things, query_of(asked), filters)
        enough = sum(thing.distance(query_of(asked)) <= -floor for thing in things if thing.fits(filters))
        assert 0 < enough < len(every) - BELOW
        for limit in (2, 7, enough, 100):
            hits = walk(asked, limit, filters=filters, floor=floor)
            assert [hit.product.pk for hit in hits] == every[: enough + BELOW]
            assert [hit.accepted for hit in hits] == [True] * enough + [False] * BELOW
        hits = walk(asked, 30, filters=filters, floor=floor, far=True)
        assert [hit.product.pk for hit in hits] == every
        assert [hit.accepted for hit in hits] == [True] * enough + [False] * (len(every) - enough)

    def test_without_a_floor_takes_no_side(self, things, asked):
        assert {hit.accepted for hit in walk(asked)} == {None}

    def test_leaves_out_what_it_is_told_to(self, things, asked):
        every = wardrobe.nearest(things, query_of(asked), NO_FILTERS)
        assert [hit.product.pk for hit in walk(asked, without=(every[0], every[9]))] == every[1:9] + every[10:]

    @pytest.mark.parametrize("address", ["", "in_stock=1", "category=women"])
    def test_has_no_holes_and_no_doubles_where_the_graph_misses_some(self, things, asked, address, monkeypatch):
        """A graph that misses every second product."""
        monkeypatch.setattr(search, "EXACT_UP_TO", 5)
        kept = search._fetch

        def blind(cursor, asks, places, large):
            wide = [ask._replace(limit=3 * ask.limit) if far else ask for ask, far in zip(asks, large, strict=True)]
            lists = kept(cursor, wide, places, large)
            return [one._replace(rows=one.rows[1::2][: asks[0].limit + 1]) if one.by_graph else one for one in lists]

        monkeypatch.setattr(search, "_fetch", blind)
        with connection.cursor() as cursor:  # what other tests rolled back still fills the graph's pool
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; REINDEX TABLE visualsearch_region")
        hits = walk(asked, 5, filters=read(address))
        every = wardrobe.nearest(things, query_of(asked), read(address))
        found = [hit.product.pk for hit in hits]
        assert found[:5] == every[1:11:2]
        assert found[5:10] == every[0:10:2]
        assert sorted(found) == sorted(every)

    def test_never_ends_on_the_word_of_a_graph(self, things, asked, monkeypatch):
        monkeypatch.setattr(search, "EXACT_UP_TO", 5)
        monkeypatch.setattr(search, "POOL", 1)
        floor = 0.5
        enough = sum(thing.distance(query_of(asked)) <= -floor for thing in things)
        [page] = nearest_of_each([Ask(asked, enough + BELOW, floor=floor)])
        assert page.next is None
        assert [hit.product.pk for hit in page.hits] == wardrobe.nearest(things, query_of(asked), NO_FILTERS)[
            : enough + BELOW
        ]


@pytest.mark.django_db
class TestCounts:
    def test_are_those_of_counting_one_by_one(self, things, asked):
        for floor, address in product([None, 0.5, 0.7, 2.0], ADDRESSES):
            near = [thing for thing in things if floor is None or thing.distance(query_of(asked)) <= -floor]
            rows = search_facets.counts(asked, filters=read(address), floor=floor)
            told = {
                (row.field, str(Band.numbered(row.place)) if row.field == "price" else row.value.lower()): row.products
                for row in rows
                if row.products
            }
            assert told == wardrobe.counted(near, read(address)), (floor, address)
            assert len(told) == sum(row.products > 0 for row in rows)  # no value comes twice

    def test_promise_what_choosing_gives(self, things, asked):
        filters, floor = read("category=women&in_stock=1"), 0.5
        for facet in facets(asked, filters=filters, floor=floor).fields:
            if facet.field not in ("in_stock", "category"):
                for choice in facet.choices:
                    more = read(f"category=women&in_stock=1&{facet.field}={choice.value}".replace("%", "%25"))
                    hits = walk(asked, filters=more, floor=floor)
                    assert sum(bool(hit.accepted) for hit in hits) == choice.products

    def test_keep_what_is_chosen_even_where_nothing_is_left_of_it(self, things, asked):
        fields = facets(asked, filters=read("colour=violet&size=S"), floor=None).fields
        colour = next(facet for facet in fields if facet.field == "colour")
        assert [(c.value, c.products) for c in colour.choices if c.chosen] == [("violet", 0)]

    def test_pass_over_drafts_other_positions_and_other_versions(self, version, asked):
        for status, position, of in [
            ("draft", "upper", version),
            ("published", "bag", version),
            ("published", "upper", a_version("b", active=False)),
        ]:
            shirt = VariantFactory(product__status=status).product
            a_region(an_image(shirt), of, unit(1), position=position)
        assert facets(asked, filters=NO_FILTERS, floor=None).products == 0
        Product.objects.update(status="published")
        assert facets(asked, filters=NO_FILTERS, floor=None).products == 1

    def test_cost_one_statement(self, things, asked, django_assert_num_queries):
        assert search.few(asked)  # counts rows, now and then
        with django_assert_num_queries(1):
            facets(asked, filters=read("colour=red&price=10-15"), floor=0.5)


@pytest.mark.django_db
def test_one_variant_must_be_all_that_is_asked(version, valkey):
    shirt = VariantFactory(size="S", colour="red", stock=0).product
    VariantFactory(product=shirt, size="M", colour="blue", stock=2)
    a_region(an_image(shirt), version, unit(1))
    [asked] = a_search(version, unit(1))
    addresses = ("size=S&colour=red", "size=M&colour=blue&in_stock=1", "size=M&colour=red", "colour=red&in_stock=1")
    assert [len(walk(asked, filters=read(address))) for address in addresses] == [1, 1, 0, 0]
