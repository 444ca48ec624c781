"""Products and their pictures. The rules are database constraints: no import, page or script gets round them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length, Substr
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import renditions
from catalog.addresses import address
from catalog.querysets import CategoryQuerySet, ProductQuerySet

models.CharField.register_lookup(Length)


class Category(models.Model):
    """A node of the category tree. `path` is the slugs from the root, "women/tops": a subtree is a prefix of it.

    `save` keeps the paths of the whole subtree; only `QuerySet.update` and `bulk_create` get round it.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent category")
    )
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)
    path = models.CharField(_("path"), max_length=500, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="category_has_slug"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="category_not_its_own_parent"),
        ]
        indexes = [models.Index(fields=["path"], opclasses=["varchar_pattern_ops"], name="category_subtree")]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        before, self.path = self.stored_path(), self.path_now()
        super().save(*args, **kwargs)
        if before and before != self.path:
            below = Category.objects.filter(path__startswith=f"{before}/")
            below.update(path=Concat(Value(self.path), Substr("path", len(before) + 1)))

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.path])

    def clean(self) -> None:
        if self.pk and self.parent and f"{self.parent.path}/".startswith(f"{self.stored_path()}/"):
            raise ValidationError({"parent": gettext("A category cannot lie below itself. Choose another parent.")})
        self.path = self.path_now()
        if Category.objects.filter(path=self.path).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": gettext("Its parent already has a category with this slug.")})

    def path_now(self) -> str:
        """The path that follows from slug and parent."""
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def stored_path(self) -> str:
        """The path in the database; empty for a category that is not there yet."""
        return Category.objects.filter(pk=self.pk).values_list("path", flat=True).first() or "" if self.pk else ""


class Product(models.Model):
    """What a shopper finds: one page, one or more variants to choose from, some pictures."""

    # Brought along by ProductQuerySet.with_prices
    price: Decimal | None
    price_to: Decimal | None
    price_before: Decimal | None
    in_stock: bool
    # and by `for_cards`, and whoever finds covers along with other pictures
    covers: list[ProductImage]

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("category"))
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=50), verbose_name=_("tags"), blank=True, default=list)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    updated = models.DateTimeField(_("updated"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="product_has_slug"),
            models.CheckConstraint(condition=~Q(name=""), name="product_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "archived"]), name="product_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "category"], name="product_shelf"),
            models.Index(fields=["status", "-created", "-id"], name="product_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("product", self.slug)

    @property
    def cover(self) -> ProductImage | None:
        """The first picture. No query where `for_cards` or `for_page` brought it along."""
        covers: list[ProductImage] | None = getattr(self, "covers", None)
        return next(iter(self.images.all() if covers is None else covers), None)

    @property
    def prices_differ(self) -> bool:
        """Whether `price` is only where prices begin; of products read with prices."""
        return self.price != self.price_to


class Variant(models.Model):
    """What a shopper buys: one size in one colour, with its own price and stock.

    The database adds numbers to each row that lists count by (migration 0008): `size_key` and `colour_key`, the same
    whatever the case, and `band`, that of the price.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=100, unique=True)
    size = models.CharField(_("size"), max_length=50, blank=True)
    colour = models.CharField(_("colour"), max_length=50, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    price_before = models.DecimalField(_("price before"), max_digits=10, decimal_places=2, null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock"), default=0)
    weight = models.PositiveIntegerField(_("weight in grams"), default=0)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["product", "size", "colour"], name="variant_once_per_size_and_colour"),
            models.CheckConstraint(condition=~Q(sku=""), name="variant_has_sku"),
            models.CheckConstraint(condition=Q(price__gte=Decimal(0)), name="variant_price_not_negative"),
            models.CheckConstraint(
                condition=Q(price_before__isnull=True) | Q(price_before__gt=F("price")),
                name="variant_sale_lowers_the_price",
            ),
        ]
        # Whether a product has anything left is asked of thousands at once: answered without reading variants.
        indexes = [models.Index(fields=["product"], condition=Q(stock__gt=0), name="variant_in_stock")]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.sku, self.colour, self.size]))


class StockChange(models.Model):
    """Why a variant's stock is what it is. Written by `catalog.stock` alone; rows are never changed."""

    class Reason(models.TextChoices):
        SOLD = "sold", _("sold")
        RELEASED = "released", _("not paid, put back")
        CANCELLED = "cancelled", _("order cancelled")
        RETURNED = "returned", _("sent back by the customer")
        RECEIVED = "received", _("delivery received")
        COUNTED = "counted", _("counted")
        DAMAGED = "damaged", _("damaged or lost")
        IMPORTED = "imported", _("imported")

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stock_changes")
    at = models.DateTimeField(auto_now_add=True)
    change = models.IntegerField(_("change"))
    stock = models.PositiveIntegerField(_("stock then"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    reference = models.CharField(_("reference"), max_length=200, blank=True)  # an order's number, a keeper's note
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("stock change")
        verbose_name_plural = _("stock changes")
        constraints = [models.CheckConstraint(condition=~Q(change=0), name="stock_change_changes")]
        indexes = [models.Index(fields=["variant", "-at"], name="stock_change_of_variant")]

    def __str__(self) -> str:
        return f"{self.change:+d} {self.reason}"


def picture_path(image: ProductImage, filename: str) -> str:
    """Where a picture's file lies in the storage: named by its content, never by what an uploader called it."""
    return renditions.original(image.sha256, filename.rsplit(".", 1)[-1].lower())


class ProductImage(models.Model):
    """One upright picture of a product, written by `catalog.pictures`: sha256, width and height are those of `file`."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    file = models.ImageField(_("picture"), upload_to=picture_path, max_length=255)
    sha256 = models.CharField(max_length=64, editable=False)
    source_sha256 = models.CharField(max_length=64, editable=False, blank=True)  # of the upload, to know it again
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    colour = models.CharField(_("colour"), max_length=50, blank=True)
    alt = models.CharField(_("alternative text"), max_length=250, blank=True)
    uploaded = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["product", "sha256"], name="picture_once_per_product"),
            models.CheckConstraint(condition=Q(sha256__length=64), name="picture_has_sha256"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="picture_has_size"),
        ]
        indexes = [models.Index(fields=["sha256"], name="picture_content")]

    def __str__(self) -> str:
        return f"{self.product} {self.position + 1}"

    @property
    def src(self) -> str:
        """The address for browsers that choose no size themselves."""
        return renditions.url(self.sha256, renditions.USUAL)

    @property
    def largest(self) -> str:
        """The address of the widest rendition that it fills."""
        return renditions.url(self.sha256, renditions.widest(self.width))

    @property
    def thumbnail(self) -> str:
        """The address of the smallest rendition."""
        return renditions.url(self.sha256, renditions.WIDTHS[0])

    @property
    def srcset(self) -> str:
        """Every width that the picture fills, for `<img srcset>`."""
        return renditions.srcset(self.sha256, self.width)


from catalog import modelsformer, modelsimport, modelslisting, modelssizes  # noqa: E402, F401 - the tables that build on these
