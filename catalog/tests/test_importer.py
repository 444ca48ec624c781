"""Catalogues of other shops: what comes in, what is said about the rest, and that nothing comes in twice."""

import csv
import io
from decimal import Decimal

import pytest

from catalog.importer.files import Files
from catalog.importer.sheets import Unreadable
from catalog.models import Category, Product, ProductImage, Variant
from catalog.tests.exports import COLUMNS, HEAD, LARGE, SMALL, lines, shopify
from catalog.tests.factories import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_a_product_comes_in_with_its_variants(take):
    details = {
        "Vendor": "Acme",
        "Tags": "linen, summer",
        "Body (HTML)": "<p>Cool &amp; light.</p><ul><li>Linen</li></ul>",
    }
    sale = {"Variant Compare At Price": "25", "Variant Inventory Qty": "7", "Variant Inventory Tracker": "shopify"}
    report = take(shopify(HEAD | SMALL | details | sale, LARGE))
    product = Product.objects.get()
    assert report.bad == []
    assert (product.slug, product.name, product.brand, product.status) == ("shirt", "Shirt", "Acme", "published")
    assert product.description == "Cool & light.\n• Linen"
    assert product.tags == ["linen", "summer"]
    assert product.category.path == "tops"
    small, large = product.variants.all()
    assert (small.sku, small.size, small.colour, small.stock) == ("SH-S-R", "S", "Red", 7)
    assert (small.price, small.price_before) == (20, 25)
    assert (large.size, large.colour, large.price, large.price_before) == ("L", "Blue", 22, None)


def test_a_weight_comes_in_and_stays_if_a_later_sheet_says_none(take):
    assert take(shopify(HEAD | SMALL | {"Variant Grams": "350.0"}, LARGE)).bad == []
    take(shopify(HEAD | SMALL, LARGE))
    assert list(Variant.objects.order_by("sku").values_list("weight", flat=True)) == [0, 350]
    [(_, reason)] = [(bad.line, bad.reason) for bad in take(shopify(HEAD | SMALL | {"Variant Grams": "-1"})).bad][:1]
    assert "is not a weight" in reason


def test_pictures_come_in_order_with_words_and_the_colour_they_show(take, folder):
    report = take(
        shopify(
            HEAD | SMALL | {"Image Src": "back.jpg", "Image Position": "2", "Variant Image": "front.webp"},
            LARGE
            | {"Image Src": "https://cdn.example/s/front.webp?v=1", "Image Position": "1", "Image Alt Text": "Front"},
            {"Handle": "shirt", "Image Src": "BLUE.WEBP", "Image Position": "3"},
        ),
        images=Files(folder),
    )
    assert report.bad == []
    assert [(image.position, image.alt, image.colour) for image in ProductImage.objects.all()] == [
        (0, "Front", "Red"), (1, "", ""), (2, "", ""),
    ]  # fmt: skip


def test_all_pictures_of_a_product_in_one_colour_have_it(take, folder):
    take(shopify(HEAD | SMALL | {"Image Src": "front.webp"}), images=Files(folder))
    assert ProductImage.objects.get().colour == "Red"


def test_the_same_file_twice_changes_nothing(take, folder):
    text = shopify(HEAD | SMALL | {"Image Src": "front.webp"}, LARGE | {"Image Src": "back.webp"})
    first = take(text, images=Files(folder))
    updated = Product.objects.get().updated
    again = take(text, images=Files(folder))
    assert first.changes == 5
    assert again.changes == 0
    assert again.counts["products", "unchanged"] == 1
    assert again.counts["variants", "unchanged"] == again.counts["pictures", "unchanged"] == 2
    assert Product.objects.get().updated == updated


def test_what_changed_in_the_file_changes_in_the_shop(take, folder):
    take(shopify(HEAD | SMALL | {"Image Src": "front.webp"}), images=Files(folder))
    news = {"Title": "New shirt", "Variant Price": "18", "Variant SKU": "NEW-SKU", "Image Alt Text": "Better words"}
    report = take(shopify(HEAD | SMALL | {"Image Src": "front.webp"} | news), images=Files(folder))
    assert dict(report.counts) == {
        ("products", "updated"): 1, ("variants", "updated"): 1, ("pictures", "updated"): 1,
    }  # fmt: skip
    variant = Variant.objects.get()
    assert (variant.product.name, variant.price, variant.sku) == ("New shirt", 18, "NEW-SKU")
    assert ProductImage.objects.get().alt == "Better words"


