"""The stock and its ledger: whoever changes the one writes the other."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from catalog import deliveries, stock
from catalog.models import StockChange, Variant
from catalog.tests.factories import ProductFactory, VariantFactory
from catalog.tests.test_admin import form_of, page, sentences

ROOT = Path(__file__).parents[2]
LIST = reverse("admin:catalog_variant_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def written(variant):
    """What the ledger says, the first first."""
    return [(one.change, one.stock, one.reason) for one in variant.stock_changes.order_by("pk")]


def test_a_delivery_is_added_and_written_down(keeper):
    red, blue = VariantFactory(sku="RED M", stock=3), VariantFactory(sku="BLUE", stock=0)
    sent = {"lines": "RED M\t5\nBLUE; 2\n\nRED M 1", "note": "D-17", "key": "0" * 32}
    address = reverse("admin:catalog_variant_delivery")
    assert keeper.get(address).status_code == 200
    assert keeper.post(address, sent).url == LIST
    assert keeper.post(address, sent).url == LIST  # sent twice, received once
    assert written(red) == [(6, 9, "received")]
    assert written(blue) == [(2, 2, "received")]
    change = blue.stock_changes.get()
    assert (change.reference, change.by.username) == ("D-17", "keeper")


def test_a_delivery_with_a_wrong_line_is_not_taken_and_each_is_named(keeper):
    red = VariantFactory(sku="RED", stock=3)
    sent = {"lines": "RED 5\nGREEN 2\nRED many\nRED 0", "note": "", "key": "1" * 32}
    response = keeper.post(reverse("admin:catalog_variant_delivery"), sent)
    assert response.context["form"].errors["lines"] == [
        "Line 3: “RED many” is no SKU with a number of pieces.",
        "Line 4: “RED 0” is no SKU with a number of pieces.",
        "Line 2: there is no SKU “GREEN”.",
    ]
    assert "RED 5" in response.text
    assert written(red) == []


def test_a_long_delivery_is_refused():
    assert deliveries.read("A 1\n" * 1001).problems == ["At most 1000 lines at once."]


def test_a_variant_is_counted_on_its_page(keeper):
    red = VariantFactory(stock=3)
    address = reverse("admin:catalog_variant_change", args=[red.pk])
    keeper.post(address, {"pieces": 2, "reason": "damaged", "note": "torn", "before": 3})
    assert written(red) == [(-1, 2, "damaged")]
    said = keeper.get(address).text
    assert "torn" in said
    assert "damaged or lost" in said


def test_a_count_that_others_overtook_is_not_taken(keeper):
    red = VariantFactory(stock=3)
    stock.take({red.pk: 1}, reference="V-1")
    address = reverse("admin:catalog_variant_change", args=[red.pk])
    sent = {"pieces": 5, "reason": "counted", "note": "", "before": 3}
    response = keeper.post(address, sent)
    assert "Meanwhile the stock is 2." in response.text
    assert written(red) == [(-1, 2, "sold")]
    assert keeper.post(address, sent | {"before": 2}).status_code == 302
    assert written(red)[-1] == (3, 5, "counted")


def test_the_products_page_counts_and_tells_why(keeper):
    red = VariantFactory(stock=3)
    data = form_of(red.product, **{"variants-0-pieces": 10, "variants-0-reason": "received"})
    assert keeper.post(page(red.product), data).status_code == 302
    assert written(red) == [(7, 10, "received")]
    assert red.stock_changes.get().by.username == "keeper"


def test_a_sale_while_the_products_page_is_open_is_not_lost(keeper):
    red = VariantFactory(stock=3)
    data = form_of(red.product, **{"variants-0-price": 25})
    stock.take({red.pk: 1}, reference="V-1")
    assert keeper.post(page(red.product), data).status_code == 302
    red.refresh_from_db()
    assert (red.stock, red.price) == (2, 25)
    again = keeper.post(page(red.product), data | {"variants-0-pieces": 9})
    assert any("Meanwhile the stock is 2." in said for said in sentences(again))
    assert written(red) == [(-1, 2, "sold")]


def test_a_new_variants_stock_is_written_down(keeper):
    product = ProductFactory()
    new = {
        "sku": "NEW",
        "price": 5,
        "pieces": 4,
        "weight": 0,
        "position": 0,
        "size": "",
        "colour": "",
        "reason": "received",
    }
    data = form_of(product) | {f"variants-0-{name}": value for name, value in new.items()}
    data |= {"variants-TOTAL_FORMS": 1, "variants-0-product": product.pk, "initial-variants-0-pieces": 0}
    assert keeper.post(page(product), data).status_code == 302
    assert written(Variant.objects.get()) == [(4, 4, "received")]


def test_the_list_finds_what_is_low_and_gives_it_as_csv(keeper, settings, django_assert_max_num_queries):
    settings.LOW_STOCK = 2
    VariantFactory(sku="FEW", stock=2, product__name="=Shirt")
    VariantFactory(sku="MANY", stock=3)
    VariantFactory(sku="GONE", stock=0, product__status="archived")
    with django_assert_max_num_queries(8):
        said = keeper.get(LIST, {"left": "low"}).text
    assert "FEW" in said
    assert "MANY" not in said
    assert "GONE" not in said
    sheet = keeper.get(reverse("admin:catalog_variant_csv"), {"left": "low"})
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "product,sku,size,colour,stock"
    assert lines[1].startswith("'=Shirt,FEW,")
    assert len(lines) == 2
    assert timezone.localdate().isoformat() in sheet["Content-Disposition"]


def test_the_ledger_lists_all_changes_in_a_constant_number_of_queries(keeper, django_assert_max_num_queries):
    for variant in VariantFactory.create_batch(5):
        stock.take({variant.pk: 1}, reference="V-1")
    with django_assert_max_num_queries(8):
        said = keeper.get(reverse("admin:catalog_stockchange_changelist")).text
    assert said.count("V-1") == 5


def test_a_products_page_leads_to_its_stock_and_its_ledger(keeper):
    red, other = VariantFactory(sku="RED"), VariantFactory(sku="OTHER")
    stock.receive({red.pk: 1, other.pk: 1}, note="D-1")
    said = keeper.get(page(red.product)).text
    for address in (
        f"{LIST}?product__id__exact={red.product_id}",
        f"{reverse('admin:catalog_stockchange_changelist')}?variant__product__id__exact={red.product_id}",
    ):
        assert address in said
        shown = keeper.get(address).context["cl"].result_list
        assert [getattr(row, "variant", row) for row in shown] == [red]


def test_who_may_only_look_cannot_count(client, django_user_model):
    red, looker = VariantFactory(stock=3), django_user_model.objects.create(username="looker", is_staff=True)
    client.force_login(looker)
    address = reverse("admin:catalog_variant_change", args=[red.pk])
    assert client.get(address).status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_variant"))
    assert "Save the count" not in client.get(address).text
    client.post(address, {"pieces": 9, "reason": "counted", "note": "", "before": 3})
    assert client.get(reverse("admin:catalog_variant_delivery")).status_code == 403
    assert not StockChange.objects.exists()


def writers(path):
    """The lines of a module that write a column `stock` or set an attribute of that name."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield from (n.lineno for n in targets if isinstance(n, ast.Attribute) and n.attr == "stock")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = {word.arg for word in node.keywords}
            if node.func.attr in {"update", "update_or_create"} and "stock" in names:
                yield node.lineno
            if node.func.attr == "bulk_update" and any("stock" in ast.dump(argument) for argument in node.args[1:]):
                yield node.lineno


def test_nothing_writes_a_stock_beside_the_ledger():
    modules = [path for room in ("catalog", "visualsearch", "shop") for path in (ROOT / room).rglob("*.py")]
    modules = [path for path in modules if not {"tests", "migrations"} & set(path.parts)]
    found = {f"{path.relative_to(ROOT)}:{line}" for path in modules for line in writers(path)}
    assert {each.partition(":")[0] for each in found} == {"catalog/stock.py"}


def test_every_variant_that_is_made_has_its_stock_in_the_ledger(tmp_path):
    """Modules that make variants with pieces name `stock.begin`."""
    makers = [
        path
        for room in ("catalog", "visualsearch", "shop")
        for path in (ROOT / room).rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        and "Variant(" in path.read_text()
        and "stock=" in path.read_text()
    ]
    assert all("stock.begin(" in path.read_text() for path in makers), makers
