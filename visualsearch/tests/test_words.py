"""Words beside a photo: how they are read, and what they do to a list, against plain Python on the same products."""

import re
from decimal import Decimal
from random import Random

import pytest
from django.http import QueryDict

from catalog.filters import NO_FILTERS, Filters
from catalog.models import Product, ProductImage, Variant
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch import search, searchwords
from visualsearch.attributes import WORDS
from visualsearch.search import BELOW, Ask, BadCursor
from visualsearch.searchwords import ALL, FEW, KIND, WEIGHT, nearest_with_words
from visualsearch.tests import wardrobe
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, unit
from visualsearch.wishes import IN_BODY, IN_HEAD, MOST, NEARLY, Wishes


def heard(text):
    return [(wish.said, wish.kind, wish.wanted) for wish in Wishes.read(text).each]


class TestReading:
    @pytest.mark.parametrize(
        ("text", "wishes"),
        [
            ("in red", [("red", "colour", True)]),
            ("Màu đỏ", [("Màu đỏ", "colour", True)]),
            ("mau do", [("mau do", "colour", True)]),
            ("xanh dương", [("xanh dương", "colour", True)]),
            ("off-white", [("off-white", "colour", True)]),
            ("red or navy", [("red / navy", "colour", True)]),
            ("leather", [("leather", "attribute", True)]),
            ("lụa, tay dài", [("lụa", "attribute", True), ("tay dài", "attribute", True)]),
            ("without sleeves", [("without sleeves", "attribute", True)]),  # a way to say sleeveless
            ("not striped but longer", [("striped", "attribute", False), ("longer", "length", True)]),
            ("không có túi", [("túi", "word", False)]),
            ("rẻ hơn, dài hơn", [("rẻ hơn", "price", True), ("dài hơn", "length", True)]),
            ("under €50 in size M", [("under €50", "price", True), ("size M", "size", True)]),
            ("XL", [("XL", "size", True)]),
            ("giảm giá", [("giảm giá", "offer", True)]),
            ("fluffy, red-ish", [("fluffy", "word", True), ("red-ish", "word", True)]),
            ("do be in", []),
            ("  \0 ", []),
        ],
    )
    def test_of_words(self, text, wishes):
        assert heard(text) == wishes

    def test_knows_every_attribute_by_every_way_to_spell_it(self):
        for some in WORDS.values():
            for name in some:
                assert [kind for _, kind, _ in heard(name)] == ["attribute"], name

    def test_ends(self):
        assert len(Wishes.read("a1 b2 c3 d4 e5 f6 g7 h8 i9 j10").each) == MOST
        assert len(Wishes.read("long " * 100).text) <= 200

    @pytest.mark.parametrize(
        ("word", "names", "others"),
        [
            ("red", {"cherry", "burgundy", "do"}, {"pink", "rust"}),
            ("navy", {"navy", "midnight"}, {"blue", "sky"}),
            ("xanh", {"xanh", "green", "blue", "xanh la"}, {"red"}),
            ("hồng", {"pink", "hong", "rose"}, {"red"}),
        ],
    )
    def test_of_a_colour_means_all_that_a_catalogue_calls_so(self, word, names, others):
        [wish] = Wishes.read(word).each
        assert names <= set(wish.colours)
        assert not others & set(wish.colours)


WORDED = [  # what is typed, and what plain Python makes of it
    "in red",
    "linen",
    "red linen",
    "not red",
    "zipper",
    "zipper, linen and blue",
    "fluffy",
    "fluffy red",
    "cheaper",
    "under 20 in M",
    "longer, with long sleeves",
    "trouserz",
]
FABRICS = ["Linen", "Leather", "", "Long linen", "Trousers"]
TELLING = ["Made of linen.", "With zippers.", "Long sleeves, mini.", ""]


@pytest.fixture
def version():
    return a_version()


@pytest.fixture
def asked(version):
    return a_search(version, unit(1, 0.3, -0.2), positions=["upper"])[0]  # ordinal 0: the photo as a whole


QUERY = unit(1, 0.3, -0.2).astype("float16").astype("float64")