def test_a_bad_row_is_named_with_its_line_while_the_good_ones_go_in(take):
    body = {"Body (HTML)": "a description\nover three\nlines"}  # lines 2 to 4
    report = take(
        shopify(
            HEAD | SMALL | body,
            LARGE | {"Variant Price": "cheap"},
            HEAD | LARGE | {"Handle": "hat", "Variant SKU": "HAT-L"},
        )
    )
    assert lines(report)[0] == (5, "Variant Price 'cheap' is not an amount")
    assert Variant.objects.get(product__slug="shirt").sku == "SH-S-R"
    assert Variant.objects.get(product__slug="hat").sku == "HAT-L"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Title": ""}, "Title is missing"),
        ({"Handle": ""}, "Handle is missing"),
        ({"Handle": "!!!"}, "has no letters"),
        ({"Title": "x" * 201}, "201 characters and there is room for 200"),
        ({"Variant SKU": "x" * 101}, "room for 100"),
        ({"Option1 Value": "x" * 51}, "room for 50"),
        ({"Variant Price": ""}, "Variant Price is missing"),
        ({"Variant Price": "NaN"}, "not an amount"),
        ({"Variant Price": "-5"}, "not an amount between"),
        ({"Variant Price": "1e12"}, "not an amount between"),
        ({"Variant Price": "9.999"}, "more than two decimals"),
        ({"Variant Price": "9€"}, "not an amount"),
        ({"Variant Compare At Price": "lots"}, "not an amount"),
        ({"Variant Inventory Qty": "1.5"}, "not a number of pieces"),
        ({"Variant Inventory Qty": "many"}, "not a number of pieces"),
        ({"Variant Inventory Qty": "99999999999"}, "not a number of pieces"),
        ({"Status": "sold"}, "none of active, draft, archived"),
        ({"Published": "perhaps"}, "neither TRUE nor FALSE"),
        ({"Variant SKU": "TAKEN"}, "already sold as 'another'"),
        ({"Variant SKU": "", "Variant Price": "", "Option1 Value": ""}, "neither a variant nor a picture"),
    ],
)
def test_what_can_be_wrong_with_a_row(take, cells, reason):
    VariantFactory(product=ProductFactory(slug="another"), sku="TAKEN")
    good = {"Handle": "good", "Title": "Good", "Variant SKU": "GOOD", "Variant Price": "5"}
    report = take(shopify(HEAD | SMALL | cells, good))
    assert [line for line, _ in lines(report)] == [2]
    assert reason in lines(report)[0][1]
    assert Product.objects.filter(slug="good", variants__sku="GOOD").exists()


def test_all_rows_of_a_product_without_a_name_are_named(take):
    report = take(shopify(HEAD | SMALL | {"Title": ""}, LARGE))
    assert lines(report) == [(2, "Title is missing"), (3, "line 2: Title is missing")]


def test_a_variant_that_is_there_twice_is_named(take):
    report = take(
        shopify(HEAD | SMALL, LARGE | {"Variant SKU": "SH-S-R"}, LARGE | {"Option1 Value": "S", "Option2 Value": "Red"})
    )
    assert lines(report) == [
        (3, "the product has another variant with the SKU 'SH-S-R'"),
        (4, "the product has another variant with the options 'S', 'Red'"),
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12,50", "12.50"), ("1,299.00", "1299.00"), ("1,299", "1299"), ("0", "0"), ("20.0000", "20"), (" 7 ", "7")],
)
def test_amounts_are_read_as_people_write_them(take, cell, value):
    take(shopify(HEAD | SMALL | {"Variant Price": cell}))
    assert Variant.objects.get().price == Decimal(value)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, "published"), ({"Published": "TRUE", "Status": "active"}, "published"), ({"Published": "false"}, "draft"),
        ({"Status": "draft"}, "draft"), ({"Status": "archived", "Published": "TRUE"}, "archived"),
    ],
)  # fmt: skip
def test_drafts_stay_drafts(take, cells, status):
    take(shopify(HEAD | SMALL | cells))
    assert Product.objects.get().status == status


