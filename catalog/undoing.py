"""Taking an import back. Nothing that was sold is deleted, and nothing that somebody changed since is touched.

A product is one transaction, so that a worker that is killed goes on with the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import importpreview, stock
from catalog.importer.deeds import values
from catalog.models import Category, Product, ProductImage, StockChange, Variant
from catalog.modelsimport import ImportChange, ImportRun

if TYPE_CHECKING:
    from django.db.models import Model

    from catalog.importer.deeds import Deed

MODELS: dict[str, Any] = {"category": Category, "product": Product, "variant": Variant, "picture": ProductImage}


def change(run: ImportRun, deed: Deed) -> ImportChange:
    """The row, not saved yet, that a deed is remembered by."""
    kind, row = importpreview.kind(deed.row), deed.row
    product = {"product": row.pk, "category": None}.get(kind, getattr(row, "product_id", None))
    name = importpreview.name_of(row)
    return ImportChange(
        run=run, kind=kind, row=row.pk, product=product, name=name, new=deed.new, before=deed.before, after=deed.after
    )


def undo(run: ImportRun) -> None:
    """Take back what is not taken back yet: products, the last first, then categories that nobody needs any more."""
    products: Any = run.changes.exclude(product=None).order_by("-product").values_list("product", flat=True).distinct()
    run.total, run.done = products.count(), 0
    for run.done, product_id in enumerate(products.filter(undone=False)):
        ImportRun.objects.filter(pk=run.pk).update(done=run.done, total=run.total, moved=timezone.now())
        _undo_product(run, product_id)
    for one in run.changes.filter(kind="category", undone=False).order_by("-pk"):
        _undo_category(one)
    run.done = run.total


@transaction.atomic
def _undo_product(run: ImportRun, product_id: int) -> None:
    changes = list(run.changes.filter(product=product_id, undone=False).order_by("-pk"))
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product:
        made = next((one for one in changes if one.kind == "product" and one.new), None)
        if made:
            made.left = _undo_new(product, made, changes)
        else:
            # Locked as sales lock them.
            list(product.variants.select_for_update().order_by("pk"))
            for one in changes:
                one.left = _undo_one(run, one)
    for one in changes:
        one.undone = True
    ImportChange.objects.bulk_update(changes, ["undone", "left"])


def _undo_new(product: Product, made: ImportChange, changes: list[ImportChange]) -> str:
    """Delete a product that the import made, or say why it stays."""
    variants = list(product.variants.select_for_update().order_by("pk"))
    if was_sold(variants):
        product.status = Product.Status.ARCHIVED
        product.save(update_fields=["status", "updated"])
        return _("It was sold since: it is archived instead of deleted.")
    if not _as_made(product, variants, changes):
        return _("It was changed since: it stays as it is.")
    product.delete()
    return ""


def _as_made(product: Product, variants: list[Variant], changes: list[ImportChange]) -> bool:
    made = {(one.kind, one.row): one.after for one in changes if one.new}
    rows: list[tuple[str, Model]] = [("product", product)]
    rows += [("variant", variant) for variant in variants]
    rows += [("picture", image) for image in product.images.all()]
    return all((kind, row.pk) in made and _same(row, made[kind, row.pk]) for kind, row in rows)


def _undo_one(run: ImportRun, one: ImportChange) -> str:
    """Set a row of an older product back, or say what of it stays."""
    row = MODELS[one.kind].objects.filter(pk=one.row).first()
    if row is None:
        return ""
    if one.new:
        return _undo_variant(run, row, one) if isinstance(row, Variant) else _delete_unless_changed(row, one)
    kept = [name for name, value in one.after.items() if values(row, [name])[name] != value]
    try:
        with transaction.atomic():
            _set_back(run, row, {name: value for name, value in one.before.items() if name not in kept})
    except IntegrityError:
        return _("What is there now leaves no room for what was before: it stays as it is.")
    if kept:
        names = ", ".join(str(row._meta.get_field(name).verbose_name) for name in kept)
        return _("Changed since, and left: {columns}.").format(columns=names)
    return ""


def _undo_variant(run: ImportRun, variant: Variant, one: ImportChange) -> str:
    if was_sold([variant]):
        _count(run, variant, 0)
        return _("It was sold since: it stays, with a stock of 0.")
    return _delete_unless_changed(variant, one)


def _delete_unless_changed(row: Any, one: ImportChange) -> str:
    if not _same(row, one.after):
        return _("It was changed since: it stays as it is.")
    row.delete()
    return ""


def _set_back(run: ImportRun, row: Any, columns: dict[str, Any]) -> None:
    pieces = columns.pop("stock", None) if isinstance(row, Variant) else None
    written = {row._meta.get_field(name).attname: _read(row, name, value) for name, value in columns.items()}
    if isinstance(row, ProductImage):  # not by saving: the file is the same, so that nothing has to be indexed
        ProductImage.objects.filter(pk=row.pk).update(**written)
    elif written:
        for name, value in written.items():
            setattr(row, name, value)
        row.save(update_fields=[*columns, *(["updated"] if isinstance(row, Product) else [])])
    if pieces is not None:
        _count(run, row, pieces)


def _read(row: Model, name: str, value: Any) -> Any:
    """A value as the column has it, from what JSON has."""
    return value if name == "tags" else row._meta.get_field(name).to_python(value)  # type: ignore[union-attr]


def _count(run: ImportRun, variant: Variant, pieces: int) -> None:
    note = _("import of {file} undone").format(file=run.name)
    stock.count(variant, pieces, reason=StockChange.Reason.IMPORTED, note=note, by=run.by)


@transaction.atomic
def _undo_category(one: ImportChange) -> None:
    """Only if nothing lies in it or below it."""
    category = Category.objects.select_for_update().filter(pk=one.row).first()
    if category and not category.products.exists() and not category.children.exists():
        category.delete()
    one.undone = True
    one.save(update_fields=["undone"])


def was_sold(variants: list[Variant]) -> bool:
    """Whether any of them ever was, by the ledger of the stock."""
    return StockChange.objects.filter(variant__in=variants, reason=StockChange.Reason.SOLD).exists()


def _same(row: Model, columns: dict[str, Any]) -> bool:
    return values(row, columns) == columns
