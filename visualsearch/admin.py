"""What the visual search adds to the keeper's side: how far each picture is, what was found in it, and another try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog import admin as catalog_admin
from catalog.models import Product, ProductImage
from catalog.readonly import ReadOnly
from visualsearch.admindoctor import FindingAdmin  # noqa: F401 - registers itself
from visualsearch.admininsight import TallyAdmin  # noqa: F401 - registers itself
from visualsearch.adminversions import ModelVersionAdmin  # noqa: F401 - registers itself
from visualsearch.indexing import request_indexing
from visualsearch.ml.types import WHOLE
from visualsearch.models import KEPT, Indexing, ModelVersion, PhotoSearch, Region, Stage, State
from visualsearch.searches import REASONS

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


class PictureInline(catalog_admin.PictureInline):
    """Pictures with their state and the boxes of what was found."""

    template = "admin/visualsearch/picture_inline.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductImage]:
        regions = Region.objects.filter(version__state=Stage.ACTIVE).exclude(position=WHOLE)
        found = Prefetch("regions", regions.defer("embedding"), to_attr="found")
        rows = Prefetch("indexing", Indexing.objects.filter(version__state=Stage.ACTIVE), to_attr="looked_at")
        return super().get_queryset(request).select_related("product").prefetch_related(found, rows)


class ProductAdmin(catalog_admin.ProductAdmin):
    """The catalogue's products, and how far their pictures are."""

    inlines = [PictureInline, catalog_admin.VariantInline]
    list_display = [*catalog_admin.ProductAdmin.list_display, "searchable"]
    actions = [*catalog_admin.ProductAdmin.actions, "index_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Counts by subqueries: a list of many products counts for the few that it shows."""
        pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by()
        active = {"indexing__version__state": Stage.ACTIVE}
        sorts = {"total": pictures}
        sorts |= {name: pictures.filter(indexing__state=name, **active) for name in (State.DONE, State.FAILED)}
        return super().get_queryset(request).annotate(**{name: _number(some) for name, some in sorts.items()})

    @admin.display(description=_("indexed"))
    def searchable(self, product: Any) -> SafeString | str:
        """How many of the pictures a search can find."""
        said = f"{product.done} / {product.total}"
        if not product.failed:
            return said
        failed = ngettext("%d failed", "%d failed", product.failed) % product.failed
        return format_html('{} <span class="errornote-inline">({})</span>', said, failed)

    @admin.action(description=_("Index the pictures again"), permissions=["change"])
    def index_again(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """All pictures of the products."""
        ids = ProductImage.objects.filter(product__in=products.values("pk")).values_list("pk", flat=True)
        say_requested(self, request, request_indexing(ids))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The button beside a picture saves the form and has that picture indexed again."""
        wanted = request.POST.get("_index_again", "")
        if not wanted.isdecimal():
            return super().response_change(request, obj)
        ids = obj.images.filter(pk=wanted).values_list("pk", flat=True)
        say_requested(self, request, request_indexing(ids))
        return HttpResponseRedirect(request.get_full_path())


admin.site.unregister(Product)
admin.site.register(Product, ProductAdmin)


@admin.register(Indexing)
class IndexingAdmin(ReadOnly):
    """The queue, as the table has it."""

    list_display = ["thumbnail", "product", "state", "attempts", "reason", "changed", "version_name"]
    list_display_links = None
    list_filter = ["state", "version__name"]
    list_select_related = ["image__product", "version"]
    search_fields = ["image__product__name", "reason"]
    ordering = ["-changed"]
    actions = ["index_again"]

    class Media:
        css = {"all": ["admin-vitrine/pictures.css"]}

    def has_index_permission(self, request: HttpRequest) -> bool:
        """Who may change products may have their pictures indexed."""
        return request.user.has_perm("catalog.change_product")

    @admin.display(description=_("picture"))
    def thumbnail(self, row: Indexing) -> SafeString | str:
        """The picture, small."""
        return catalog_admin.thumbnail(row.image)

    @admin.display(description=_("product"), ordering="image__product__name")
    def product(self, row: Indexing) -> SafeString:
        """A link to where the picture is looked after."""
        product = row.image.product
        url = reverse("admin:catalog_product_change", args=[product.pk])
        return format_html('<a href="{}#images-group">{}</a>', url, product)

    @admin.display(description=_("model version"), ordering="version__name")
    def version_name(self, row: Indexing) -> str:
        """A picture has a row for each version that is kept."""
        return row.version.name

    @admin.action(description=_("Index again"), permissions=["index"])
    def index_again(self, request: HttpRequest, rows: QuerySet[Indexing]) -> None:
        """Whatever their state is, each with the version of its row."""
        count = 0
        for version in ModelVersion.objects.filter(pk__in=rows.values("version"), state__in=KEPT):
            count += request_indexing(rows.filter(version=version).values_list("image_id", flat=True), [version])
        say_requested(self, request, count)


@admin.register(PhotoSearch)
class PhotoSearchAdmin(ReadOnly):
    """When people searched, and whether it went well. Never with what: photos are theirs, and are gone by now."""

    list_display = ["created", "state", "items", "seconds", "attempts", "why"]
    list_display_links = None
    list_filter = ["state", "created"]
    date_hierarchy = "created"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhotoSearch]:
        return super().get_queryset(request).annotate(items=Count("regions", filter=~Q(regions__position=WHOLE)))

    @admin.display(description=_("items found"), ordering="items")
    def items(self, search: Any) -> int | None:
        """Beside the whole photo."""
        return search.items if search.state == State.DONE else None

    @admin.display(description=_("seconds"))
    def seconds(self, search: PhotoSearch) -> str:
        """From the upload to the description."""
        return number_format((search.described - search.created).total_seconds(), 2) if search.described else ""

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, search: PhotoSearch) -> str:
        """What the shopper was told, if it failed."""
        return str(REASONS.get(search.reason, search.reason))


def _number(pictures: QuerySet[ProductImage]) -> Coalesce:
    counted = pictures.values("product").annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(counted), 0)


def say_requested(to: admin.ModelAdmin, request: HttpRequest, count: int) -> None:
    """Tell how many pictures will be read again."""
    said = ngettext("%d picture will be indexed again.", "%d pictures will be indexed again.", count) % count
    to.message_user(request, said, messages.SUCCESS)