def test_a_product_without_options_or_sku_has_one_variant(take):
    text = shopify(
        {
            "Handle": "mug",
            "Title": "Mug",
            "Option1 Name": "Title",
            "Option1 Value": "Default Title",
            "Variant Price": "9",
        }
    )
    assert take(text).bad == take(text).bad == []
    variant = Variant.objects.get()
    assert (variant.sku, variant.size, variant.colour, variant.stock) == ("MUG", "", "", 100)


def test_options_that_are_neither_size_nor_colour_are_told_with_the_size(take):
    take(shopify(HEAD | SMALL | {"Option1 Name": "Material", "Option1 Value": "Wool", "Option2 Name": "Farbe"}))
    variant = Variant.objects.get()
    assert (variant.size, variant.colour) == ("Wool", "Red")


def test_a_type_may_be_a_path(take):
    take(shopify(HEAD | SMALL | {"Type": "Women > Tops > Tees"}))
    assert Product.objects.get().category.path == "women/tops/tees"
    assert Category.objects.get(path="women").name == "Women"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("options", [{}, {"delimiter": ";"}, {"lineterminator": "\r\n"}])
def test_any_spreadsheet_may_have_written_the_file(take, encoding, options):
    options = {"lineterminator": "\n"} | options
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, **options)
    writer.writeheader()
    writer.writerows([HEAD | SMALL | {"Title": "Café crème"}, LARGE | {"Variant Price": "x"}])
    report = take(text.getvalue().encode(encoding))
    assert Product.objects.get().name == "Café crème"
    assert [line for line, _ in lines(report)] == [3]


def test_lines_that_are_no_rows_are_named(take):
    good = shopify(HEAD | SMALL)
    report = take(
        good + "hat,Hat,,,,,,,,,,,,,,,,,,,,one,two\n" + '"a"b,c\n' + '\n,,\nscarf,"Scarf never ends\nand goes on\n'
    )
    assert [line for line, _ in lines(report)] == [3, 4, 7]
    reasons = [reason for _, reason in lines(report)]
    assert "23 cells and the first line has 22" in reasons[0]
    assert "never ends" in reasons[2]
    assert Product.objects.count() == 1


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1,2\n", "sku,name\n", "\0\1\2"])
def test_a_file_that_is_no_catalogue_is_refused_with_a_sentence(take, text):
    with pytest.raises(Unreadable, match=r"\.$"):
        take(text)


def test_a_picture_that_cannot_be_taken_is_named_and_the_product_comes_in(take, folder):
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    report = take(
        shopify(
            HEAD | SMALL | {"Image Src": "front.webp"},
            LARGE | {"Image Src": "missing.jpg"},
            {"Handle": "shirt", "Image Src": "broken.jpg"},
        ),
        images=Files(folder),
    )
    assert [line for line, _ in lines(report)] == [3, 4]
    assert "'missing.jpg': it is not in" in lines(report)[0][1]
    assert "cut off" in lines(report)[1][1]
    assert ProductImage.objects.count() == 1
    assert Variant.objects.count() == 2


def test_without_a_place_to_look_pictures_are_passed_over(take):
    report = take(shopify(HEAD | SMALL | {"Image Src": "front.webp"}))
    assert report.pictures_passed_over == 1
    assert report.bad == []


def test_a_dry_run_says_the_same_and_writes_nothing(take, folder, media):
    text = shopify(
        HEAD | SMALL | {"Image Src": "front.webp"}, LARGE | {"Variant Price": "x", "Image Src": "missing.jpg"}
    )
    dry = take(text, images=Files(folder), dry_run=True)
    assert not Product.objects.exists()
    assert list(media.iterdir()) == []
    wet = take(text, images=Files(folder))
    assert (dry.counts, lines(dry)) == (wet.counts, lines(wet))
