"""The keeper sees what people look for, in numbers, columns and a file for a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.tests.factories import ProductFactory
from visualsearch import charts
from visualsearch.admininsight import plain
from visualsearch.modelsinsight import Sought, Tally
from visualsearch.tests.makers import BOX, a_version, an_image, unit

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:visualsearch_tally_changelist")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def a_tally(days_ago, position="", category="", **counts):
    day = timezone.localdate() - timedelta(days=days_ago)
    return Tally.objects.create(day=day, position=position, category=category, **counts)


def a_sought(number, version, *vector, best=0.2, product=None, position="upper", ordinal=1, **columns):
    columns = {"asked": timezone.now(), "trace": f"{number:016}", "embedding": unit(*vector or [1])} | columns
    return Sought.objects.create(
        region=number, version=version, best=best, product=product, position=position, ordinal=ordinal, score=0.9,
        **BOX, **columns,
    )  # fmt: skip


def text_of(response):
    return " ".join(response.text.split())


def test_the_days_that_are_asked_for_are_summed(keeper):
    a_tally(0, asked=4, accepted=3, clicks=6, carts=2, not_its=1, ranks={"1": 4, "30": 2})
    a_tally(6, asked=6, accepted=3)
    a_tally(7, asked=100)
    report = keeper.get(PAGE, {"days": "7"}).context["report"]
    assert (report.total.asked, report.total.accepted, report.total.answered_share) == (10, 6, 60)
    assert (report.total.clicks_each, report.total.carts_each, report.total.not_its) == (0.6, 0.2, 1)
    assert [line.asked for line in report.by_day] == [6, 0, 0, 0, 0, 0, 4]
    assert dict(report.ranks)["1"] == 4
    assert dict(report.ranks)["13+"] == 2


def test_items_are_shown_by_position_and_by_category(keeper):
    a_tally(0, asked=9)
    a_tally(0, "upper", "women/tops", asked=5, accepted=5)
    a_tally(1, "upper", "", asked=3)
    a_tally(0, "bag", "bags", asked=2, accepted=1)
    a_tally(0, "whole", "women/tops", asked=9, accepted=9)
    report = keeper.get(PAGE).context["report"]
    assert [(line.name, line.asked, line.accepted) for line in report.by_position] == [
        ("Whole photo", 9, 9), ("Upper body", 8, 5), ("Bag", 2, 1),
    ]  # fmt: skip
    assert [(line.name, line.asked) for line in report.by_category] == [("women/tops", 5), ("bags", 2)]


def test_the_worst_queries_come_first_with_the_nearest_product(keeper):
    version, product = a_version(), ProductFactory(name="Parka")
    an_image(product)
    a_sought(1, version, best=0.9, product=product, label="shirt")
    a_sought(2, version, best=0.3, product=product, label="hat")
    a_sought(3, version, best=None, label="shoe")
    a_sought(4, version, best=0.1, position="whole", ordinal=0, trace=f"{1:016}")  # its photo had an item
    a_sought(5, version, best=0.8, position="whole", ordinal=0)
    a_sought(6, version, best=0.0, asked=timezone.now() - timedelta(days=40))
    response = keeper.get(PAGE)
    assert [one.region for one in response.context["page"]] == [3, 2, 5, 1]
    assert "nothing in the shop at all" in text_of(response)
    assert f'nearest, at 0.30: <a href="/admin/catalog/product/{product.pk}/change/">Parka</a>' in text_of(response)


def test_a_query_tells_how_many_others_looked_for_the_like(keeper):
    version = a_version()
    for number in (1, 2, 3):
        a_sought(number, version, 1, 0.1 * number)
    a_sought(4, version, 0, 1)
    a_sought(5, version, 1, position="bag")
    alike = {one.region: one.alike for one in keeper.get(PAGE).context["page"]}
    assert alike == {1: 2, 2: 2, 3: 2, 4: 0, 5: 0}


def test_the_page_has_a_constant_number_of_queries(keeper, django_assert_max_num_queries):
    version = a_version()
    for number in range(12):
        product = ProductFactory()
        an_image(product)
        a_sought(number, version, product=product)
    with django_assert_max_num_queries(14):
        assert keeper.get(PAGE).text.count('class="worst__one"') == 12


def test_a_shop_without_searches_has_an_empty_page(keeper):
    response = keeper.get(PAGE)
    assert response.status_code == 200
    assert "No clicks in these days." in response.text


def rows_of(response):
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_counts_come_as_a_file(keeper):
    a_tally(0, asked=4, accepted=3)
    a_tally(0, "upper", "women/tops", asked=5, accepted=5, clicks=2)
    head, *rows = rows_of(keeper.get(PAGE, {"csv": "counts", "days": "7"}))
    assert head == ["day", "position", "category", "asked", "accepted", "clicked", "clicks", "carts", "not_its"]
    today = timezone.localdate().isoformat()
    assert rows == [
        [today, "(searches)", "", "4", "3", "0", "0", "0", "0"],
        [today, "upper", "women/tops", "5", "5", "0", "2", "0", "0"],
    ]


def test_the_worst_queries_come_as_a_file(keeper):
    a_sought(1, a_version(), best=0.25, product=ProductFactory(slug="parka"), label="shirt")
    _, row = rows_of(keeper.get(PAGE, {"csv": "worst"}))
    assert row[1:] == ["shirt", "upper", "0.0", "0.0", "1.0", "1.0", "0.25", "0", "parka"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_is_run_by_a_spreadsheet(cell):
    assert plain(cell) == f"'{cell}"
    assert plain(-1) == -1


def test_only_those_who_may_see_it(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="clerk", is_staff=True))
    assert client.get(PAGE).status_code == 403
    assert client.get(PAGE, {"csv": "counts"}).status_code == 403


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (101, 200), (999, 1000)])
def test_a_scale_ends_at_a_round_number(most, top):
    assert charts.scale(most) == top


def test_the_parts_of_a_column_stand_on_each_other():
    [column] = charts.chart([("Monday", (6, 2), "said")]).columns
    assert [(part.top, part.height) for part in column.parts] == [(40, 60), (20, 20)]


def test_many_columns_name_only_some():
    marks = charts.chart([(str(n), (1,), "") for n in range(30)]).marks
    assert [mark.word for mark in marks] == ["0", "14", "29"]
    assert (marks[0].anchor, marks[-1].anchor) == ("start", "end")
