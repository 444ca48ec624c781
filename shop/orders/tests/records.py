"""Orders for tests, written straight into the tables: what placing and paying would have left there."""

from decimal import Decimal
from itertools import count
from uuid import uuid4

from django.utils import timezone

from catalog.tests.factories import VariantFactory
from shop.orders.models import Order, OrderLine
from shop.payments.models import Payment

NUMBERS = count(1000)


def an_order(*lines, state="paid", days_ago=0, refunded=0, shipping="5", email="ann@example.com", **columns):
    """An order of (variant, pieces, searched) lines, one of a new variant unless given."""
    lines = lines or ((VariantFactory(price=20), 1, False),)
    when = timezone.now() - timezone.timedelta(days=days_ago)
    goods = sum((variant.price * pieces for variant, pieces, _ in lines), Decimal(0))
    order = Order.objects.create(
        number=f"V-{next(NUMBERS)}", key=uuid4(), secret=uuid4().hex, email=email, language="en", state=state,
        currency="EUR", goods=goods, shipping=Decimal(shipping), total=goods + Decimal(shipping), tax=Decimal(1),
        tax_percent=Decimal(19), shipping_method="Parcel", pay_until=when, refunded=Decimal(refunded),
        paid=None if state in ("pending", "cancelled") else when, name="Ann Example", line1="Main street 1",
        postcode="12345", city="Berlin", country="DE", **columns,
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(placed=when)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, variant=variant, sku=variant.sku, name=variant.product.name, size=variant.size,
            colour=variant.colour, quantity=pieces, price=variant.price, searched=searched,
        )
        for variant, pieces, searched in lines
    )  # fmt: skip
    order.refresh_from_db()
    return order


def a_payment(order, *, status="confirmed", variant="trial"):
    """All of an order, paid."""
    return Payment.objects.create(
        order=order, variant=variant, status=status, currency=order.currency, total=order.total,
        captured_amount=order.total if status == "confirmed" else 0, description=order.number,
    )  # fmt: skip