@pytest.fixture
def things(version, valkey):
    """The wardrobe, with something to say of each."""
    found, draw = wardrobe.furnish(version), Random(4)
    for thing in found:
        thing.name = f"{draw.choice(FABRICS)} thing {thing.pk}".strip()
        thing.told = draw.choice(TELLING)
        Product.objects.filter(pk=thing.pk).update(name=thing.name, description=thing.told)
    return found


def grade(thing, word, near):
    """By eye."""
    head, body = thing.name.lower(), thing.told.lower()
    prices = [offer.price for offer in thing.offers]
    nearest = [offer.price for offer in near[0].offers]
    said = {
        "linen": (r"\blinen\b", r"\blinen\b"),
        "zipper": ("zipper", "zipper"),
        "longer": (r"\blong\b(?! sleeve)", r"\bmidi\b"),
        "long sleeves": ("long sleeve", "long sleeve"),
        "fluffy": ("fluffy", "fluffy"),
        "trouserz": ("(?!)", "(?!)"),
    }
    if word in said:
        in_head, in_body = said[word]
        slip = NEARLY if word == "trouserz" and "trousers" in head else 0
        return IN_HEAD if re.search(in_head, head) else IN_BODY if re.search(in_body, body) else slip
    return {
        "red": any(offer.colour.lower() in ("red", "đỏ") for offer in thing.offers),
        "blue": any(offer.colour == "blue" for offer in thing.offers),
        "cheaper": bool(prices and nearest and min(prices) < min(nearest)),
        "under 20": any(price <= 20 for price in prices),
        "M": any(offer.size == "M" for offer in thing.offers),
    }[word]


def placed(things, text, filters=NO_FILTERS, floor=None):
    """Ids in the order that the words make of what passes."""
    passing = [thing for thing in things if thing.fits(filters)]
    passing.sort(key=lambda thing: (thing.distance(QUERY), thing.pk))
    near = [thing for thing in passing if floor is None or thing.distance(QUERY) <= -floor]
    wishes = [wish for wish in Wishes.read(text).each if any(grade(thing, wish.said, near) for thing in near)]

    def key(thing):
        place = thing.distance(QUERY)
        if thing in near and wishes:
            grades = [grade(thing, w.said, near) if w.wanted else not grade(thing, w.said, near) for w in wishes]
            kin = [one.path.split("/")[-1] for one in near[:FEW]]
            kind = kin.count(thing.path.split("/")[-1]) / len(kin)
            place -= WEIGHT * sum(grades) / len(grades) + KIND * kind + (ALL if all(grades) else 0)
        return place, thing.pk

    enough = len(passing) if floor is None else len(near) + BELOW
    return [thing.pk for thing in sorted(passing, key=key)][:enough]


def walk(asked, text, limit=7, **more):
    """Every page of a list, as one list of hits."""
    hits, after = [], None
    while not hits or after:
        page = nearest_with_words(Ask(asked, limit, after, **more), Wishes.read(text)).page
        hits, after = [*hits, *page.hits], page.next
        assert page.hits or not hits
        if not page.hits:
            break
    return hits


