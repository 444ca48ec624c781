"""What goes into a cart, what does not, and whose it is."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from shop.cart import carts
from shop.cart.carts import CartRefused
from shop.cart.models import MOST, Cart, CartLine
from shop.cart.review import review
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.prices.models import Voucher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


@pytest.fixture
def put(client):
    """Put something in as the product's page does."""

    def put(variant, quantity=1, **more):
        return client.post(reverse("cart-add"), {"variant": variant.pk, "quantity": quantity} | more)

    return put


@pytest.fixture
def held(client):
    """What the cart's page shows now."""
    return lambda: client.get(reverse("cart")).context["cart"]


class TestAGuest:
    def test_finds_what_was_put_in(self, put, held):
        variant = a_variant()
        assert put(variant, 2)["Location"] == reverse("cart")
        [line] = held().lines
        assert (line.variant, line.quantity, line.total) == (variant, 2, Decimal(40))

    def test_has_no_cart_before(self, client, held):
        assert held().lines == []
        assert not Cart.objects.exists()
        assert "cart" not in client.session

    def test_puts_more_of_the_same_into_one_line(self, put, held):
        variant = a_variant()
        put(variant)
        put(variant, 2)
        assert [line.quantity for line in held().lines] == [3]

    def test_puts_several_in_with_one_tap(self, client, held):
        some = [a_variant(f"Thing {n}") for n in range(3)]
        client.post(reverse("cart-add"), {"variant": ["", *(one.pk for one in some), "nonsense", 0]})
        assert [line.variant for line in held().lines] == some

    def test_takes_out_and_puts_back(self, client, put, held):
        variant = a_variant()
        put(variant, 2)
        page = client.post(reverse("cart-remove"), {"variant": variant.pk}, follow=True)
        assert "Linen shirt was taken out." in page.text
        assert held().lines == []
        removed = page.context["removed"]
        put(removed.variant, removed.quantity)
        assert [line.quantity for line in held().lines] == [2]

    def test_changes_the_number(self, client, put, held):
        variant = a_variant()
        put(variant)
        for asked, kept in (("4", 4), ("-1", 4 - 4), ("2", 2)):
            client.post(reverse("cart-change"), {"variant": variant.pk, "quantity": asked})
            assert sum(line.quantity for line in held().lines) == kept, asked

    def test_sees_nobody_elses_cart(self, client, put, held, django_user_model):
        other = a_cart((a_variant(), 1), owner=django_user_model.objects.create(username="other"))
        session = client.session
        session[carts.SESSION] = str(other.pk)
        session.save()
        assert held().lines == []
        put(a_variant("Mine"))
        assert [line.product.name for line in held().lines] == ["Mine"]
        assert other.lines.count() == 1


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("stock", "asked", "sentence"),
        [
            (0, 1, "Linen shirt is sold out in this size and colour."),
            (1, 2, "There is only 1 left."),
            (3, 4, "There are only 3 left."),
            (500, MOST + 1, "At most 99 pieces of a kind go into a cart."),
        ],
    )
    def test_more_than_there_is(self, put, client, stock, asked, sentence):
        put(a_variant(stock=stock), asked)
        assert sentence in client.get(reverse("cart")).text
        assert not CartLine.objects.exists()

    def test_more_than_is_left_beside_what_is_in_already(self):
        cart, variant = a_cart(), a_variant(stock=3)
        carts.add(cart, variant, 2)
        with pytest.raises(CartRefused, match="There are only 3 left, and 2 of them are in your cart"):
            carts.add(cart, variant, 2)
        assert cart.lines.get().quantity == 2

    def test_what_is_not_published(self, put, client):
        put(a_variant(product__status="draft"))
        assert "Linen shirt is no longer sold." in client.get(reverse("cart")).text
        assert not CartLine.objects.exists()

    def test_no_size(self, client):
        variant = a_variant()
        response = client.post(reverse("cart-add"), {"product": variant.product.slug})
        assert response["Location"] == f"{variant.product.get_absolute_url()}#choice"
        assert "Choose a size first." in client.get(response["Location"]).text

    def test_a_price_from_the_page(self, put, held):
        put(a_variant(price="20"), price="0.01", price_seen="0.01")
        assert held().reckoning.total == 20

    def test_a_reading_request(self, client):
        assert client.get(reverse("cart-add")).status_code == 405


