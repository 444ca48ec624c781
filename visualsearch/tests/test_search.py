"""What a list of products holds, and what bites with pgvector."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, ProductImage
from catalog.tests.factories import CategoryFactory, ProductFactory
from visualsearch import search
from visualsearch.models import Region
from visualsearch.search import Ask, BadCursor, nearest_of_each, nearest_products
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


@pytest.fixture
def version():
    return a_version()


def names(page):
    return [hit.product.name for hit in page.hits]


class TestAList:
    def test_holds_products_nearest_first_with_the_picture_and_the_box_that_matched(self, version):
        near, far = ProductFactory(name="near"), ProductFactory(name="far")
        a_region(an_image(far), version, unit(1, 1))
        image = an_image(near)
        region = a_region(image, version, unit(1, 0.1), x1=0.25)
        [asked] = a_search(version, unit(1))
        page = nearest_products(asked)
        assert names(page) == ["near", "far"]
        first = page.hits[0]
        assert (first.rank, first.image, first.region, first.box.x1) == (1, image, region.pk, 0.25)
        assert first.score == pytest.approx(0.995, abs=1e-3)
        assert page.next is None

    def test_holds_a_product_once_with_its_nearest_picture(self, version):
        product = ProductFactory()
        a_region(an_image(product), version, unit(1, 1))
        best = a_region(an_image(product), version, unit(1, 0.1))
        a_region(best.image, version, unit(1, 2), ordinal=1)
        [asked] = a_search(version, unit(1))
        assert [hit.region for hit in nearest_products(asked).hits] == [best.pk]

    @pytest.mark.parametrize("status", ["draft", "archived"])
    def test_holds_only_what_is_for_sale(self, version, status):
        product = ProductFactory()
        a_region(an_image(product), version, unit(1))
        [asked] = a_search(version, unit(1))
        assert names(nearest_products(asked))
        Product.objects.update(status=status)
        assert names(nearest_products(asked)) == []

    def test_compares_only_what_is_worn_at_the_same_place(self, version):
        a_region(an_image(ProductFactory(name="hat")), version, unit(1), position="head")
        a_region(an_image(ProductFactory(name="bag")), version, unit(1, 1), position="bag")
        [asked] = a_search(version, unit(1), positions=["bag"])
        assert names(nearest_products(asked)) == ["bag"]

    def test_compares_only_vectors_of_one_version(self, version):
        a_region(an_image(ProductFactory(name="old")), a_version("b", active=False), unit(1))
        a_region(an_image(ProductFactory(name="new")), version, unit(1, 1))
        [asked] = a_search(version, unit(1))
        assert names(nearest_products(asked)) == ["new"]

    def test_a_product_that_goes_while_it_is_looked_up_leaves_no_gap_in_the_page(self, version, monkeypatch):
        a_region(an_image(), version, unit(1))
        [asked] = a_search(version, unit(1))
        monkeypatch.setattr(search, "hydrated", lambda rows: (list(rows) and {}, {}))
        assert nearest_products(asked).hits == []

    def test_brings_each_product_s_cover_along(self, version, django_assert_num_queries):
        product = ProductFactory()
        first, second = an_image(product, position=0), an_image(product, position=1)
        a_region(second, version, unit(1))
        a_region(first, version, unit(1, 3))
        [asked] = a_search(version, unit(1))
        [hit] = nearest_products(asked).hits
        with django_assert_num_queries(0):
            assert (hit.image, hit.product.cover) == (second, first)

    def test_as_many_queries_for_seven_lists_as_for_one(self, version):
        positions = ["whole", "upper", "lower", "full", "feet", "bag", "head"]
        for position in positions:
            for i in range(3):
                a_region(an_image(), version, unit(1, i), position=position)
        asked = a_search(version, *[unit(1)] * 7)
        nearest_of_each([Ask(region) for region in asked])  # counts rows
        for lists in (1, 7):
            with CaptureQueriesContext(connection) as queries:
                pages = nearest_of_each([Ask(region) for region in asked[:lists]])
            assert len(queries) == 3
            assert [len(page.hits) for page in pages] == [3] * lists

    def test_no_question_no_answer(self):
        assert nearest_of_each([]) == []


class TestPages:
    def test_no_holes_and_no_doubles_even_among_equals(self, version):
        for i in range(23):
            image = an_image()
            a_region(image, version, unit(1, i % 4))
            a_region(image, version, unit(1, 9), ordinal=1)
        [asked] = a_search(version, unit(1))
        every = nearest_products(asked, limit=100).hits
        pages, after = [], None
        while not pages or after:
            page = nearest_products(asked, limit=5, after=after)
            pages, after = [*pages, *page.hits], page.next
        assert [hit.product.pk for hit in pages] == [hit.product.pk for hit in every]
        assert [hit.rank for hit in pages] == list(range(1, 24))

    @pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "AAAAAAAA8H8AAAAAAAAAAAAAAAA", "%00", "=" * 9])
    def test_a_cursor_that_nobody_gave_is_refused(self, version, cursor):
        [asked] = a_search(version, unit(1))
        with pytest.raises(BadCursor):
            nearest_products(asked, after=cursor)


class TestALargeGallery:
    """A few thousand vectors; the limit up to which search is exact is lowered, so that the graph is used."""

    @pytest.fixture
    def asked(self, version, monkeypatch):
        monkeypatch.setattr(search, "EXACT_UP_TO", 200)
        numbers, category = np.random.default_rng(5), CategoryFactory()
        products = Product.objects.bulk_create(
            Product(category=category, slug=f"p{i}", name=f"p{i}", status="draft" if i % 10 else "published")
            for i in range(1500)
        )
        images = ProductImage.objects.bulk_create(
            ProductImage(product=p, file="x", sha256=f"{p.pk:064}", width=1, height=1) for p in products
        )
        centres = numbers.normal(size=(50, 512))
        vectors = centres[np.arange(1500) % 50] + 0.7 * numbers.normal(size=(1500, 512))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        box = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "score": 1}
        Region.objects.bulk_create(
            Region(image=image, version=version, position="upper", ordinal=0, embedding=vector, **box)
            for image, vector in zip(images, vectors, strict=True)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        query = centres[3] / np.linalg.norm(centres[3])
        return a_search(version, query, positions=["upper"])[0]

    def exactly(self, asked):
        """Ids of published products by distance, by arithmetic instead of SQL."""
        regions = Region.objects.filter(image__product__status="published").select_related("image")
        query = np.asarray(asked.embedding)
        return [
            r.image.product_id for r in sorted(regions, key=lambda r: -float(np.dot(query, np.asarray(r.embedding))))
        ]

    def plan(self, sql, params):
        with connection.cursor() as cursor:
            cursor.execute(search.SCAN_ON)
            cursor.execute(f"EXPLAIN {sql.format(narrowed='')}", params)
            return "\n".join(row[0] for row in cursor.fetchall())

    def test_few_survivors_of_a_filter_are_searched_exactly(self, asked):
        assert search.few(asked)
        page = nearest_products(asked, limit=10)
        assert [hit.product.pk for hit in page.hits] == self.exactly(asked)[:10]

    def test_many_survivors_come_from_the_graph_in_order_and_nearly_all(self, asked):
        Product.objects.update(status="published")
        assert not search.few(asked)
        with CaptureQueriesContext(connection) as queries:
            page = nearest_products(asked, limit=50)
        assert any("iterative_scan" in query["sql"] for query in queries)
        found = [hit.product.pk for hit in page.hits]
        assert [hit.score for hit in page.hits] == sorted([hit.score for hit in page.hits], reverse=True)
        assert len(set(found) & set(self.exactly(asked)[:50])) >= 48

    def test_vectors_of_another_version_in_the_graph_take_no_place(self, asked):
        """The worst case: another version's vectors lie exactly as near, so every second one is passed over."""
        Product.objects.update(status="published")
        other = a_version("b", active=False)
        twins = [Region(**dict(values, version_id=other.pk)) for values in Region.objects.values()]
        for twin in twins:
            twin.pk = None
        exact = self.exactly(asked)[:50]
        Region.objects.bulk_create(twins)
        assert not search.few(asked)
        with CaptureQueriesContext(connection) as queries:
            hits = nearest_products(asked, limit=50).hits
        assert any("iterative_scan" in query["sql"] for query in queries)
        assert len({hit.product.pk for hit in hits} & set(exact)) >= 48
        met = Region.objects.filter(pk__in=[hit.region for hit in hits]).values_list("version", flat=True)
        assert set(met) == {asked.search.version_id}

    def test_pages_from_the_graph_go_on_beyond_its_reach_without_doubles(self, asked):
        Product.objects.update(status="published")
        seen, after = [], None
        for _ in range(6):
            page = nearest_products(asked, limit=100, after=after)
            seen, after = [*seen, *[hit.product.pk for hit in page.hits]], page.next
        assert len(set(seen)) == len(seen) == 600
        assert len(set(seen) & set(self.exactly(asked)[:600])) >= 580

    def test_a_pool_full_of_one_product_is_no_reason_for_a_short_page(self, asked):
        Product.objects.update(status="published")
        crowd = ProductFactory(name="crowd")
        for _ in range(21 * search.POOL):
            a_region(an_image(crowd), asked.search.version, asked.embedding, position="upper")
        assert len(nearest_products(asked, limit=20).hits) == 20

    def test_only_an_order_by_the_operator_with_a_limit_uses_the_graph(self, asked):
        Product.objects.update(status="published")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        params = [asked.pk, "upper", asked.search.version_id]
        backwards = f"SELECT * FROM ({search.GALLERY}) AS g ORDER BY 1 - distance DESC LIMIT 9"
        assert "region_upper_hnsw" in self.plan(search.POOLED, [*params, asked.pk, 400])
        assert "hnsw" not in self.plan(search.GALLERY, params)
        assert "hnsw" not in self.plan(backwards, params)


@pytest.mark.django_db(transaction=True)
def test_settings_of_a_search_end_with_it(monkeypatch):
    monkeypatch.setattr(search, "EXACT_UP_TO", 0)
    version = a_version()
    for i in range(3):
        a_region(an_image(), version, unit(1, i))
    [asked] = a_search(version, unit(1))
    with CaptureQueriesContext(connection) as queries:
        assert len(nearest_products(asked, limit=2).hits) == 2
    assert "SET LOCAL" in queries[2]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW hnsw.iterative_scan")
        assert cursor.fetchone() == ("off",)


def test_the_extension_is_new_enough(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        assert tuple(map(int, cursor.fetchone()[0].split("."))) >= (0, 8, 4)


def test_no_prepared_plan_outlives_the_settings_it_was_made_under(db):
    connection.ensure_connection()
    assert connection.connection.prepare_threshold is None


def test_vectors_are_short_enough_for_an_index():
    assert Region._meta.get_field("embedding").dimensions <= 4000
