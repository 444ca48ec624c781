"""A keeper at work, in a real browser: a catalogue comes in and goes again, an order is packed and shipped."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from catalog import imports
from catalog.models import Product, Variant
from catalog.modelsimport import ImportRun
from catalog.tests.exports import HEAD, LARGE, SMALL, shopify
from shop.orders.models import OrderMail
from shop.orders.tests.records import a_payment, an_order
from shop.tests.browser.test_keeper import keeper  # noqa: F401 - a fixture
from shop.tests.browser.test_look import LOOKS, RULES, TOO_WIDE, left_in_english, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNTED = {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "7"}


@pytest.fixture(autouse=True)
def private(tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path / "private"


def upload(page, shop, file):
    page.goto(shop + reverse("admin:catalog_importrun_add"))
    page.get_by_label("Catalogue").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


def worked(page, sentence):
    """The worker does what waits, and the page goes on by itself."""
    imports.work(ImportRun.objects.latest("pk").pk)
    page.get_by_text(sentence, exact=True).wait_for()


def test_a_keeper_imports_mends_a_row_imports_again_and_undoes(shop, keeper, tmp_path):  # noqa: F811
    file = tmp_path / "shop.csv"
    file.write_text(shopify(HEAD | SMALL | COUNTED, LARGE | {"Variant Price": "cheap"}))
    page, before = keeper(), Product.objects.count()
    upload(page, shop, file)
    worked(page, "Checked. Nothing is changed yet.")
    assert page.get_by_text("Variant Price 'cheap' is not an amount").is_visible()
    assert Product.objects.count() == before
    page.get_by_role("button", name="Import all but the bad rows").click()
    worked(page, "Imported.")
    assert Variant.objects.filter(sku__startswith="SH-").count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the bad rows as CSV").click()
    mended = tmp_path / "mended.csv"
    mended.write_text(download.value.path().read_text(encoding="utf-8-sig").replace(",cheap,", ",22,"))
    upload(page, shop, mended)
    worked(page, "Checked. Nothing is changed yet.")
    page.get_by_role("button", name="Import", exact=True).click()
    worked(page, "Imported.")
    assert page.locator(".import").get_by_text("bad row").count() == 0
    assert Variant.objects.filter(sku__startswith="SH-").count() == 2
    for _ in range(2):  # the last import first
        run = ImportRun.objects.filter(step="import").latest("pk")
        page.goto(shop + reverse("admin:catalog_importrun_change", args=[run.pk]))
        page.get_by_role("link", name="Undo…").click()
        page.get_by_role("button", name="Undo the import").click()
        imports.work(run.pk)
        page.get_by_text("Undone.", exact=True).wait_for()
    assert Product.objects.count() == before


def test_a_check_goes_on_without_javascript(shop, keeper, tmp_path):  # noqa: F811
    file = tmp_path / "shop.csv"
    file.write_text(shopify(HEAD | SMALL))
    page = keeper(scripts=False)
    upload(page, shop, file)
    worked(page, "Checked. Nothing is changed yet.")


def test_a_keeper_packs_and_ships_an_order_with_a_tracking_number(shop, keeper):  # noqa: F811
    order = an_order((Variant.objects.first(), 2, True))
    page = keeper()
    page.goto(shop + reverse("admin:index"))
    page.get_by_role("link", name="1 order to pack").click()
    page.get_by_role("link", name=order.number).click()
    page.get_by_role("link", name="Mark as packed…").click()
    page.get_by_role("button", name="Mark as packed").click()
    page.get_by_role("link", name="Mark as shipped…").click()
    page.get_by_label("Tracking number").fill("DHL 4711")
    page.get_by_label("Note").fill("left at noon")
    page.get_by_role("button", name="Mark as shipped").click()
    page.get_by_text("is shipped now").wait_for()
    assert page.get_by_text("DHL 4711").is_visible()
    assert page.get_by_text("left at noon").is_visible()
    order.refresh_from_db()
    assert (order.state, order.tracking) == ("shipped", "DHL 4711")
    assert order.mails.filter(kind="shipped").exists()


def stage(shop):
    """A shop in the middle of its day, and its keepers' pages by name."""
    variants = list(Variant.objects.order_by("pk")[:3])
    for days_ago in (0, 0, 2, 5, 9):
        an_order((variants[0], 2, days_ago < 3), (variants[1], 1, False), state="shipped", days_ago=days_ago)
    order = an_order(*((variant, 1, n == 0) for n, variant in enumerate(variants)), refunded="5", note="Ring twice.")
    payment = a_payment(order)
    OrderMail.objects.create(order=order, kind="paid", failure="the server does not answer", attempts=3)
    Variant.objects.filter(pk=variants[2].pk).update(stock=1)
    run = ImportRun.objects.create(
        folder="0" * 32, name="autumn.csv", step="check", state="done", file="autumn.csv",
        report={"counts": {"products": {"created": 1, "updated": 2, "unchanged": 3}}, "bad": 1, "passed_over": 2},
        bad=[["autumn.csv", 7, "Variant Price 'cheap' is not an amount"]],
        preview=[
            {"kind": "product", "name": "Linen shirt", "new": True, "columns": []},
            {"kind": "product", "name": "Wool hat", "new": False, "columns": [["name", "Hat", "Wool hat"]]},
        ],
    )  # fmt: skip
    yield "index", "admin:index", (), ".waiting"
    yield "imports", "admin:catalog_importrun_add", (), ".import"
    yield "import", "admin:catalog_importrun_change", (run.pk,), ".import"
    yield "orders", "admin:orders_order_changelist", (), ".results"
    yield "order", "admin:orders_order_change", (order.pk,), ".order"
    yield "move", "admin:orders_order_move", (order.pk, "shipped"), ".sheet"
    yield "refund", "admin:orders_order_refund", (order.pk, payment.pk), ".sheet"
    yield "slip", "admin:orders_order_slip", (order.pk,), "main"
    yield "sales", "admin:orders_order_sales", (), ".sales"
    yield "stock", "admin:catalog_variant_changelist", (), ".results"
    yield "ledger", "admin:catalog_variant_change", (variants[2].pk,), ".sheet"
    yield "delivery", "admin:catalog_variant_delivery", (), ".sheet"


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_keepers_pages_are_good_to_look_at(shop, keeper, width, theme, language):  # noqa: F811
    page, troubles = keeper(width=width, theme=theme, locale=language), []
    for name, view, arguments, ours in stage(shop):
        page.goto(shop + reverse(view, args=arguments))
        page.evaluate("document.querySelectorAll('.sales details').forEach((one) => { one.open = true; })")
        if page.evaluate(TOO_WIDE) > 0:
            troubles.append(f"{name} is wider than its window")
        found = Axe().run(page, ours, options={"runOnly": RULES, "resultTypes": ["violations"]})
        troubles += [f"{name}: {v['id']} at {v['nodes'][0]['html'][:200]}" for v in found.response["violations"]]
        if language == "vi":
            troubles += [f"{name}: says in English: {said}" for said in left_in_english(page)]
        shoot(page, f"keeper-{name}-{width}-{theme}-{language}")
    assert "\n".join(troubles) == ""
