"""Magento's product export: a `configurable` row names the `simple` rows that are its variants.

The sheets of Magento's sample data, which have `category` for `categories` and their pictures in sheets of two columns
(sku, image), are read too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.importer import listings as cells
from catalog.importer.listings import BadCell, Listing, Offer, Shot
from catalog.models import Product, Variant

if TYPE_CHECKING:
    from catalog.importer.report import Report
    from catalog.importer.sheets import Row, Sheet

NEEDED = {"sku", "name", "price", "qty"}
PICTURES = {"sku", "image"}
SETS = {"bundle_options", "associated_sku"}  # sheets of several products sold as one, which this shop does not know
SETTINGS = {"has_options", "required_options", "size", "color", "manufacturer", "brand"}
UNSAID = {"", "yes", "no", "0", "1"}
ELSEWHERE = ("Other",)


def reads(sheet: Sheet) -> bool:
    """Whether the sheet has products of this kind."""
    return set(sheet.columns) >= NEEDED and not SETS & set(sheet.columns)


def listings(sheets: list[Sheet], others: list[Sheet], report: Report) -> list[Listing]:
    """The products of the sheets. Rows that cannot be read go to the report."""
    rows = [row for sheet in sheets for row in sheet.rows]
    for sheet in sheets:
        report.refuse_broken(sheet)
    extra = _extra_pictures(others)
    by_sku = _by_sku(rows, report)
    children = {sku for row in by_sku.values() for sku in _variations(row)}
    found = [
        _listing(row, by_sku, extra, report)
        for row in by_sku.values()
        if row["product_type"] in ("", "simple", "configurable") and row["sku"] not in children
    ]
    for row in by_sku.values():
        if row["product_type"] not in ("", "simple", "configurable"):
            report.refuse(row, _("product_type '{type}' is not sold here").format(type=row["product_type"]))
    return _with_own_slugs([listing for listing in found if listing])


def _extra_pictures(sheets: list[Sheet]) -> dict[str, list[str]]:
    pictures: dict[str, list[str]] = {}
    for sheet in sheets:
        if set(sheet.columns) == PICTURES:
            for row in sheet.rows:
                pictures.setdefault(row["sku"], []).append(row["image"])
    return pictures


def _by_sku(rows: list[Row], report: Report) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        if not row["sku"]:
            report.refuse(row, _("sku is missing"))
        elif row["store_view_code"]:
            continue  # the same product again in another language
        elif row["sku"] in found:
            report.refuse(
                row, _("sku '{sku}' is already on line {line}").format(sku=row["sku"], line=found[row["sku"]].line)
            )
        else:
            found[row["sku"]] = row
    return found


def _listing(row: Row, by_sku: dict[str, Row], extra: dict[str, list[str]], report: Report) -> Listing | None:
    variations = _variations(row)
    children = [by_sku[sku] for sku in variations if sku in by_sku]
    for sku in variations.keys() - by_sku.keys():
        report.refuse(row, _("its variant '{sku}' is not in the file").format(sku=sku))
    try:
        listing = _head(row)
    except BadCell as reason:
        report.refuse_all([row, *children], row, str(reason))
        return None
    listing.rows = [row, *children]
    for child in children or ([] if row["product_type"] == "configurable" else [row]):
        _read_offer(child, variations.get(child["sku"]), listing, report)
    if not listing.offers:
        report.refuse_all(listing.rows, None, "the product has no variant that could be read")
        return None
    listing.shots = _shots(row, listing.offers, extra)
    return listing


def _head(row: Row) -> Listing:
    attributes = _attributes(row["additional_attributes"])
    name, brand = cells.one_line(row["name"]), attributes.get("manufacturer", "") or attributes.get("brand", "")
    if not name:
        raise BadCell(_("name is missing"))
    cells.check_lengths(row, Product, name=name, brand=brand)
    hidden = row["visibility"] in ("1", "Not Visible Individually") or row["product_online"] in ("0", "2")
    return Listing(
        row=row,
        slug=(slugify(row["url_key"]) or slugify(name) or slugify(row["sku"]))[:200],
        name=name,
        description=cells.plain_text(row["description"] or row["short_description"]),
        brand=brand,
        category=_category(row),
        status="draft" if hidden else "published",
        tags=_tags(attributes),
    )


def _category(row: Row) -> tuple[str, ...]:
    """The deepest of the paths, the first of these, without the root that all have in common."""
    if row["category"]:
        return tuple(filter(None, row["category"].split("\n")))[:2] or ELSEWHERE
    paths = [path.strip().split("/")[1:] for path in row["categories"].split(",")]
    return tuple(part.strip()[:100] for part in max(paths, key=len) if part.strip()) or ELSEWHERE


def _tags(attributes: dict[str, str]) -> list[str]:
    said = (value for name, value in attributes.items() if name not in SETTINGS and value.lower() not in UNSAID)
    return cells.tags([cells.one_line(part) for value in said for part in value.split("|")])


def _read_offer(row: Row, options: dict[str, str] | None, listing: Listing, report: Report) -> None:
    try:
        listing.offers.append(_offer(row, options, listing))
    except BadCell as reason:
        report.refuse(row, str(reason))


def _offer(row: Row, options: dict[str, str] | None, listing: Listing) -> Offer:
    attributes = _attributes(row["additional_attributes"])
    own = {name: row[name] or attributes.get(name, "") for name in ("size", "color")}
    size, colour = cells.size_and_colour(own if options is None else options)
    cells.check_lengths(row, Variant, sku=row["sku"], size=size, colour=colour)
    if any((offer.size, offer.colour) == (size, colour) for offer in listing.offers):
        raise BadCell(
            _("the product has another variant with the options '{size}', '{colour}'").format(size=size, colour=colour)
        )
    weight = cells.grams(row, "weight", per=1000)  # kilograms there
    price, special = cells.price(row, "price"), cells.amount(row, "special_price")
    if special is not None and special < price and not row["special_price_to_date"]:
        return Offer(row, row["sku"], size, colour, special, price, cells.quantity(row, "qty"), weight)
    return Offer(row, row["sku"], size, colour, price, None, cells.quantity(row, "qty"), weight)


def _shots(row: Row, offers: list[Offer], extra: dict[str, list[str]]) -> list[Shot]:
    """The product's pictures and then its variants', each once, in the colour of the variants that have it."""
    shots = {name: Shot(row, name) for name in _pictures(row, extra)}
    colours: dict[str, set[str]] = {}
    for offer in offers:
        for name in _pictures(offer.row, extra):
            shots.setdefault(name, Shot(offer.row, name))
            colours.setdefault(name, set()).add(offer.colour)
    for name, shot in shots.items():
        own = colours.get(name, set())
        shot.colour = own.pop() if len(own) == 1 else ""
    return list(shots.values())


def _pictures(row: Row, extra: dict[str, list[str]]) -> list[str]:
    named = [row["base_image"], *row["additional_images"].split(","), *extra.get(row["sku"], [])]
    return list(dict.fromkeys(cells.file_name(name.strip()) for name in named if name.strip()))


def _variations(row: Row) -> dict[str, dict[str, str]]:
    """The options of each variant by its SKU: `sku=A-S,size=S,color=Red|sku=A-M,...`."""
    found = {}
    for part in filter(None, row["configurable_variations"].split("|")):
        options = _attributes(part)
        sku = options.pop("sku", "")
        if sku:
            found[sku] = options
    return found


def _attributes(cell: str) -> dict[str, str]:
    """`a=1,b=2`; a value may have commas of its own."""
    pairs = (part.partition("=") for part in re.split(r",(?=\s*\w+=)", cell))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _with_own_slugs(listings: list[Listing]) -> list[Listing]:
    """Where two products have one name, the later ones get their SKU added to their address."""
    taken: set[str] = set()
    for listing in listings:
        if listing.slug in taken:
            listing.slug = f"{listing.slug[:150]}-{slugify(listing.row['sku'])[:49]}"
        taken.add(listing.slug)
    return listings
