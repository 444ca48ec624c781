"""Listings become rows: each in a transaction of its own, compared with what is there, written only if it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from catalog import categories, images, pictures, stock
from catalog.importer.deeds import Deed, plain, values
from catalog.models import Product, ProductImage, StockChange, Variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.importer.files import Files
    from catalog.importer.listings import Listing, Offer, Shot
    from catalog.importer.report import Report


class Intake:
    """Takes listings into the catalogue and tells the report. A dry run writes rows, to be rolled back, no files.

    `note` is told what was done with each listing, in the transaction that did it.
    """

    def __init__(
        self,
        report: Report,
        files: Files | None,
        *,
        dry_run: bool = False,
        note: Callable[[list[Deed]], None] | None = None,
        reference: str = "",
        by: Any = None,
    ) -> None:
        self.report = report
        self.files = files
        self.dry_run = dry_run
        self.note = note
        self.reference, self.by = reference, by
        self.deeds: list[Deed] = []
        self.claimed: dict[str, str] = {}  # SKUs of a dry run's products, which are rolled back by now

    def take(self, listing: Listing) -> None:
        """Create or update the product of a listing with its variants and pictures, or name its rows in the report."""
        before, self.deeds = self.report.counts.copy(), []
        try:
            with transaction.atomic():
                product = self._take_product(listing)
                self._take_variants(product, listing.offers)
                self._take_pictures(product, listing.shots)
                if self.note:
                    self.note(self.deeds)
                if self.dry_run:
                    self.claimed |= dict.fromkeys(_skus(listing.offers), listing.slug)
                    transaction.set_rollback(True)
        except (DatabaseError, ValidationError) as error:
            self.report.counts = before
            reason = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error).split("\n")[0]
            self.report.refuse_all(listing.rows, None, _("the product was not taken: {reason}").format(reason=reason))

    def _take_product(self, listing: Listing) -> Product:
        product = Product.objects.filter(slug=listing.slug).first() or Product(slug=listing.slug)
        columns = {name: getattr(listing, name) for name in ("name", "description", "brand", "status", "tags")}
        category, new = categories.shelf_and_new(listing.category)
        self.deeds += [Deed(one, {}, plain({"name": one.name, "slug": one.slug}), new=True) for one in new]
        self._write(product, category=category, **columns)
        return product

    def _take_variants(self, product: Product, offers: list[Offer]) -> None:
        # Locked as sales lock them, in the order of their ids, so that neither waits for the other for ever.
        there = list(product.variants.select_for_update().order_by("pk"))
        by_sku = {variant.sku: variant for variant in there}
        by_choice = {(variant.size, variant.colour): variant for variant in there if variant.sku not in _skus(offers)}
        elsewhere = self._sold_elsewhere(product, offers)
        for position, offer in enumerate(offers):
            if offer.sku in elsewhere:
                self.report.refuse(
                    offer.row,
                    _("SKU '{sku}' is already sold as '{product}'").format(sku=offer.sku, product=elsewhere[offer.sku]),
                )
                continue
            variant = by_sku.get(offer.sku) or by_choice.get((offer.size, offer.colour)) or Variant(product=product)
            columns = ["sku", "size", "colour", "price", "price_before", "stock"]
            columns += ["weight"] if offer.weight else []  # a sheet that says none takes none away
            self._write(variant, position=position, **{name: getattr(offer, name) for name in columns})

    def _take_pictures(self, product: Product, shots: list[Shot]) -> None:
        if self.files is None:
            self.report.pictures_passed_over += len(shots)
            return
        taken: set[int | str] = set()
        for position, shot in enumerate(shots):
            try:
                self._take_picture(product, shot, position, taken)
            except (images.PictureRefused, OSError) as refusal:
                self.report.refuse(
                    shot.row, _("picture '{picture}': {reason}").format(picture=shot.name, reason=refusal)
                )

    def _take_picture(self, product: Product, shot: Shot, position: int, taken: set[int | str]) -> None:
        """Raises PictureRefused or OSError."""
        assert self.files is not None
        data = self.files.read(shot.name)
        if data is None:
            raise OSError(_("it is not in {file}").format(file=self.files.place.name))
        image = pictures.find_picture(product, data)
        if image is None and self.dry_run:
            images.accept(data)
            self.report.count("pictures", "created")
        elif image is None:
            image = pictures.add_picture(product, data, position=position, colour=shot.colour, alt=shot.alt)
            taken.add(image.pk)
            self.deeds.append(Deed(image, {}, values(image, ("position", "colour", "alt")), new=True))
            self.report.count("pictures", "created")
        elif image.pk not in taken:  # the same picture twice in one listing keeps its first place
            taken.add(image.pk)
            self._describe(image, position=position, colour=shot.colour, alt=shot.alt)

    def _describe(self, image: ProductImage, **columns: Any) -> None:
        """Not by saving: the file is the same, so that nothing has to be indexed."""
        changed = _differing(image, columns)
        if changed:
            self.deeds.append(Deed(image, values(image, changed), plain(changed)))
            ProductImage.objects.filter(pk=image.pk).update(**changed)
        self.report.count("pictures", "updated" if changed else "unchanged")

    def _write(self, row: Product | Variant, **columns: Any) -> None:
        new, changed = row.pk is None, _differing(row, columns)
        if changed or new:
            self._save(row, changed, new=new)
        kind = "products" if isinstance(row, Product) else "variants"
        self.report.count(kind, "created" if new else "updated" if changed else "unchanged")

    def _save(self, row: Product | Variant, changed: dict[str, Any], *, new: bool) -> None:
        """The stock of a variant goes by its ledger."""
        before = {} if new else values(row, changed)
        pieces = changed.get("stock")
        for name, value in changed.items():
            if name != "stock":
                setattr(row, name, value)
        row.clean_fields()
        row.save(update_fields=None if new else [name for name in row_columns(row) if name != "stock"])
        if isinstance(row, Variant) and pieces is not None:
            stock.count(row, pieces, reason=StockChange.Reason.IMPORTED, note=self.reference, by=self.by)
        self.deeds.append(Deed(row, before, plain(changed), new=new))

    def _sold_elsewhere(self, product: Product, offers: list[Offer]) -> dict[str, str]:
        """Which of the SKUs another product has, and that product's slug."""
        others = Variant.objects.filter(sku__in=_skus(offers)).exclude(product=product)
        claimed = {
            sku: self.claimed[sku] for sku in _skus(offers) if self.claimed.get(sku, product.slug) != product.slug
        }
        return claimed | dict(others.values_list("sku", "product__slug"))


def row_columns(row: Product | Variant) -> list[str]:
    """All that can be written of a row that is there."""
    return [field.name for field in row._meta.concrete_fields if not field.primary_key]


def _differing(row: Product | Variant | ProductImage, columns: dict[str, Any]) -> dict[str, Any]:
    if row.pk is None:
        return columns
    return {name: value for name, value in columns.items() if getattr(row, name) != value}


def _skus(offers: list[Offer]) -> set[str]:
    return {offer.sku for offer in offers}
