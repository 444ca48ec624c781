"""Exports to import, made of rows; and what a report says of them."""

import csv
import io

COLUMNS = [
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Inventory Tracker", "Variant Inventory Qty",
    "Variant Price", "Variant Compare At Price", "Image Src", "Image Position", "Image Alt Text", "Variant Image",
    "Status", "Variant Grams",
]  # fmt: skip
HEAD = {"Handle": "shirt", "Title": "Shirt", "Type": "Tops", "Option1 Name": "Size", "Option2 Name": "Color"}
SMALL = {"Option1 Value": "S", "Option2 Value": "Red", "Variant SKU": "SH-S-R", "Variant Price": "20.00"}
LARGE = {
    "Handle": "shirt",
    "Option1 Value": "L",
    "Option2 Value": "Blue",
    "Variant SKU": "SH-L-B",
    "Variant Price": "22",
}


def shopify(*rows, **options):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def magento(*rows):
    columns = [
        "sku", "store_view_code", "product_type", "categories", "name", "description", "product_online", "visibility",
        "price", "special_price", "url_key", "base_image", "additional_images", "additional_attributes", "qty",
        "configurable_variations",
    ]  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def lines(report):
    return [(bad.line, bad.reason) for bad in report.bad]