def test_a_guests_cart_that_nobody_comes_back_to_goes(django_user_model):
    old, new, own = a_cart(), a_cart(), a_cart(owner=django_user_model.objects.create(username="one"))
    Cart.objects.filter(pk__in=[old.pk, own.pk]).update(updated=timezone.now() - timedelta(days=91))
    assert carts.sweep() == 1
    assert set(Cart.objects.all()) == {new, own}


class TestWhoSignsIn:
    def test_keeps_what_was_chosen_before(self, client, put, held, django_user_model):
        both, mine, old = a_variant("Both"), a_variant("New"), a_variant("Old")
        user = django_user_model.objects.create(username="one")
        a_cart((both, 1), (old, 1), owner=user)
        put(both, 2)
        put(mine)
        guest = Cart.objects.get(owner=None)
        client.force_login(user)
        assert {line.product.name: line.quantity for line in held().lines} == {"Both": 3, "Old": 1, "New": 1}
        assert not Cart.objects.filter(pk=guest.pk).exists()

    def test_is_told_where_there_is_not_so_much(self, client, put, held, django_user_model):
        variant = a_variant(stock=3)
        user = django_user_model.objects.create(username="one")
        a_cart((variant, 2), owner=user)
        put(variant, 3)
        client.force_login(user)
        now = held()
        assert now.changes == ["Of Linen shirt (Red, M) there are only 3 left, so that many are in your cart now."]
        assert [line.quantity for line in now.lines] == [3]

    def test_finds_the_cart_on_another_device(self, client, put, held, django_user_model):
        user = django_user_model.objects.create(username="one")
        client.force_login(user)
        put(a_variant())
        client.logout()
        assert held().lines == []
        client.force_login(user)
        assert len(held().lines) == 1


class TestAReview:
    def test_tells_each_change_once(self, client):
        variant = a_variant(price="20", stock=5)
        cart = a_cart((variant, 4))
        variant.price, variant.stock = Decimal(25), 2
        variant.save()
        assert review(cart).changes == [
            "Linen shirt (Red, M) now costs €25.00; it was €20.00.",
            "Of Linen shirt (Red, M) there are only 2 left, so that many are in your cart now.",
        ]
        again = review(cart)
        assert again.changes == []
        assert again.reckoning.goods == 50

    def test_keeps_what_cannot_be_bought_but_does_not_count_it(self):
        gone, unpublished, good = a_variant("Gone"), a_variant("Away"), a_variant("Good", price="7")
        cart = a_cart((gone, 1), (unpublished, 1), (good, 1))
        type(gone).objects.filter(pk=gone.pk).update(stock=0)
        unpublished.product.status = "archived"
        unpublished.product.save()
        now = review(cart)
        assert [line.trouble.split(".")[0] for line in now.lines] == ["Sold out", "No longer sold", ""]
        assert (now.reckoning.total, now.pieces, now.open) == (7, 1, False)
        carts.remove(cart, [gone, unpublished])
        assert review(cart).open

    def test_adds_up_with_voucher_tax_and_the_cheapest_shipping(self):
        shipping("4.90", free_above="100")
        voucher = Voucher.objects.create(code="ten", kind="percent", value=10)
        now = review(a_cart((a_variant(price="59.50"), 1), voucher=voucher))
        assert (now.reckoning.goods, now.reckoning.discount) == (Decimal("59.50"), Decimal("5.95"))
        assert now.reckoning.tax == Decimal("8.55")  # 53.55 - 53.55 / 1.19
        assert (now.shipping.price, now.free_from) == (Decimal("4.90"), 100)

    def test_says_why_a_voucher_does_not_count(self):
        voucher = Voucher.objects.create(code="BIG", kind="amount", value=10, min_total=100)
        now = review(a_cart((a_variant(price="20"), 1), voucher=voucher))
        assert now.voucher_trouble == "The voucher BIG is for goods of €100.00 and more."
        assert now.reckoning.discount == 0

    @pytest.mark.parametrize("lines", [1, 6])
    def test_costs_a_fixed_number_of_queries(self, lines, django_assert_num_queries):
        shipping()
        cart = a_cart(*((a_variant(f"Thing {n}"), 1) for n in range(lines)))
        with django_assert_num_queries(5):
            review(cart)


