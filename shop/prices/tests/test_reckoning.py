"""What a cart costs, rule by rule, as docs/prices.md states them."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from catalog.models import Category
from catalog.tests.factories import CategoryFactory, VariantFactory
from shop.prices import example, rules
from shop.prices.models import ShippingMethod, TaxRate, Voucher
from shop.prices.reckoning import Piece, VoucherRefused, discount_of, offers, reckon

pytestmark = pytest.mark.django_db


def piece(price="20", quantity=1, **columns):
    return Piece(VariantFactory(price=Decimal(price), **columns), quantity)


def voucher(kind="percent", value=10, **columns):
    return Voucher(**{"code": "X", "kind": kind, "value": Decimal(value)} | columns)


def a_way(*rates, **columns):
    method = ShippingMethod.objects.create(**{"name": "Way"} | columns)
    for up_to, price in rates:
        method.rates.create(up_to=up_to, price=Decimal(price))
    return method


def test_the_goods_cost_what_their_variants_cost():
    TaxRate.objects.create(country="DE", percent=19)
    pieces = [piece("19.99", 2), piece("5", price_before=Decimal(8))]
    assert {reckon(pieces, country=country).total for country in ("DE", "VN")} == {Decimal("44.98")}


def test_the_tax_is_that_of_the_country():
    TaxRate.objects.create(country="DE", percent=19)
    TaxRate.objects.create(percent=7)
    pieces = [piece("119")]
    taxes = {country: reckon(pieces, country=country).tax for country in ("DE", "FR")}
    assert taxes == {"DE": Decimal("19.00"), "FR": Decimal("7.79")}


@pytest.mark.parametrize(("price", "off"), [("20", "2.00"), ("0.05", "0.01"), ("0.04", "0.00"), ("33.33", "3.33")])
def test_percent_is_taken_off_and_rounded(price, off):
    assert discount_of(voucher(), [piece(price)]) == Decimal(off)


def test_an_amount_never_takes_more_than_the_goods():
    assert discount_of(voucher("amount", 30), [piece("20")]) == 20
    assert reckon([piece("20")], country="DE", voucher=voucher("amount", 30)).total == 0


def test_a_category_covers_what_lies_below():
    women = CategoryFactory(name="Women")
    dresses = Category.objects.create(parent=women, name="Dresses", slug="dresses")
    womenswear = CategoryFactory(name="Womenswear")
    pieces = [piece("50", product__category=dresses), piece("30", product__category=womenswear)]
    assert discount_of(voucher(category=women), pieces) == 5
    with pytest.raises(VoucherRefused, match="is for other goods"):
        discount_of(voucher(category=women), pieces[1:])


def test_sale_goods_can_be_left_out():
    pieces = [piece("50"), piece("30", price_before=Decimal(40))]
    assert discount_of(voucher(), pieces) == 8
    assert discount_of(voucher(sale_too=False), pieces) == 5


NOW = timezone.now()


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"active": False}, "no longer valid"),
        ({"ends": NOW}, "no longer valid"),
        ({"starts": NOW + timedelta(seconds=1)}, "not valid yet"),
        ({"min_total": Decimal("20.01")}, "for goods of €20.01 and more"),
    ],
)
def test_a_voucher_outside_its_bounds_is_refused(columns, sentence):
    with pytest.raises(VoucherRefused, match=sentence):
        discount_of(voucher(**columns), [piece("20")], now=NOW)
    inside = {"starts": NOW, "ends": NOW + timedelta(seconds=1), "min_total": Decimal(20)}
    assert discount_of(voucher(**inside), [piece("20")], now=NOW) == 2


def test_free_shipping():
    a_way((None, "4.90"))
    free = voucher("shipping", 0)
    assert [offer.price for offer in offers([piece()], "DE", voucher=free)] == [0]
    assert reckon([piece("20")], country="DE", voucher=free).discount == 0


def test_shipping_goes_by_the_total_after_the_voucher():
    a_way((Decimal(50), "4.90"), (None, "0"))
    pieces = [piece("52")]
    assert [offer.price for offer in offers(pieces, "DE")] == [0]
    assert [offer.price for offer in offers(pieces, "DE", voucher=voucher())] == [Decimal("4.90")]
    assert [offer.price for offer in offers([piece("50")], "DE")] == [Decimal("4.90")]  # the limit is within


def test_shipping_goes_by_weight():
    a_way((500, "3"), (2000, "6"), basis="weight")
    for grams, price in ((500, 3), (501, 6), (2000, 6)):
        assert [offer.price for offer in offers([piece(weight=grams)], "DE")] == [price]
    assert offers([piece(weight=400, quantity=6)], "DE") == []


def test_only_ways_that_go_there_are_offered():
    near = a_way((None, "4"), countries=["DE", "AT"])
    a_way((None, "1"), active=False)
    far = a_way((None, "9"), position=1)
    assert [offer.method for offer in offers([piece()], "AT")] == [near, far]
    assert [offer.method for offer in offers([piece()], "VN")] == [far]
    with pytest.raises(ValueError, match="does not go there"):
        reckon([piece()], country="VN", method=near)


def test_a_currency_without_coins_is_rounded_to_whole_units(settings):
    settings.CURRENCY = "VND"
    assert discount_of(voucher(value=15), [piece("199999")]) == 30000


def test_the_documents_rules_name_tests_that_exist():
    text = (Path(__file__).parents[3] / "docs" / "prices.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(named) > 10
    assert named <= set(globals())


def test_a_voucher_is_told_in_a_sentence():
    dresses = CategoryFactory(name="Dresses")
    rich = voucher(category=dresses, min_total=Decimal(50), sale_too=False, uses=100, uses_each=1)
    assert rules.told(rich) == (
        "10% off Dresses; from €50.00 on; not on what is on sale; 100 uses in all; 1 use a customer"
    )
    assert rules.told(voucher("amount", "5")) == "€5.00 off"
    assert rules.told(voucher("shipping", 0)) == "free shipping"


class TestTheExample:
    def test_ships_and_taxes_everywhere_once(self):
        assert example.fill()
        assert not example.fill()
        assert [offer.method.name for offer in offers([piece()], "DE")] == ["Parcel", "Express", "World parcel"]
        assert [offer.price for offer in offers([piece(weight=800)], "VN")] == [Decimal("14.90")]
        assert reckon([piece("119")], country="DE").tax == 19
        assert reckon([piece("119")], country="US").tax == 0

    def test_leaves_a_keepers_own_alone(self):
        a_way((None, "1"))
        assert not example.fill()
        assert not Voucher.objects.exists()


class TestTheAdmin:
    @pytest.fixture
    def keeper(self, client, django_user_model):
        client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
        return client

    def test_makes_a_voucher_and_says_what_it_does(self, keeper):
        form = {"code": "spring ", "kind": "percent", "value": "15", "min_total": "0", "active": "on", "sale_too": "on"}
        page = keeper.post("/admin/prices/voucher/add/", form | {"starts_0": "", "ends_0": ""}, follow=True)
        assert Voucher.objects.get().code == "SPRING"
        assert "15% off" in page.text

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"value": "101"}, "No more than 100 percent can be taken off."),
            ({"value": "0"}, "Write how much it takes off."),
            ({"code": "taken"}, "There is a voucher with this code."),
            (
                {"starts_0": "2026-02-01", "starts_1": "00:00", "ends_0": "2026-01-01", "ends_1": "00:00"},
                "It ends before it starts.",
            ),
        ],
    )
    def test_refuses_a_voucher_that_nobody_could_use(self, keeper, change, sentence):
        Voucher.objects.create(code="TAKEN", kind="shipping")
        form = {"code": "X", "kind": "percent", "value": "15", "min_total": "0"}
        assert sentence in keeper.post("/admin/prices/voucher/add/", form | change).text
        assert Voucher.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"countries": "DE, XX"}, "XX: no country has this code."),
            ({"days_from": "5"}, "It cannot take fewer days at most than at least."),
        ],
    )
    def test_refuses_a_way_to_nowhere(self, keeper, change, sentence):
        form = {"name": "Post", "countries": "de", "basis": "total", "days_from": "1", "days_to": "3", "position": "0"}
        rates = {"rates-TOTAL_FORMS": "1", "rates-INITIAL_FORMS": "0", "rates-0-price": "5"}
        assert sentence in keeper.post("/admin/prices/shippingmethod/add/", form | rates | change).text
        keeper.post("/admin/prices/shippingmethod/add/", form | rates)
        method = ShippingMethod.objects.get()
        assert (method.countries, method.rates.get().price) == (["DE"], 5)
