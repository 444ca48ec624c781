"""What people look for is counted, outlives the searches, and is gone when a search is forgotten."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.tests.factories import CategoryFactory, ProductFactory
from visualsearch import insight, reactions, searches
from visualsearch.models import PhotoSearch
from visualsearch.modelsinsight import Reaction, Sought, Tally
from visualsearch.reactions import Seen
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, unit

pytestmark = pytest.mark.django_db

WHOLE_AND_SHIRT = ("whole", "upper")


@pytest.fixture(autouse=True)
def fresh(valkey, media):
    """No count of rows remembered from another test."""


@pytest.fixture
def version():
    return a_version()


@pytest.fixture
def shirt(version):
    """A product on the shelf of tops, found as a whole and as a shirt."""
    product = ProductFactory(category=CategoryFactory(name="Tops"))
    image = an_image(product)
    a_region(image, version, unit(1))
    a_region(image, version, unit(1), "upper", 1)
    return product


def searched(version, *vectors, positions=WHOLE_AND_SHIRT, days=0):
    """A search that is done, begun so many days ago."""
    regions = a_search(version, *vectors, positions=positions)
    search = regions[0].search
    PhotoSearch.objects.filter(pk=search.pk).update(created=timezone.now() - timedelta(days=days))
    search.refresh_from_db()
    return search


def tallies():
    return {(t.position, t.category): t for t in Tally.objects.all()}


def test_items_are_noted_with_how_near_the_shop_came(version, shirt):
    search = searched(version, unit(1, 1), unit(1))
    insight.sweep()
    whole, item = Sought.objects.order_by("ordinal")
    assert (item.position, item.product, item.category, item.accepted) == ("upper", shirt, "tops", True)
    assert item.best == pytest.approx(1, abs=0.01)
    assert whole.best == pytest.approx(0.707, abs=0.01)
    assert item.asked == search.created


def test_each_item_is_noted_once_and_a_later_crop_too(version, shirt):
    search = searched(version, unit(1), unit(1))
    insight.sweep()
    insight.sweep()
    assert Sought.objects.count() == 2
    search.regions.create(ordinal=2, position="upper", score=1, embedding=unit(1), x1=0, y1=0, x2=0.5, y2=0.5)
    insight.sweep()
    assert Sought.objects.count() == 3


def test_an_item_without_any_product_is_not_answered(version, shirt):
    searched(version, unit(1), unit(1), positions=("whole", "bag"))
    insight.sweep()
    item = Sought.objects.get(position="bag")
    assert (item.best, item.product, item.accepted, item.category) == (None, None, False, "")
    assert tallies()["", ""].accepted == 0  # the whole photo was answered, but nothing in it


def test_an_answer_is_accepted_from_the_floor_of_its_position_on(version, shirt):
    version.floors = {"upper": 0.9}
    version.save()
    searched(version, unit(1), unit(1))
    searched(version, unit(1), unit(1, 5))
    insight.sweep()
    assert (tallies()["", ""].asked, tallies()["", ""].accepted) == (2, 1)
    assert tallies()["upper", "tops"].accepted == 1
    assert tallies()["upper", ""].asked == 1


def test_searches_items_clicks_and_carts_are_tallied_by_day(version, shirt):
    search = searched(version, unit(1), unit(1))
    searched(version, unit(1), unit(1))
    for kind, rank in (("click", 3), ("click", 3), ("cart", 3), ("not_it", None)):
        reactions.react(kind, Seen.of(search, 1, rank), shirt)
    insight.sweep()
    day = tallies()["", ""]
    assert day.day == timezone.localdate()
    assert (day.asked, day.clicked, day.clicks, day.carts, day.not_its, day.ranks) == (2, 1, 1, 1, 1, {"3": 1})
    item = tallies()["upper", "tops"]
    assert (item.asked, item.accepted, item.clicks, item.ranks) == (2, 2, 1, {})
    assert tallies()["whole", "tops"].clicks == 0


def test_a_late_click_counts_for_the_day_of_its_search(version, shirt):
    search = searched(version, unit(1), unit(1), days=1)
    insight.sweep()
    reactions.react("click", Seen.of(search, 1, 1), shirt)
    insight.sweep()
    assert Tally.objects.get(position="").clicks == 1
    assert Tally.objects.get(position="").day == timezone.localdate() - timedelta(days=1)


def test_what_was_noted_outlives_the_search(version, shirt):
    searched(version, unit(1), unit(1))
    insight.sweep()
    PhotoSearch.objects.update(created=timezone.now() - timedelta(days=2))
    searches.sweep()
    insight.sweep()
    assert not PhotoSearch.objects.exists()
    assert tallies()["", ""].asked == 1
    assert Sought.objects.count() == 2


def test_vectors_go_after_their_days_and_the_tallies_stay(version, shirt, settings, monkeypatch):
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"INSIGHT_DAYS": 10}
    search = searched(version, unit(1), unit(1))
    reactions.react("click", Seen.of(search, 1, 1), shirt)
    insight.sweep()
    PhotoSearch.objects.all().delete()
    later = timezone.now() + timedelta(days=9.5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    insight.sweep()
    assert Sought.objects.exists()
    later += timedelta(days=1)
    insight.sweep()
    assert not Sought.objects.exists()
    assert not Reaction.objects.exists()
    assert (tallies()["", ""].asked, tallies()["", ""].clicks) == (1, 1)


def test_a_forgotten_search_was_never_there(version, shirt):
    search = searched(version, unit(1), unit(1))
    reactions.react("click", Seen.of(search, 1, 1), shirt)
    insight.sweep()
    searches.forget(search)
    insight.sweep()
    assert not Sought.objects.exists()
    assert not Reaction.objects.exists()
    assert not Tally.objects.exists()


def test_a_search_that_is_forgotten_while_it_is_noted_stays_forgotten(version, shirt, monkeypatch):
    search = searched(version, unit(1), unit(1))
    nearest = insight.nearest_of_each

    def meanwhile(asks):
        pages = nearest(asks)
        searches.forget(search)
        return pages

    monkeypatch.setattr(insight, "nearest_of_each", meanwhile)
    insight.sweep()
    assert not Sought.objects.exists()


def test_no_table_of_insight_names_a_search(version, shirt):
    search = searched(version, unit(1), unit(1))
    reactions.react("click", Seen.of(search, 1, 1), shirt)
    insight.sweep()
    for row in (*Sought.objects.values(), *Reaction.objects.values()):
        assert str(search.pk) not in str(row)
        assert search.pk.hex not in str(row)


class TestALinkFromAResult:
    def test_is_counted_by_the_products_page_once(self, client, version, shirt):
        search = searched(version, unit(1), unit(1))
        link = client.get(reverse("search", args=[search.pk])).text.split('href="/product/')[1].split('"')[0]
        assert str(search.pk) not in link
        for _ in range(2):
            assert client.get(f"/product/{link}").status_code == 200
        [click] = Reaction.objects.all()
        assert (click.kind, click.product, click.ordinal, click.rank) == ("click", shirt, 1, 1)
        assert click.trace == insight.trace(search.pk)

    def test_costs_one_insert_and_other_visits_nothing(self, rf, version, shirt, django_assert_num_queries):
        token = Seen.of(searched(version, unit(1), unit(1)), 1, 1).token(shirt)
        with django_assert_num_queries(0):
            reactions.note_click(rf.get("/"), shirt)
        with django_assert_num_queries(4):  # savepoint, no waiting for the disk, the insert, release
            reactions.note_click(rf.get("/", {"seen": token}), shirt)

    @pytest.mark.parametrize(
        "spoil", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x", lambda t: "é\0"]
    )
    def test_that_is_not_ours_is_passed_over(self, client, version, shirt, spoil):
        token = Seen.of(searched(version, unit(1), unit(1)), 1, 1).token(shirt)
        assert client.get(shirt.get_absolute_url(), {"seen": spoil(token)}).status_code == 200
        assert not Reaction.objects.exists()

    def test_counts_for_no_other_product_and_no_other_day(self, client, version, shirt):
        search, other = searched(version, unit(1), unit(1)), ProductFactory()
        assert Seen.read(Seen.of(search, 1, 1).token(shirt), other) is None
        old = searched(version, unit(1), unit(1), days=3)
        assert Seen.read(Seen.of(old, 1, 1).token(shirt), shirt) is None

    def test_fetched_ahead_by_a_browser_is_no_click(self, client, version, shirt):
        token = Seen.of(searched(version, unit(1), unit(1)), 1, 1).token(shirt)
        client.get(shirt.get_absolute_url(), {"seen": token}, headers={"Sec-Purpose": "prefetch;prerender"})
        client.head(shirt.get_absolute_url(), {"seen": token})
        assert not Reaction.objects.exists()


class TestFeedbackByProgram:
    def tell(self, client, search, **said):
        return client.post(f"/api/v1/searches/{search.pk}/feedback/", said, content_type="application/json")

    def test_is_counted_once_however_often_it_is_told(self, client, version, shirt):
        search = searched(version, unit(1), unit(1))
        for _ in range(2):
            answer = self.tell(client, search, kind="cart", product=shirt.slug, object="1", rank=2)
            assert answer.status_code == 204
        [row] = Reaction.objects.all()
        assert (row.kind, row.product, row.ordinal, row.rank) == ("cart", shirt, 1, 2)

    def test_may_leave_out_object_and_rank(self, client, version, shirt):
        search = searched(version, unit(1), unit(1))
        assert self.tell(client, search, kind="click", product=shirt.slug).status_code == 204
        assert (Reaction.objects.get().ordinal, Reaction.objects.get().rank) == (0, None)

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"kind": "love"}, "kind"),
            ({"product": "no-such-thing"}, "product"),
            ({"object": "9"}, "object"),
            ({"rank": 0}, "rank"),
        ],
    )
    def test_that_makes_no_sense_is_refused_by_name(self, client, version, shirt, change, named):
        search = searched(version, unit(1), unit(1))
        answer = self.tell(client, search, **({"kind": "click", "product": shirt.slug} | change))
        assert answer.status_code == 400
        assert named in answer.json()["errors"]
        assert not Reaction.objects.exists()

    def test_needs_a_search_that_is_done(self, client, version, shirt):
        search = PhotoSearch.objects.create(width=8, height=8)
        assert self.tell(client, search, kind="click", product=shirt.slug).status_code == 409
        searches.forget(search)
        assert self.tell(client, search, kind="click", product=shirt.slug).status_code == 404