class TestAVoucher:
    def test_lowers_the_sum_and_can_be_taken_away(self, client, put, held):
        Voucher.objects.create(code="TEN", kind="percent", value=10)
        put(a_variant(price="20"))
        client.post(reverse("cart-voucher"), {"code": " ten "})
        assert held().reckoning.total == 18
        client.post(reverse("cart-voucher"), {"drop": "1"})
        assert held().reckoning.total == 20

    @pytest.mark.parametrize(
        ("columns", "sentence"),
        [
            ({"code": "OTHER"}, "No voucher has the code TEN."),
            ({"active": False}, "The voucher TEN is no longer valid."),
            ({"min_total": 50}, "The voucher TEN is for goods of €50.00 and more."),
        ],
    )
    def test_that_does_not_count_is_refused_with_the_reason(self, client, put, held, columns, sentence):
        Voucher.objects.create(**{"code": "TEN", "kind": "percent", "value": 10} | columns)
        put(a_variant(price="20"))
        assert sentence in client.post(reverse("cart-voucher"), {"code": "TEN"}, follow=True).text
        assert held().reckoning.total == 20

    def test_cannot_be_found_by_trying(self, client, put):
        put(a_variant())
        for n in range(20):
            client.post(reverse("cart-voucher"), {"code": f"TRY{n}"})
        page = client.post(reverse("cart-voucher"), {"code": "TRY"}, follow=True)
        assert "Too many codes were tried." in page.text


class TestTheSheet:
    def test_offers_the_sizes_of_a_colour(self, client):
        variant = a_variant()
        a_variant(product=variant.product, size="L", stock=0)
        a_variant(product=variant.product, colour="Blue")
        sheet = client.get(reverse("cart-sizes", args=[variant.product.slug]), headers={"X-Part": "sheet"})
        assert sheet["X-Part"] == "sheet"
        assert [v.size for v in sheet.context["choice"].of_colour] == ["M", "L"]
        assert "<html" not in sheet.text
        assert ">Blue</a>" in sheet.text

    def test_without_a_script_is_the_products_page(self, client):
        variant = a_variant()
        page = client.get(reverse("cart-sizes", args=[variant.product.slug]), {"colour": "Red"})
        assert page["Location"].startswith(variant.product.get_absolute_url())

    def test_shows_what_went_in(self, client):
        variant = a_variant()
        sheet = client.post(reverse("cart-add"), {"variant": variant.pk}, headers={"X-Part": "sheet"})
        assert 'data-pieces="1"' in sheet.text
        assert "1 piece in your cart, €20.00" in sheet.text

    def test_says_what_did_not(self, client):
        sheet = client.post(reverse("cart-add"), {"variant": a_variant(stock=0).pk}, headers={"X-Part": "sheet"})
        assert sheet.status_code == 409
        assert "is sold out" in sheet.text


def test_the_corner_of_every_page_counts_the_pieces(client, put):
    hidden = '<span class="corner__count" data-cart-pieces hidden>'
    assert hidden in client.get(reverse("find")).text
    put(a_variant(), 3)
    assert ">3</span>" in client.get(reverse("find")).text
