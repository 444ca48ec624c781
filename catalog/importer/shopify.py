"""Shopify's product CSV: rows with the same handle are one product; each may bring a variant, a picture, or both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.importer import listings as cells
from catalog.importer.listings import BadCell, Listing, Offer, Shot
from catalog.models import Product, Variant

if TYPE_CHECKING:
    from catalog.importer.report import Report
    from catalog.importer.sheets import Row, Sheet

NEEDED = {"Handle", "Title"}
UNCOUNTED = 100  # pieces of what Shopify sells without counting
STATUS = {"active": "published", "draft": "draft", "archived": "archived", "unlisted": "draft", "": "published"}
NO, YES = {"false", "no", "0"}, {"true", "yes", "1", ""}
ELSEWHERE = ("Other",)  # the category of products without a type


def reads(sheet: Sheet) -> bool:
    """Whether the sheet is of this kind."""
    return set(sheet.columns) >= NEEDED


def listings(sheets: list[Sheet], others: list[Sheet], report: Report) -> list[Listing]:
    """The products of the sheets. Rows that cannot be read go to the report."""
    found = []
    for sheet in sheets:
        report.refuse_broken(sheet)
        for handle, rows in _by_handle(sheet, report).items():
            listing = _listing(handle, rows, report)
            if listing:
                found.append(listing)
    return found


def _by_handle(sheet: Sheet, report: Report) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in sheet.rows:
        handle = slugify(row["Handle"])[:200]
        if handle:
            groups.setdefault(handle, []).append(row)
        else:
            empty = _("Handle '{handle}' has no letters").format(handle=row["Handle"])
            report.refuse(row, empty if row["Handle"] else _("Handle is missing"))
    return groups


def _listing(handle: str, rows: list[Row], report: Report) -> Listing | None:
    first = next((row for row in rows if row["Title"]), rows[0])
    try:
        listing = _head(handle, first)
    except BadCell as reason:
        report.refuse_all(rows, first, str(reason))
        return None
    options = [first[f"Option{n} Name"] or f"Option{n}" for n in (1, 2, 3)]
    for row in rows:
        _read_row(row, options, listing, report)
    if not listing.offers:
        report.refuse_all(listing.rows, None, "none of the product's variants could be read")
        return None
    _colour_shots(listing, rows)
    return listing


def _head(handle: str, row: Row) -> Listing:
    name, brand = row["Title"], row["Vendor"]
    if not name:
        raise BadCell(_("Title is missing"))
    cells.check_lengths(row, Product, name=name, brand=brand)
    return Listing(
        row=row,
        slug=handle,
        name=name,
        description=cells.plain_text(row["Body (HTML)"] or row["Body HTML"] or row["Body"]),
        brand=brand,
        category=_category(row),
        status=_status(row),
        tags=cells.tags(row["Tags"].split(",")),
    )


def _category(row: Row) -> tuple[str, ...]:
    path = row["Type"] or row["Custom Product Type"] or row["Product Category"]
    return tuple(part.strip()[:100] for part in path.split(">") if part.strip()) or ELSEWHERE


def _status(row: Row) -> str:
    published, status = row["Published"].lower(), row["Status"].lower()
    if status not in STATUS:
        raise BadCell(_("Status '{status}' is none of active, draft, archived").format(status=row["Status"]))
    if published not in NO | YES:
        raise BadCell(_("Published '{published}' is neither TRUE nor FALSE").format(published=row["Published"]))
    return "draft" if published in NO and STATUS[status] == "published" else STATUS[status]


def _read_row(row: Row, options: list[str], listing: Listing, report: Report) -> None:
    """Add the row's variant and picture to the listing, or name the row in the report."""
    has_offer = any(row[column] for column in ("Variant SKU", "Variant Price", "Option1 Value"))
    if not has_offer and not row["Image Src"]:
        report.refuse(row, _("it has neither a variant nor a picture"))
        return
    listing.rows.append(row)
    if row["Image Src"]:
        listing.shots.append(Shot(row, cells.file_name(row["Image Src"]), alt=row["Image Alt Text"][:250]))
    if has_offer:
        try:
            listing.offers.append(_offer(row, options, listing))
        except BadCell as reason:
            report.refuse(row, str(reason))


def _offer(row: Row, options: list[str], listing: Listing) -> Offer:
    chosen = {name: row[f"Option{n} Value"] for n, name in enumerate(options, 1)}
    size, colour = cells.size_and_colour({name: value for name, value in chosen.items() if value != "Default Title"})
    sku = (
        row["Variant SKU"].lstrip("'") or "-".join(filter(None, (listing.slug, slugify(size), slugify(colour)))).upper()
    )
    cells.check_lengths(row, Variant, sku=sku, size=size, colour=colour)
    twin = next((offer for offer in listing.offers if (offer.size, offer.colour) == (size, colour)), None)
    if twin or any(offer.sku == sku for offer in listing.offers):
        raise BadCell(
            _("the product has another variant with the options '{size}', '{colour}'").format(size=size, colour=colour)
            if twin
            else _("the product has another variant with the SKU '{sku}'").format(sku=sku)
        )
    price = cells.price(row, "Variant Price")
    before = cells.sale(price, cells.amount(row, "Variant Compare At Price"))
    return Offer(row, sku, size, colour, price, before, _stock(row), cells.grams(row, "Variant Grams"))


def _stock(row: Row) -> int:
    uncounted = not row["Variant Inventory Tracker"] or row["Variant Inventory Policy"] == "continue"
    default = UNCOUNTED if uncounted and not row["Variant Inventory Qty"] else 0
    return cells.quantity(row, "Variant Inventory Qty", default=default)


def _colour_shots(listing: Listing, rows: list[Row]) -> None:
    """Put the pictures in their order, and give each the colour of the variants that it stands for."""
    listing.shots.sort(key=lambda shot: _position(shot.row))
    named = {shot.name for shot in listing.shots}
    of_colour: dict[str, Counter[str]] = {}
    for offer in listing.offers:
        name = cells.file_name(offer.row["Variant Image"])
        if name:
            of_colour.setdefault(name, Counter())[offer.colour] += 1
            if name not in named:
                listing.shots.append(Shot(offer.row, name))
                named.add(name)
    colours = {offer.colour for offer in listing.offers}
    for shot in listing.shots:
        own = set(of_colour.get(shot.name, colours))
        shot.colour = own.pop() if len(own) == 1 else ""


def _position(row: Row) -> int:
    position = row["Image Position"]
    return int(position) if position.isascii() and position.isdigit() and len(position) < 6 else 10**6
