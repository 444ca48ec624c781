"""Imports from the admin: checked, imported, mended, undone; and what a killed worker leaves."""

import csv
import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from catalog import imports, stock
from catalog.importer.intake import Intake
from catalog.models import Category, Product, ProductImage, StockChange, Variant
from catalog.modelsimport import ImportChange, ImportRun
from catalog.tests.exports import HEAD, LARGE, SMALL, shopify
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, some_picture

pytestmark = pytest.mark.django_db

COUNTED = {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "7"}


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create(username="boss", is_staff=True, is_superuser=True)


@pytest.fixture
def keeper(client, boss):
    client.force_login(boss)
    return client


def zipped(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


def begun(*rows, by=None, images=None):
    """A run of these rows that is checked."""
    file = ContentFile(shopify(*rows).encode(), name="shop.csv")
    run = imports.begin(file, ContentFile(images, name="photos.zip") if images else None, by=by)
    imports.work(run.pk)
    run.refresh_from_db()
    return run


def imported(*rows, **options):
    run = begun(*rows, **options)
    assert imports.start(run)
    imports.work(run.pk)
    run.refresh_from_db()
    return run


def undone(run):
    assert imports.undo(run)
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("undo"), run.reason
    return list(run.changes.exclude(left="").values_list("name", "left"))


def test_a_check_tells_what_would_be_new_and_different_and_changes_nothing(boss):
    product = ProductFactory(slug="shirt", name="Old name", category=CategoryFactory(name="Tops"))
    VariantFactory(product=product, sku="SH-S-R", size="S", colour="Red", price=19, stock=3)
    other = {"Handle": "hat", "Title": "Hat", "Variant SKU": "HAT", "Variant Price": "8"}
    run = begun(HEAD | SMALL | COUNTED, LARGE | {"Variant Price": "x"}, other, by=boss)
    assert run.is_at("check"), run.reason
    assert run.report["counts"]["products"] == {"created": 1, "updated": 1, "unchanged": 0}
    assert run.bad == [["shop.csv", 3, "Variant Price 'x' is not an amount"]]
    told = {one["name"]: one for one in run.preview}
    assert ["name", "Old name", "Shirt"] in told["Shirt"]["columns"]
    assert ["stock", "3", "7"] in told["Shirt: SH-S-R Red S"]["columns"]
    assert told["Hat"]["new"]
    product.refresh_from_db()
    assert product.name == "Old name"
    assert not ImportChange.objects.exists()
    assert Product.objects.count() == 1


def test_a_dry_run_holds_no_lock_and_knows_skus_that_it_rolled_back(boss):
    twin = {"Handle": "hat", "Title": "Hat", "Variant SKU": "SH-S-R", "Variant Price": "8"}
    run = begun(HEAD | SMALL, twin, by=boss)
    assert run.bad == [["shop.csv", 3, "SKU 'SH-S-R' is already sold as 'shirt'"]]


def test_an_import_writes_rows_pictures_and_the_ledger_of_the_stock(boss):
    run = imported(HEAD | SMALL | COUNTED | {"Image Src": "a.webp"}, by=boss, images=zipped(a__webp=some_picture(1)))
    assert run.is_at("import"), run.reason
    variant = Variant.objects.get()
    assert variant.stock == 7
    change = StockChange.objects.get()
    assert (change.change, change.reason, change.reference, change.by) == (7, "imported", "import of shop.csv", boss)
    assert ProductImage.objects.count() == 1
    assert {one.kind for one in run.changes.all()} == {"category", "product", "variant", "picture"}


def test_the_bad_rows_come_back_as_a_sheet_that_can_be_mended_and_imported(boss):
    run = imported(HEAD | SMALL, LARGE | {"Variant Price": "x"}, by=boss)
    assert Variant.objects.count() == 1
    with run.corrections.open() as file:
        text = file.read().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["What is wrong"] for row in rows] == ["", "Variant Price 'x' is not an amount"]
    assert [row["Line in the file"] for row in rows] == ["2", "3"]
    mended = imports.begin(ContentFile(text.replace(",x,", ",22,").encode(), name="mended.csv"), by=boss)
    imports.work(mended.pk)
    imports.start(mended)
    imports.work(mended.pk)
    mended.refresh_from_db()
    assert mended.report["bad"] == 0
    assert mended.report["counts"]["variants"] == {"created": 1, "updated": 0, "unchanged": 1}


