"""The command that imports."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ProductImage
from catalog.tests.exports import HEAD, LARGE, SMALL, shopify
from catalog.tests.factories import some_picture

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    try:
        call_command("import_catalog", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_tells_what_it_did(tmp_path, folder):
    file = tmp_path / "products.csv"
    file.write_text(shopify(HEAD | SMALL | {"Image Src": "front.webp"}, LARGE))
    code, said = run(file, "--images", folder)
    assert code == 0
    assert "4 changes, 0 bad rows." in said
    assert run(file, "--images", folder)[1].count("0 changes, 0 bad rows.") == 1


def test_the_command_ends_with_one_and_a_list_if_rows_were_bad(tmp_path):
    file, bad = tmp_path / "products.csv", tmp_path / "bad.csv"
    file.write_text(shopify(HEAD | SMALL, LARGE | {"Variant Price": "[x]"}))
    code, said = run(file, "--report", bad, "--dry-run")
    assert code == 1
    assert "line 3: Variant Price '[x]' is not an amount" in said
    assert "nothing was written" in said
    assert bad.read_text().splitlines()[1:] == ["products.csv,3,Variant Price '[x]' is not an amount"]


def test_a_zip_may_hold_both_sheet_and_pictures(tmp_path):
    archive = tmp_path / "shop.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("products.csv", shopify(HEAD | SMALL | {"Image Src": "front.jpg"}))
        file.writestr("photos/front.webp", some_picture())
    assert run(archive)[0] == 0
    assert ProductImage.objects.count() == 1


def test_the_command_says_what_it_cannot_read(tmp_path):
    file = tmp_path / "products.csv"
    with pytest.raises(CommandError, match="There is no file"):
        run(file)
    file.write_text(shopify(HEAD | SMALL))
    with pytest.raises(CommandError, match="no sheet with the columns name, price, qty, sku"):
        run(file, "--format", "magento")
    with pytest.raises(CommandError, match="neither a folder nor a zip"):
        run(file, "--images", tmp_path / "nowhere")
