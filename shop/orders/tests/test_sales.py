"""What was sold, against sums made by hand."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.tests.factories import ProductFactory, VariantFactory
from shop.orders import sales
from shop.orders.models import Order
from shop.orders.tests.records import an_order
from visualsearch.modelsinsight import Tally

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:orders_order_sales")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def sold():
    """Five orders: two today, one three days ago, one that came back, one that is too old."""
    shirt, hat = VariantFactory(price=20, product__name="Shirt"), VariantFactory(price=8, product__name="Hat")
    an_order((shirt, 2, True), (hat, 1, False), state="shipped")  # 40 + 8 + 5
    an_order((hat, 3, False), refunded="8")  # 24 + 5 - 8
    an_order((shirt, 1, False), state="delivered", days_ago=3)  # 20 + 5
    an_order((shirt, 9, True), state="returned", refunded="185")
    an_order((shirt, 9, False), state="pending")
    an_order((shirt, 9, False), state="cancelled")
    an_order((shirt, 9, True), days_ago=7)
    return shirt, hat


def test_orders_and_revenue_by_day(sold):
    report = sales.sales(7)
    assert [(day.orders, day.searched, day.revenue) for day in report.by_day] == [
        (0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 0, 25), (0, 0, 0), (0, 0, 0), (2, 1, Decimal("74.00")),
    ]  # fmt: skip
    assert (report.orders, report.revenue, report.average) == (3, 99, 33)
    assert report.refunded == 8 + 185


def test_best_sellers(sold):
    shirt, hat = sold
    assert [(one.product, one.name, one.pieces, one.revenue, one.searched) for one in sales.best_sellers(7)] == [
        (hat.product_id, "Hat", 4, 32, 0), (shirt.product_id, "Shirt", 3, 60, 2),
    ]  # fmt: skip


def test_a_product_that_is_gone_is_still_told_by_its_name(sold):
    sold[0].product.delete()
    gone = next(one for one in sales.best_sellers(7) if one.name == "Shirt")
    assert (gone.product, gone.pieces) == (None, 3)


def test_two_products_of_one_name_are_two():
    for _ in range(2):
        an_order((VariantFactory(price=20, product=ProductFactory(name="Shirt")), 1, False))
    assert [one.pieces for one in sales.best_sellers(7)] == [1, 1]


def test_from_search_to_sale(sold):
    Tally.objects.create(day=timezone.localdate(), asked=50, clicks=20, carts=5)
    Tally.objects.create(day=timezone.localdate(), position="upper", asked=99)
    Tally.objects.create(day=timezone.localdate() - timedelta(days=7), asked=99)
    search = sales.sales(7).search
    assert (search.searches, search.clicks, search.carts) == (50, 20, 5)
    assert (search.orders, search.pieces, search.revenue) == (1, 2, 40)


def test_days_are_those_of_the_shops_clock(settings):
    settings.TIME_ZONE = "Asia/Ho_Chi_Minh"
    with timezone.override("Asia/Ho_Chi_Minh"):
        order = an_order()
        midnight = timezone.localtime().replace(hour=0, minute=5, second=0)  # still yesterday in UTC
        Order.objects.filter(pk=order.pk).update(paid=midnight)
        assert sales.sales(7).by_day[-1].orders == 1


def test_no_sales_are_no_error():
    report = sales.sales(30)
    assert (report.orders, report.revenue, report.average, report.search_share) == (0, 0, None, 0)
    assert report.revenue_chart.top == 1


def test_the_page_and_its_files(keeper, sold, django_assert_num_queries):
    keeper.get(PAGE)
    with django_assert_num_queries(6):  # user, days, refunds, best sellers, search, its sales
        said = keeper.get(PAGE, {"days": "7"}).text
    assert "€99.00" in said
    assert "style=" not in said.partition("<main")[2]
    sheet = keeper.get(PAGE, {"days": "7", "csv": "days"})
    rows = list(csv.reader(io.StringIO(b"".join(sheet.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["day", "orders", "orders after a search", "revenue"]
    assert rows[-1] == [timezone.localdate().isoformat(), "2", "1", "74.00"]
    best = b"".join(keeper.get(PAGE, {"days": "7", "csv": "best"}).streaming_content).decode("utf-8-sig")
    assert best.splitlines()[1] == "Hat,4,32.00,0"


def test_a_stranger_and_a_keeper_of_the_catalogue_see_no_sales(client, django_user_model):
    assert client.get(PAGE).status_code == 302
    client.force_login(django_user_model.objects.create(username="other", is_staff=True))
    assert client.get(PAGE).status_code == 403