def test_an_undo_deletes_what_is_new_and_sets_back_what_changed(boss):
    product = ProductFactory(slug="shirt", name="Old name", category=CategoryFactory(name="Tops"), tags=["a"])
    variant = VariantFactory(product=product, sku="SH-S-R", size="S", colour="Red", price=30, price_before=40, stock=3)
    other = {"Handle": "hat", "Title": "Hat", "Type": "Hats", "Variant SKU": "HAT", "Variant Price": "8"}
    run = imported(HEAD | SMALL | COUNTED | {"Type": "New > Shelf"}, LARGE, other, by=boss)
    assert Product.objects.count() == 2
    assert undone(run) == []
    product.refresh_from_db()
    variant.refresh_from_db()
    assert (product.name, product.tags, product.category.path) == ("Old name", ["a"], "tops")
    assert (variant.price, variant.price_before, variant.stock) == (Decimal(30), Decimal(40), 3)
    assert list(Product.objects.all()) == [product]
    assert list(product.variants.all()) == [variant]
    assert [change.change for change in variant.stock_changes.order_by("pk")] == [4, -4]
    assert list(Category.objects.values_list("path", flat=True)) == ["tops"]


def test_an_undo_archives_what_was_sold(boss):
    run = imported(HEAD | SMALL | COUNTED, by=boss)
    stock.take({Variant.objects.get().pk: 1}, reference="V-1")
    assert undone(run) == [("Shirt", "It was sold since: it is archived instead of deleted.")]
    assert Product.objects.get().status == "archived"
    assert Variant.objects.get().stock == 6


def test_a_sold_variant_of_an_older_product_stays_without_stock(boss):
    ProductFactory(slug="shirt", name="Shirt", category=CategoryFactory(name="Tops"))
    run = imported(HEAD | SMALL | COUNTED, by=boss)
    stock.take({Variant.objects.get().pk: 1}, reference="V-1")
    assert undone(run) == [("Shirt: SH-S-R Red S", "It was sold since: it stays, with a stock of 0.")]
    assert Variant.objects.get().stock == 0


def test_an_undo_leaves_what_was_changed_since_and_says_so(boss):
    product = ProductFactory(slug="shirt", name="Old name", brand="Old", category=CategoryFactory(name="Tops"))
    other = {"Handle": "hat", "Title": "Hat", "Type": "Tops", "Variant SKU": "HAT", "Variant Price": "8"}
    run = imported(HEAD | SMALL | {"Vendor": "Acme"}, other, by=boss)
    Product.objects.filter(slug="shirt").update(name="My name")
    Product.objects.filter(slug="hat").update(description="Mine")
    assert dict(undone(run)) == {
        "Shirt": "Changed since, and left: name.",
        "Hat": "It was changed since: it stays as it is.",
    }
    product.refresh_from_db()
    assert (product.name, product.brand) == ("My name", "Old")
    assert Product.objects.filter(slug="hat", status="published").exists()


def test_an_undo_that_would_break_a_rule_leaves_the_row(boss):
    product = ProductFactory(slug="shirt", name="Shirt", category=CategoryFactory(name="Tops"))
    variant = VariantFactory(product=product, sku="SH-S-R", size="S", colour="Red", price=20, price_before=25)
    run = imported(HEAD | SMALL, by=boss)
    Variant.objects.filter(pk=variant.pk).update(price=26)
    ((_, left),) = undone(run)
    assert left == "What is there now leaves no room for what was before: it stays as it is."


def test_a_file_that_is_no_catalogue_fails_with_a_sentence_and_can_be_forgotten(boss, private):
    run = imports.begin(ContentFile(b"a,b\n1,2\n", name="other.csv"), by=boss)
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("check", "failed")
    assert run.reason.startswith("This is not a catalogue that can be read here.")
    assert imports.discard(run)
    assert not ImportRun.objects.exists()
    assert not [path for path in private.rglob("*") if path.is_file()]


def test_a_killed_worker_loses_nothing_and_doubles_nothing(boss, monkeypatch):
    other = {"Handle": "hat", "Title": "Hat", "Variant SKU": "HAT", "Variant Price": "8"}
    run = begun(HEAD | SMALL | COUNTED, other, by=boss)
    imports.start(run)
    take = Intake.take

    def killed_at_the_second(intake, listing):
        if listing.slug == "hat":
            raise KeyboardInterrupt
        take(intake, listing)

    monkeypatch.setattr(Intake, "take", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        imports.work(run.pk)
    monkeypatch.undo()
    run.refresh_from_db()
    assert run.is_at("import", "working")
    assert Product.objects.count() == 1
    ImportRun.objects.update(moved=timezone.now() - timedelta(minutes=5))
    assert imports.sweep() == [run.pk]
    assert imports.sweep() == []
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("import"), run.reason
    assert run.report["counts"]["products"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert undone(run) == []
    assert not Product.objects.exists()


def test_a_run_that_keeps_killing_workers_is_given_up_and_can_be_tried_again(boss):
    run = begun(HEAD | SMALL, by=boss)
    imports.start(run)
    ImportRun.objects.update(state="working", attempts=3)
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("import", "failed")
    assert "stopped in the middle 3 times" in run.reason
    assert imports.retry(run)
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("import")


def test_an_error_of_the_shop_is_kept_as_the_reason(boss, monkeypatch, caplog):
    monkeypatch.setattr(Intake, "take", lambda *_: 1 / 0)
    run = begun(HEAD | SMALL, by=boss)
    assert run.is_at("check", "failed")
    assert "ZeroDivisionError" in run.reason


@pytest.mark.django_db(transaction=True)
def test_a_run_that_a_worker_has_is_left_alone_by_others(boss):
    run = imports.begin(ContentFile(shopify(HEAD | SMALL).encode(), name="shop.csv"), by=boss)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [imports.LOCK, run.pk])
        imports.work(run.pk)
        run.refresh_from_db()
        assert (run.state, run.attempts) == ("waiting", 0)
        with other.cursor() as cursor:  # to close it alone lets go a moment later
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [imports.LOCK, run.pk])
    finally:
        other.close()
    imports.work(run.pk)
    run.refresh_from_db()
    assert run.is_at("check")


