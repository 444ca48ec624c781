"""The keeper's side of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Exists, ForeignKey, OuterRef, Q, QuerySet
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import adminvariants, images, pictures, uploads
from catalog.adminbulk import Bulk
from catalog.adminimport import ImportRunAdmin  # noqa: F401 - registers itself
from catalog.adminsizes import SizeGuideAdmin  # noqa: F401 - registers itself
from catalog.adminstock import StockChangeAdmin, VariantAdmin  # noqa: F401 - register themselves
from catalog.adminvariants import VariantInline
from catalog.models import Category, Product, ProductImage, Variant

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


class CategoryChoice(forms.ModelChoiceField):
    """Categories by their path: there may be tops for women and tops for men."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.path


class ByPath:
    """For admins of models that lie in a category."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Category:
            kwargs["form_class"] = CategoryChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


@admin.register(Category)
class CategoryAdmin(ByPath, admin.ModelAdmin):
    """The tree, as a list of paths."""

    list_display = ["path", "name", "position", "products_in_it"]
    list_editable = ["position"]
    search_fields = ["name", "path"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(count=Count("products"))

    @admin.display(description=_("products"), ordering="count")
    def products_in_it(self, category: Any) -> int:
        """Products of the category itself."""
        return category.count


class PictureForm(forms.ModelForm):
    """A picture's place and words, and maybe another file for it."""

    replacement = uploads.PictureField(label=_("Replace by"), required=False)

    class Meta:
        model = ProductImage
        fields = ["position", "colour", "alt"]

    def save(self, commit: bool = True) -> Any:
        image = super().save(commit)
        replacement = self.cleaned_data.get("replacement")
        return pictures.replace_picture(image, replacement.data) if replacement and commit else image

    def clean_replacement(self) -> uploads.Upload | None:
        """Say now what `replace_picture` would have to refuse later."""
        replacement = self.cleaned_data["replacement"]
        if replacement:
            twin = pictures.find_picture(self.instance.product, replacement.data)
            if twin and twin != self.instance:
                raise forms.ValidationError(gettext("The product already has this picture. Choose another one."))
        return replacement


class PictureInline(admin.StackedInline):
    """A product's pictures, as cards to be put in order. New ones come by `ProductForm.new_pictures`."""

    model = ProductImage
    form = PictureForm
    extra = 0
    template = "admin/catalog/picture_inline.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShelfFilter(admin.SimpleListFilter):
    """By category, with everything below it."""

    title = _("category")
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(path, path) for path in Category.objects.order_by("path").values_list("path", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        category = Category.objects.filter(path=self.value()).first() if self.value() else None
        return queryset.in_category(category) if category else queryset  # type: ignore[attr-defined]


class PictureTextFilter(admin.SimpleListFilter):
    """Whether all pictures of a product say in words what they show, for who does not see them."""

    title = _("texts of pictures")
    parameter_name = "texts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("missing", gettext("one is missing")), ("there", gettext("all there"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        silent = Exists(ProductImage.objects.filter(product=OuterRef("pk"), alt=""))
        pictured = Exists(ProductImage.objects.filter(product=OuterRef("pk")))
        if self.value() == "missing":
            return queryset.filter(silent)
        return queryset.filter(~silent, pictured) if self.value() == "there" else queryset


@admin.register(Product)
class ProductAdmin(Bulk, ByPath, admin.ModelAdmin):
    """Products with their variants and pictures."""

    form = uploads.ProductForm
    inlines = [PictureInline, VariantInline]
    fields = ["name", "slug", "category", "brand", "status", "description", "tags", "new_pictures"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["thumbnail", "name", "category_path", "status", "price_range", "available"]
    list_display_links = ["thumbnail", "name"]
    list_filter = ["status", ShelfFilter, PictureTextFilter]
    list_select_related = ["category"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name"]  # what `get_search_results` looks at is more
    search_help_text = _("By words of the name, brand, category or colours, or by the beginning of a slug or an SKU")
    actions = ["change_prices", "publish", "archive"]
    change_form_template = "admin/catalog/product/change_form.html"

    class Media:
        css = {"all": ["admin-vitrine/pictures.css", "admin-vitrine/pages.css"]}
        js = ["admin-vitrine/pictures.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return Product.objects.for_cards()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """By words as shoppers do, and by the beginnings of slugs and SKUs: each of them by an index."""
        text = search_term.replace("\0", "").strip()
        if not text:
            return queryset, False
        worded = Product.objects.matching(text).order_by().values("pk")
        numbered = Variant.objects.filter(Q(sku__startswith=text) | Q(sku__startswith=text.upper())).values("product")
        return queryset.filter(Q(pk__in=worded) | Q(pk__in=numbered) | Q(slug__startswith=text.lower())), False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        adminvariants.count(formset, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for upload in form.uploads:
            try:
                pictures.add_picture(form.instance, upload.data)
            except images.PictureRefused as refusal:  # it was looked at before: the disk is full, or the like
                messages.error(request, f"{upload.name}: {refusal.message}")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A form that comes back with errors brings its good pictures along."""
        waiting = getattr(context["adminform"].form, "uploads", [])
        context["kept_token"] = uploads.keep(waiting)
        context["kept_names"] = [upload.name for upload in waiting]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("picture"))
    def thumbnail(self, product: Product) -> SafeString | str:
        """The cover, small."""
        return thumbnail(product.cover)

    @admin.display(description=_("category"), ordering="category__path")
    def category_path(self, product: Product) -> str:
        """Where it lies in the tree."""
        return product.category.path

    @admin.display(description=_("price"), ordering="price")
    def price_range(self, product: Product) -> str:
        """The lowest and the highest price."""
        if product.price is None:
            return ""
        low, high = (number_format(price, 2, force_grouping=True) for price in (product.price, product.price_to or 0))
        return gettext("{low} to {high}").format(low=low, high=high) if product.prices_differ else low

    @admin.display(description=_("in stock"), boolean=True, ordering="in_stock")
    def available(self, product: Product) -> bool:
        """Whether any variant is."""
        return product.in_stock


def thumbnail(image: ProductImage | None) -> SafeString | str:
    """An `img` as wide as a column of a list."""
    if image is None:
        return "-"
    alt = Truncator(image.alt).chars(80)
    return format_html('<img class="thumbnail" src="{}" alt="{}" loading="lazy">', image.thumbnail, alt)