@pytest.mark.django_db
class TestAList:
    @pytest.mark.parametrize("text", WORDED)
    @pytest.mark.parametrize("address", ["", "category=women&in_stock=1"])
    def test_is_in_the_order_of_the_words_over_all_its_pages(self, things, asked, text, address):
        filters = Filters.read(QueryDict(address))
        for floor in (None, 0.5):
            hits = walk(asked, text, filters=filters, floor=floor)
            assert [hit.product.pk for hit in hits] == placed(things, text, filters, floor), (floor, text)
            assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))

    def test_the_words_do_move_something(self, things, asked):
        """So that the test above means something."""
        plain = placed(things, "")
        moved = [text for text in WORDED if placed(things, text) != plain]
        assert sorted(set(WORDED) - set(moved)) == ["fluffy"]

    def test_loses_nothing_and_begins_with_all_that_fits(self, things, asked):
        floor = 0.5
        without = {
            hit.product.pk for page in [search.nearest_of_each([Ask(asked, 500, floor=floor)])[0]] for hit in page.hits
        }
        hits = walk(asked, "in red", 500, floor=floor)
        assert {hit.product.pk for hit in hits} == without
        answer = nearest_with_words(Ask(asked, 500, floor=floor), Wishes.read("in red"))
        red = [
            thing.pk for thing in things
            if thing.distance(QUERY) <= -floor and any(offer.colour.lower() in ("red", "đỏ") for offer in thing.offers)
        ]  # fmt: skip
        assert 0 < len(red) == answer.products == answer.heard[0].products
        assert {hit.product.pk for hit in hits[: len(red)]} == set(red)
        assert all(hit.accepted for hit in hits[: len(red)])
        assert [hit.accepted for hit in hits[-BELOW:]] == [False] * BELOW

    def test_goes_on_to_the_end_if_it_is_told_to(self, things, asked):
        assert len(walk(asked, "in red", floor=0.5, far=True)) == len(things)

    def test_moves_by_the_nearest_products_alone_where_there_are_very_many(self, things, asked, monkeypatch):
        monkeypatch.setattr(searchwords, "READ", 5)
        plain, hits = placed(things, ""), walk(asked, "in red")
        assert sorted(hit.product.pk for hit in hits[:5]) == sorted(plain[:5])
        assert [hit.product.pk for hit in hits[5:]] == plain[5:]

    def test_has_neither_holes_nor_doubles_when_a_product_comes_between_two_pages(self, things, version, asked):
        wishes = Wishes.read("in red")
        every = placed(things, "in red")
        first = nearest_with_words(Ask(asked, 7), wishes).page
        best = VariantFactory(colour="red").product
        a_region(an_image(best), version, unit(1, 0.3, -0.2), "upper")
        second = nearest_with_words(Ask(asked, 7, first.next), wishes).page
        assert [hit.product.pk for hit in [*first.hits, *second.hits]] == every[:14]

    def test_leaves_out_what_it_is_told_to(self, things, asked):
        gone = placed(things, "in red")[:4:3]
        rest = [thing for thing in things if thing.pk not in gone]
        hits = walk(asked, "in red", without=tuple(gone))
        assert [hit.product.pk for hit in hits] == placed(rest, "in red")

    def test_is_one_statement_and_two_for_the_cards(self, things, asked, django_assert_num_queries):
        assert search.few(asked)
        with django_assert_num_queries(3):
            nearest_with_words(Ask(asked, 7), Wishes.read("red linen, cheaper, longer"))

    def test_prefers_the_kind_of_thing_that_the_nearest_are(self, version, asked, valkey):
        """A red dress that looks a little more like a blue shirt than a red shirt does is no red shirt."""
        shirts, dresses = CategoryFactory(name="Shirts"), CategoryFactory(name="Dresses")
        for shelf, colour, likeness in [(shirts, "blue", 0.3), (dresses, "red", 0.6), (shirts, "red", 0.8)]:
            product = VariantFactory(product=ProductFactory(category=shelf, name=f"{colour} {shelf}"), colour=colour)
            a_region(an_image(product.product), version, unit(1, likeness), "upper")
        for n in range(FEW - 1):
            a_region(an_image(ProductFactory(category=shirts, name=f"plain {n}")), version, unit(1, 0.3), "upper")
        answer = nearest_with_words(Ask(asked, 3), Wishes.read("in red"))
        assert [hit.product.name for hit in answer.page.hits[:2]] == ["red Shirts", "red Dresses"]

    def test_refuses_a_cursor_that_nobody_gave(self, asked):
        with pytest.raises(BadCursor):
            nearest_with_words(Ask(asked, 7, "x"), Wishes.read("red"))

    def test_of_nothing(self, asked, valkey):
        answer = nearest_with_words(Ask(asked, 7), Wishes.read("red"))
        assert (answer.page.hits, answer.page.next, answer.products, answer.heard[0].products) == ([], None, 0, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey")
class TestWhatFits:
    """Single products, each the second nearest, with a nearer one that fits nothing."""

    @pytest.fixture
    def comes_first(self, version, asked):
        other = VariantFactory(colour="violet", size="none", price=50, product__name="Thing", stock=0).product
        a_region(an_image(other), version, unit(1, 0.3, -0.2), "upper")

        def comes_first(text, name="Thing", *, colour="violet", size="none", price=50, picture="", **columns):
            product = ProductFactory(name=name, **columns)
            VariantFactory(product=product, colour=colour, size=size, price=price, stock=0)
            a_region(an_image(product, colour=picture), version, unit(1, 0.3), "upper")
            first, _ = nearest_with_words(Ask(asked, 2), Wishes.read(text)).page.hits
            return first.product == product

        return comes_first

    @pytest.mark.parametrize(
        ("text", "columns"),
        [
            ("in red", {"colour": "Cherry"}),
            ("đỏ", {"colour": "Đỏ đô"}),
            ("mau do", {"colour": "đỏ"}),
            ("in red", {"colour": "", "name": "Red thing"}),
            ("in red", {"picture": "Dark red"}),
            ("xanh", {"colour": "Xanh lá"}),
            ("green", {"colour": "xanh lá cây"}),
            ("size L", {"size": "l"}),
            ("cheaper", {"price": Decimal("49.99")}),
            ("more expensive", {"price": 51}),
            ("under 20", {"price": 20}),
            ("leather", {"description": "Real leather."}),
            ("da", {"description": "Giày da thật"}),
            ("without sleeves", {"tags": ["sleeveless"]}),
            ("longer", {"name": "Maxi thing"}),
            ("longer", {"description": "Váy dài"}),
            ("stripes", {"description": "Striped."}),
            ("pockets", {"description": "Has a pocket."}),
            ("Ođell", {"brand": "Odell"}),
            ("tops", {"category": "a top"}),
        ],
    )
    def test_comes_first(self, comes_first, text, columns):
        if "category" in columns:
            columns["category"] = CategoryFactory(name=columns["category"])
        assert comes_first(text, **columns)

    @pytest.mark.parametrize(
        ("text", "columns"),
        [
            ("in red", {"colour": "brown", "name": "Red Wing thing"}),  # its colours are known, and none is red
            ("in red", {"colour": "layered"}),
            ("green", {"colour": "xanh dương"}),
            ("longer", {"description": "Long sleeves."}),
            ("longer", {"description": "Tay dài"}),
            ("cheaper", {"price": 50}),
            ("under 20", {"price": Decimal("20.01")}),
            ("size L", {"size": "XL"}),
            ("not leather", {"description": "Leather."}),
        ],
    )
    def test_does_not(self, comes_first, text, columns):
        assert not comes_first(text, **columns)

    def test_of_a_product_in_many_colours_the_picture_in_the_wanted_one_is_shown(self, version, asked):
        product = VariantFactory(colour="blue").product
        Variant.objects.create(product=product, sku="r", colour="red", price=1)
        blue = a_region(an_image(product, colour="Blue"), version, unit(1, 0.3, -0.2), "upper")
        red = a_region(an_image(product, colour="Dark red"), version, unit(1, 2), "upper")
        [hit] = nearest_with_words(Ask(asked, 1, floor=0.9), Wishes.read("in red")).page.hits
        assert (hit.region, hit.accepted, hit.exact) == (red.pk, True, False)
        assert hit.score == pytest.approx(float(QUERY @ unit(1, 2)), abs=1e-3)
        [hit] = nearest_with_words(Ask(asked, 1, floor=0.9), Wishes.read("not red")).page.hits
        assert (hit.region, hit.exact) == (blue.pk, True)
        assert ProductImage.objects.count() == 2


@pytest.fixture
def worded(client, things, asked):
    """Reads the page of the search's one item, with these words; gives the page and the products of its main list."""

    def worded(words, **more):
        response = client.get(f"/search/{asked.search_id}/", {"item": 0, "words": words} | more)
        text = response.content.decode()
        return text, re.findall(r'href="/product/thing-(\d+)/', text)

    return worded


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
class TestThePage:
    def test_lists_what_the_words_name_first_and_says_so(self, worded, things):
        text, slugs = worded("in red")
        first = Product.objects.get(slug=f"thing-{slugs[0]}")
        assert first.pk == placed(things, "in red")[0]
        assert 'name="words" type="search" value="in red"' in text
        red = sum(grade(thing, "red", things) for thing in things)
        assert f"{red} products with what you asked for come first" in text

    def test_says_what_it_does_not_know_and_what_is_not_there(self, worded):
        text, slugs = worded("fluffy leather, not velvet")
        assert "We do not know “fluffy” here; the order is by the picture." in text
        assert "We do not know “velvet” here" in text
        text, slugs = worded("striped")
        assert "Nothing near this has to do with “striped”" in text
        assert slugs == worded("")[1]

    def test_says_that_it_heard_nothing(self, worded):
        assert "There is no word here that we could look for" in worded("in")[0]

    def test_goes_on_from_page_to_page_with_words_and_filters(self, worded, client, asked, things):
        filters = "in_stock=1"
        found, address = [], f"?item=0&worn=upper&words=in+red&{filters}"
        while address:
            text = client.get(f"/search/{asked.search_id}/{address}").content.decode()
            main = text.partition('class="hits hits--chosen"')[2].partition("</section>")[0]
            found += [int(pk) for pk in re.findall(r'href="/product/thing-(\d+)/', main)]
            following = re.search(r'href="(\?[^"]*)" rel="next"', main)
            address = following and following[1].replace("&amp;", "&")
        pks = [Product.objects.get(slug=f"thing-{slug}").pk for slug in dict.fromkeys(found)]
        assert pks == placed(things, "in red", Filters.read(QueryDict(filters)))

    def test_keeps_words_among_filters_and_filters_among_words(self, worded):
        text, _ = worded("in red", in_stock="1")
        filters = text.partition('class="filters__form"')[2].partition("</form>")[0]
        assert '<input type="hidden" name="words" value="in red">' in filters
        words = text.partition('class="words"')[2].partition("</form>")[0]
        assert '<input type="hidden" name="in_stock" value="1">' in words
        assert 'href="?item=0&amp;in_stock=1"' in words  # without the words
        assert 'href="?item=0&amp;words=in+red"' in text  # without the filter

    def test_reads_a_cursor_that_makes_no_sense_as_none(self, worded):
        assert worded("in red", after="x")[1] == worded("in red")[1]


@pytest.mark.django_db
class TestTheApi:
    def test_lists_page_after_page_in_the_order_of_the_words(self, client, things, asked):
        found, url = [], f"/api/v1/searches/{asked.search_id}/results/?object=image&words=in+red&limit=9&in_stock=true"
        while url:
            body = client.get(url).json()
            found += [each["product"]["id"] for each in body["results"]]
            url = body["next"]
        assert found == placed(things, "in red", Filters(in_stock=True))
        red = sum(grade(thing, "red", things) for thing in things if thing.fits(Filters(in_stock=True)))
        assert body["words"] == [{"said": "red", "kind": "colour", "wanted": True, "products": red}]

    def test_tells_what_it_heard(self, client, things, asked):
        address = f"/api/v1/searches/{asked.search_id}/"
        for name in ("results", "facets"):
            words = client.get(f"{address}{name}/?words=not red, fluffy").json()["words"]
            assert [(one["said"], one["kind"], one["wanted"], one["products"] > 0) for one in words] == [
                ("red", "colour", False, True), ("fluffy", "word", True, False)
            ]  # fmt: skip
            assert client.get(f"{address}{name}/").json()["words"] == []

    def test_counts_no_less_because_of_words(self, client, things, asked):
        address = f"/api/v1/searches/{asked.search_id}/facets/"
        plain, worded = client.get(address).json(), client.get(f"{address}?words=in+red").json()
        assert plain | {"words": None} == worded | {"words": None}

    def test_refuses_what_is_too_long_or_no_cursor(self, client, asked):
        address = f"/api/v1/searches/{asked.search_id}/results/?words="
        assert client.get(address + "x" * 201).json()["errors"].keys() == {"words"}
        assert client.get(f"{address}red&cursor=x").json()["errors"].keys() == {"cursor"}