def test_steps_are_taken_in_their_order_and_once(boss):
    run = begun(HEAD | SMALL, by=boss)
    assert not imports.undo(run)
    assert imports.start(run)
    assert not imports.start(run)
    imports.work(run.pk)
    imports.work(run.pk)
    run.refresh_from_db()
    assert (run.attempts, run.is_at("import")) == (1, True)
    assert not imports.discard(run)


def test_old_files_go_and_with_them_the_way_back(boss, private, settings):
    run = imported(HEAD | SMALL, LARGE | {"Variant Price": "x"}, by=boss)
    ImportRun.objects.update(created=timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS + 1))
    imports.sweep()
    run.refresh_from_db()
    assert not run.file
    assert not [path for path in private.rglob("*") if path.is_file()]
    assert not imports.undo(run)
    assert Product.objects.exists()


def send(keeper, name="shop.csv", data=None, **more):
    data = shopify(HEAD | SMALL | COUNTED, LARGE | {"Variant Price": "x"}).encode() if data is None else data
    files = {"file": SimpleUploadedFile(name, data)} | more
    return keeper.post(reverse("admin:catalog_importrun_add"), files)


def test_a_keeper_uploads_checks_imports_and_undoes(keeper):
    response = send(keeper)
    run = ImportRun.objects.get()
    page = reverse("admin:catalog_importrun_change", args=[run.pk])
    assert response.url == page
    assert 'hx-trigger="every 1s"' in keeper.get(page).text
    imports.work(run.pk)
    said = keeper.get(page).text
    assert "Variant Price &#x27;x&#x27; is not an amount" in said
    assert "every 1s" not in said
    for deed in ("start", "undo"):
        keeper.post(reverse("admin:catalog_importrun_deed", args=[run.pk, deed]))
        imports.work(run.pk)
        assert keeper.get(page).status_code == 200
    assert not Product.objects.exists()
    sheet = keeper.get(reverse("admin:catalog_importrun_corrections", args=[run.pk]))
    assert sheet["Content-Disposition"] == 'attachment; filename="shop-to-mend.csv"'
    assert b"What is wrong" in b"".join(sheet.streaming_content)
    assert "shop.csv" in keeper.get(reverse("admin:catalog_importrun_changelist")).text


def test_bad_uploads_are_refused_with_a_sentence(keeper, settings):
    assert "This zip is damaged" in send(keeper, "shop.zip", b"nothing").text
    assert "This is no zip file" in send(keeper, images=SimpleUploadedFile("photos.zip", b"nothing")).text
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shop.csv", bytes(40 * 2**20))
    assert "200 times as large" in send(keeper, "shop.zip", bomb.getvalue()).text
    settings.IMPORT_MAX_BYTES = 10
    assert "Split it into several" in send(keeper).text
    assert not ImportRun.objects.exists()


def test_files_of_imports_lie_where_no_address_leads(keeper, media, private):
    send(keeper)
    run = ImportRun.objects.get()
    assert run.file.path.startswith(str(private))
    assert not [path for path in media.rglob("*") if path.is_file()]
    with pytest.raises(ValueError, match="no address"):
        _ = run.file.url


def test_who_may_only_look_gets_no_button_and_changes_nothing(client, django_user_model, boss):
    from django.contrib.auth.models import Permission

    run = begun(HEAD | SMALL, by=boss)
    looker = django_user_model.objects.create(username="looker", is_staff=True)
    client.force_login(looker)
    page = reverse("admin:catalog_importrun_change", args=[run.pk])
    assert client.get(page).status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_importrun"))
    assert "/start/" not in client.get(page).text
    assert client.post(reverse("admin:catalog_importrun_deed", args=[run.pk, "start"])).status_code == 403
    assert client.get(reverse("admin:catalog_importrun_add")).status_code == 403
