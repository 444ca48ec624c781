"""Products like a product, by its own pictures and without itself; and what it is worn with."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, ProductImage
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch import designs, outfits, search, searchalike
from visualsearch.looks import look_of
from visualsearch.models import Region
from visualsearch.search import BadCursor
from visualsearch.searchalike import matched_region, nearest_like
from visualsearch.tests.makers import a_region, a_search, a_version, a_worn_region, an_image, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


@pytest.fixture
def version():
    return a_version()


def names(page):
    return [hit.product.name for hit in page.hits]


class TestAList:
    def test_holds_others_nearest_first_by_whichever_picture_is_nearest(self, version):
        product, near, far = ProductFactory(name="it"), ProductFactory(name="near"), ProductFactory(name="far")
        front = a_region(an_image(product), version, unit(1), "upper", 1)
        back = a_region(an_image(product), version, unit(0, 1), "upper", 1)
        a_region(an_image(far), version, unit(1, 1), "upper", 1)
        best = a_region(an_image(near), version, unit(0.1, 1), "upper", 1)
        page = nearest_like([front, back], without=[product.pk])
        assert names(page) == ["near", "far"]
        assert page.hits[0].region == best.pk
        assert page.hits[0].score == pytest.approx(0.995, abs=1e-3)

    @pytest.mark.parametrize("status", ["draft", "archived"])
    def test_holds_only_what_is_for_sale_of_one_position_and_version(self, version, status):
        asked = a_region(an_image(), version, unit(1), "upper", 1)
        a_region(an_image(ProductFactory(status=status)), version, unit(1), "upper", 1)
        a_region(an_image(), version, unit(1), "lower", 1)
        a_region(an_image(), a_version("b", active=False), unit(1), "upper", 1)
        a_worn_region(an_image(), version, unit(1), "upper")
        assert nearest_like([asked], without=[asked.image.product_id]).hits == []

    def test_goes_on_page_by_page_without_holes_and_doubles(self, version):
        asked = a_region(an_image(), version, unit(1), "upper", 1)
        for i in range(11):
            a_region(an_image(ProductFactory(name=f"{i}")), version, unit(1, i % 3), "upper", 1)
        seen, after = [], None
        while not seen or after:
            page = nearest_like([asked], without=[asked.image.product_id], limit=4, after=after)
            seen, after = [*seen, *page.hits], page.next
        assert len({hit.product.pk for hit in seen}) == 11
        assert [hit.rank for hit in seen] == list(range(1, 12))
        with pytest.raises(BadCursor):
            nearest_like([asked], after="x")

    def test_without_a_picture_that_asks_is_empty(self):
        assert nearest_like([]).hits == []

    def test_of_a_large_shelf_comes_from_its_graph_and_from_a_small_one_does_not(self, version, monkeypatch):
        category = CategoryFactory()
        products = Product.objects.bulk_create(
            Product(category=category, slug=f"p{i}", name=f"p{i}", status="published") for i in range(300)
        )
        images = ProductImage.objects.bulk_create(
            ProductImage(product=p, file="x", sha256=f"{p.pk:064}", width=1, height=1) for p in products
        )
        vectors = np.random.default_rng(3).normal(size=(300, 512))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        box = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "score": 1}
        regions = Region.objects.bulk_create(
            Region(image=image, version=version, position="upper", ordinal=1, embedding=vector, **box)
            for image, vector in zip(images, vectors, strict=True)
        )
        pages = []
        for few in (10_000, 20):
            monkeypatch.setattr(searchalike, "EXACT_UP_TO", few)
            with CaptureQueriesContext(connection) as queries:
                pages.append(nearest_like(regions[:1], without=[products[0].pk], limit=20))
            assert any("iterative_scan" in query["sql"] for query in queries) == (few == 20)
        exact, approximate = ({hit.product.pk for hit in page.hits} for page in pages)
        assert len(exact & approximate) >= 18

    def test_is_full_where_one_product_fills_the_pool(self, version, monkeypatch):
        monkeypatch.setattr(searchalike, "EXACT_UP_TO", 0)
        asked = a_region(an_image(), version, unit(1), "upper", 1)
        crowd = ProductFactory()
        for _ in range(3 * search.POOL):
            a_region(an_image(crowd), version, unit(1), "upper", 1)
        for i in range(2):
            a_region(an_image(), version, unit(1, i + 1), "upper", 1)
        assert len(nearest_like([asked], without=[asked.image.product_id], limit=2).hits) == 2


class TestWhatAsks:
    def test_is_the_garment_that_most_of_its_pictures_show_or_else_a_whole_picture(self, version):
        product = ProductFactory()
        images = [an_image(product) for _ in range(3)]
        whole = [a_region(image, version, unit(1)) for image in images]
        assert outfits.asking(images, outfits.pieces_of(images)) == whole[:1]
        tops = [a_region(image, version, unit(1), "upper", 1) for image in images[:2]]
        a_region(images[2], version, unit(1), "lower", 1)
        assert outfits.asking(images, outfits.pieces_of(images)) == tops

    def test_is_of_the_asked_colour_where_it_has_pictures(self):
        product = ProductFactory()
        red, blue, plain = (an_image(product, colour=colour) for colour in ("Red", "Blue", ""))
        product = Product.objects.for_page().get(pk=product.pk)
        assert outfits.shown_colour(product, "Blue") == "Blue"
        assert outfits.shown_colour(product, "Green") == "Red"
        assert outfits.shades(product, "Blue") == [blue, plain]
        assert outfits.shades(product, "Red") == [red, plain]
        [other] = outfits.Shade.others(product, "Red")
        assert (other.colour, other.image) == ("Blue", blue)
        assert other.url.endswith("?colour=Blue")


class TestOneDesign:
    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("Basic Tee Red", "basic tee - Navy blue", True),
            ("Áo thun (Đỏ)", "Áo thun trắng", True),
            ("Basic Tee", "Basic Shirt", False),
            ("Red", "Blue", True),
        ],
    )
    def test_has_one_name_but_for_its_colours(self, one, other, same):
        assert (designs.stem(Product(name=one)) == designs.stem(Product(name=other))) is same

    def test_in_another_colour_is_told_apart_by_name_or_by_variants(self):
        kinds = {"brand": "B", "category": CategoryFactory()}
        it = ProductFactory(name="Tee red", **kinds)
        blue, twin = ProductFactory(name="Tee blue", **kinds), ProductFactory(name="Tee", **kinds)
        VariantFactory(product=twin, colour="Red")
        ProductFactory(name="Tee green", brand="C")
        ProductFactory(name="Tee black", status="draft", **kinds)
        ProductFactory(name="Tea blue", **kinds)
        assert designs.other_colours(it) == [blue]
        assert designs.other_colours(ProductFactory(name="Green", **kinds)) == []

    def test_takes_one_card_where_its_products_look_alike(self, version):
        asked = a_search(version, unit(1))[0]
        names = ["Tee red", "Hat red", "Tee blue", "Tee green"]
        vectors = [unit(1, 0.1), unit(1, 0.2), unit(1, 0.3), unit(1, 4)]
        for name, vector in zip(names, vectors, strict=True):
            a_region(an_image(ProductFactory(name=name)), version, vector)
        hits = search.nearest_products(asked).hits
        [groups] = designs.grouped([hits])
        shown = [(g.hit.product.name, [more.product.name for more in g.more]) for g in groups]
        assert shown == [("Tee red", ["Tee blue"]), ("Hat red", []), ("Tee green", [])]
        assert designs.leaders([hits]) == {hits[2]: 1}

    def test_of_another_brand_or_with_no_name_but_a_colour_is_another(self, version, django_assert_num_queries):
        asked = a_search(version, unit(1))[0]
        for name, brand in [("Tee red", "A"), ("Tee blue", "B"), ("Red", "A"), ("Blue", "A")]:
            a_region(an_image(ProductFactory(name=name, brand=brand)), version, unit(1))
        hits = search.nearest_products(asked).hits
        with django_assert_num_queries(0):
            [groups] = designs.grouped([hits])
        assert [group.more for group in groups] == [[]] * 4


class TestAnOutfit:
    @pytest.fixture
    def jacket(self, version):
        """A jacket on a model in trousers, beside a shop with two pairs and a hat."""
        product = ProductFactory(name="jacket")
        image = an_image(product)
        a_region(image, version, unit(1), "upper", 1)
        a_worn_region(image, version, unit(0, 1), "lower", 2, x2=0.5)
        a_worn_region(image, version, unit(0, 0, 1), "feet", 3)
        a_region(an_image(ProductFactory(name="like them")), version, unit(0.1, 1), "lower", 1)
        a_region(an_image(ProductFactory(name="others")), version, unit(1, 1), "lower", 1)
        a_region(an_image(ProductFactory(name="hat")), version, unit(0, 1), "head", 1)
        return product

    def test_names_for_each_place_what_the_shop_has_that_looks_like_it(self, jacket):
        images = list(jacket.images.all())
        [companion] = outfits.companions(jacket, outfits.pieces_of(images))
        assert companion.piece.position == "lower"
        assert names(companion.hits) == ["like them", "others"]

    def test_is_told_by_the_picture_that_shows_most_of_it(self, jacket, version):
        closer = an_image(jacket)
        a_worn_region(closer, version, unit(1, 0.9), "lower", 2)
        [companion] = outfits.companions(jacket, outfits.pieces_of(list(jacket.images.all())))
        assert companion.piece.image == closer
        assert names(companion.hits) == ["others", "like them"]

    def test_never_names_the_products_own_place(self, jacket, version):
        a_worn_region(an_image(jacket), version, unit(1), "upper", 2)
        places = outfits.companions(jacket, outfits.pieces_of(list(jacket.images.all())))
        assert [companion.piece.position for companion in places] == ["lower"]

    def test_on_a_picture_has_a_list_for_each_piece(self, jacket):
        [image] = jacket.images.all()
        lists = look_of(jacket, image, chosen=2)
        assert [(one.piece.ordinal, one.piece.own, one.chosen) for one in lists] == [
            (1, True, False),
            (2, False, True),
            (3, False, False),
        ]
        assert [len(one.groups) for one in lists] == [0, 2, 0]
        assert [one.chosen for one in look_of(jacket, image, chosen=9)] == [True, False, False]


def test_the_region_that_matched_is_the_nearest_of_the_product(version):
    product = ProductFactory()
    asked = a_search(version, unit(1), positions=["upper"])[0]
    assert matched_region(asked, product) is None
    a_region(an_image(product), version, unit(1, 1), "upper", 1)
    best = a_region(an_image(product), version, unit(1, 0.1), "upper", 1)
    a_region(an_image(product), version, unit(1), "lower", 1)
    region, score = matched_region(asked, product)
    assert region == best
    assert score == pytest.approx(0.995, abs=1e-3)
