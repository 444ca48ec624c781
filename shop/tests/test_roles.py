"""Three keepers: one of the catalogue, one of orders, and the owner; and a stranger. What each may see and do."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.urls import reverse

from catalog.modelsimport import ImportRun
from catalog.tests.factories import VariantFactory
from shop import roles, waiting
from shop.orders.models import OrderMail
from shop.orders.tests.records import a_payment, an_order

pytestmark = pytest.mark.django_db

GONE, LOGIN, NO, YES = 404, 302, 403, 200


@pytest.fixture
def come(client, django_user_model):
    """Sign somebody in who is in a group; without one, a customer."""

    def come(role=None):
        client.logout()
        if role == "stranger":
            return client
        user = django_user_model.objects.create(username=role or "customer", is_staff=role is not None)
        if role:
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return come


def pages():
    """Each page of keepers, and what Catalogue, Orders and Owner get of it."""
    variant = VariantFactory(price=20)
    order = an_order((variant, 1, False))
    payment = a_payment(order)
    run = ImportRun.objects.create(folder="0" * 32, name="shop.csv")
    yield "catalog_product_changelist", (), (YES, YES, YES)
    yield "catalog_product_add", (), (YES, NO, YES)
    yield "catalog_product_delete", (variant.product_id,), (NO, NO, YES)
    yield "catalog_category_changelist", (), (YES, NO, YES)
    yield "catalog_variant_changelist", (), (YES, YES, YES)
    yield "catalog_variant_change", (variant.pk,), (YES, YES, YES)
    yield "catalog_variant_delivery", (), (YES, NO, YES)
    yield "catalog_variant_csv", (), (YES, YES, YES)
    yield "catalog_stockchange_changelist", (), (YES, YES, YES)
    yield "catalog_importrun_changelist", (), (YES, NO, YES)
    yield "catalog_importrun_add", (), (YES, NO, YES)
    yield "catalog_importrun_change", (run.pk,), (YES, NO, YES)
    yield "visualsearch_tally_changelist", (), (YES, NO, YES)
    yield "orders_order_changelist", (), (NO, YES, YES)
    yield "orders_order_change", (order.pk,), (NO, YES, YES)
    yield "orders_order_slip", (order.pk,), (NO, YES, YES)
    yield "orders_order_move", (order.pk, "packed"), (NO, YES, YES)
    yield "orders_order_refund", (order.pk, payment.pk), (NO, YES, YES)
    yield "orders_order_sales", (), (NO, YES, YES)
    yield "auth_user_changelist", (), (NO, NO, YES)


def test_each_keeper_sees_what_is_theirs_and_nobody_else_sees_anything(come):
    wanted, found = {}, {}
    rows = list(pages())
    for number, role in enumerate((roles.CATALOGUE, roles.ORDERS, roles.OWNER)):
        client = come(role)
        for name, arguments, answers in rows:
            wanted[role, name] = answers[number]
            found[role, name] = client.get(reverse(f"admin:{name}", args=arguments)).status_code
    for who in ("stranger", None):
        client = come(who)
        for name, arguments, _ in rows:
            wanted[who, name] = LOGIN
            found[who, name] = client.get(reverse(f"admin:{name}", args=arguments)).status_code
    assert {key: code for key, code in found.items() if code != wanted[key]} == {}


def test_orders_are_not_moved_by_a_keeper_of_the_catalogue(come):
    order = an_order()
    client = come(roles.CATALOGUE)
    assert client.post(reverse("admin:orders_order_move", args=[order.pk, "packed"]), {"note": ""}).status_code == NO
    many = reverse("admin:orders_order_moves", args=["packed"])
    assert client.post(many, {"ids": order.pk}).status_code == NO
    order.refresh_from_db()
    assert order.state == "paid"


def test_nobody_deletes_an_order_or_makes_one(come):
    order = an_order()
    client = come(roles.OWNER)
    assert client.get(reverse("admin:orders_order_delete", args=[order.pk])).status_code == NO
    assert client.get(reverse("admin:orders_order_add")).status_code == NO


def test_the_first_page_says_what_waits_for_whom(come):
    VariantFactory(stock=1)
    an_order(state="packed")
    OrderMail.objects.create(order=an_order((VariantFactory(stock=50), 1, False)), kind="paid", failure="no server")
    ImportRun.objects.create(folder="0" * 32, name="shop.csv", state="failed")
    said = {}
    for role in (roles.CATALOGUE, roles.ORDERS, roles.OWNER):
        page = come(role).get(reverse("admin:index"))
        said[role] = [matter.said for matter in page.context["matters"]]
        assert 'class="waiting"' in page.text
    orders = ["1 order to pack", "1 order to ship", "1 order with an e-mail that failed"]
    things = ["2 variants low or sold out", "1 import that failed"]
    assert said == {roles.CATALOGUE: things, roles.ORDERS: orders, roles.OWNER: orders + things}


def test_what_waits_can_be_opened_and_is_as_many_as_was_said(come):
    VariantFactory(stock=0)
    an_order((VariantFactory(stock=50), 1, False))
    OrderMail.objects.create(order=an_order((VariantFactory(stock=50), 1, False)), kind="paid", failure="no server")
    client = come(roles.OWNER)
    for matter in client.get(reverse("admin:index")).context["matters"]:
        assert client.get(matter.address).context["cl"].result_count == matter.count, matter


def test_nothing_waits(come):
    assert "Nothing: all is done." in come(roles.OWNER).get(reverse("admin:index")).text


def test_nothing_waits_for_somebody_without_a_role():
    assert waiting.matters(AnonymousUser()) == []


def test_an_owner_may_add_to_a_group_and_migrate_takes_nothing_away():
    from django.apps import apps
    from django.contrib.auth.models import Permission

    group = Group.objects.get(name=roles.ORDERS)
    extra = Permission.objects.get(codename="change_product")
    group.permissions.add(extra)
    group.permissions.remove(Permission.objects.get(codename="view_order"))
    roles.ensure(apps.get_app_config("orders"))
    names = set(group.permissions.values_list("codename", flat=True))
    assert {"change_product", "view_order"} <= names


def test_every_permission_that_a_role_names_is_one():
    from django.apps import apps
    from django.contrib.auth.models import Permission

    there = set(Permission.objects.values_list("content_type__app_label", "codename"))
    labels = {config.label for config in apps.get_app_configs()}
    named = {
        (label, codename)
        for of in roles.ROLES.values()
        for label, codenames in of.items()
        for codename in codenames
        if codename != "*" and label in labels
    }
    assert named <= there
