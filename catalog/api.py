"""The catalogue for programs, read-only. Its addresses, and how often they may be asked, are in `shop.api`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import PageNumberPagination

from catalog.apiproblems import problems
from catalog.filters import Filters
from catalog.models import Category, Product, ProductImage, Variant
from catalog.modelslisting import Listing

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


EXPANDED = ("category", "variants", "images")  # parts of a product that a list tells when asked


def absolute(request: Request, url: str) -> str:
    """An address with this shop's name in front, unless it has one (pictures may lie elsewhere)."""
    return str(request.build_absolute_uri(url))


class ProductCard(serializers.ModelSerializer[Product]):
    """A product in a list."""

    url = serializers.SerializerMethodField(help_text="Its page, for people.")
    price = serializers.DecimalField(10, 2, allow_null=True, help_text="The lowest of its variants.")
    price_to = serializers.DecimalField(10, 2, allow_null=True, help_text="The highest of its variants.")
    price_before = serializers.DecimalField(10, 2, allow_null=True, help_text="What `price` was before a sale.")
    currency = serializers.SerializerMethodField()
    in_stock = serializers.BooleanField(help_text="Whether one of its variants can be had now.")
    image = serializers.SerializerMethodField(help_text="Its first picture.")

    class Meta:
        model = Product
        fields = [
            "id",
            "slug",
            "name",
            "url",
            "price",
            "price_to",
            "price_before",
            "currency",
            "in_stock",
            "image",
        ]

    def get_url(self, product: Product) -> str:
        return absolute(self.context["request"], product.get_absolute_url())

    def get_currency(self, _product: Product) -> str:
        return settings.CURRENCY

    def get_image(self, product: Product) -> str | None:
        return absolute(self.context["request"], product.cover.file.url) if product.cover else None


class CategoryNode(serializers.ModelSerializer[Category]):
    """A node of the category tree; `path` is the slugs from the root."""

    url = serializers.SerializerMethodField(help_text="Its page, for people.")

    class Meta:
        model = Category
        fields = ["path", "name", "url"]

    def get_url(self, category: Category) -> str:
        return absolute(self.context["request"], category.get_absolute_url())


class CountedCategory(CategoryNode):
    """A category, with what lies on its shelf."""

    products = serializers.SerializerMethodField(help_text="How many are on sale in it and in all below it.")

    class Meta(CategoryNode.Meta):
        fields = [*CategoryNode.Meta.fields, "products"]

    def get_products(self, category: Category) -> int:
        return int(self.context["on_sale"][category.path])


class ProductVariant(serializers.ModelSerializer[Variant]):
    """What can be bought: one size in one colour."""

    in_stock = serializers.SerializerMethodField()

    class Meta:
        model = Variant
        fields = ["sku", "size", "colour", "price", "price_before", "in_stock"]

    def get_in_stock(self, variant: Variant) -> bool:
        return variant.stock > 0


class ProductPicture(serializers.ModelSerializer[ProductImage]):
    """A picture of a product."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ProductImage
        fields = ["url", "width", "height", "alt", "colour"]

    def get_url(self, image: ProductImage) -> str:
        return absolute(self.context["request"], image.file.url)


class ProductPage(ProductCard):
    """A product with all its variants and pictures."""

    category = CategoryNode()
    variants = ProductVariant(many=True)
    images = ProductPicture(many=True)

    class Meta(ProductCard.Meta):
        fields = [*ProductCard.Meta.fields, "description", "brand", "category", "variants", "images"]


class ProductListed(ProductCard):
    """A product in a list, with what `expand` asks for."""

    category = CategoryNode(required=False, help_text="With `expand=category`.")
    variants = ProductVariant(many=True, required=False, help_text="With `expand=variants`.")
    images = ProductPicture(many=True, required=False, help_text="With `expand=images`.")

    class Meta(ProductCard.Meta):
        fields = [*ProductCard.Meta.fields, *EXPANDED]

    def get_fields(self) -> dict[str, serializers.Field]:
        """All of them for the schema, those that are asked for else."""
        fields, asked = super().get_fields(), self.context.get("expand", EXPANDED)
        return {name: field for name, field in fields.items() if name not in EXPANDED or name in asked}


class Pages(PageNumberPagination):
    """Pages of 24, or of what `limit` says."""

    page_size = 24
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int | None:
        """Refuses what is no number, which would be passed over."""
        limit = request.query_params.get("limit")
        if limit is not None and not re.fullmatch(r"0*[1-9]\d{0,8}", limit, re.ASCII):
            raise ValidationError({"limit": [gettext("Write a whole number, 1 or more.")]})
        return super().get_page_size(request)


CATEGORY = OpenApiParameter("category", OpenApiTypes.STR, description="A category's `path`: it and all below.")
WORDS = OpenApiParameter("q", OpenApiTypes.STR, description="Words; the likest names first.")


SORTS: dict[str, tuple[Any, ...]] = {
    "newest": ("-created", "-id"),
    "price": (F("listing__price").asc(nulls_last=True), "-id"),
    "price-down": (F("listing__price").desc(nulls_last=True), "-id"),
    "name": ("name", "-id"),
}
SORT = OpenApiParameter("sort", OpenApiTypes.STR, description=f"One of {', '.join(SORTS)}; with words the likest else.")
EXPAND = OpenApiParameter("expand", OpenApiTypes.STR, description=f"Of {', '.join(EXPANDED)}, with commas between.")
NARROWING = [
    *(
        OpenApiParameter(name, OpenApiTypes.STR, many=True, description=f"{text}; several: any of them.")
        for name, text in {"brand": "A brand", "size": "A size", "colour": "A colour", "price": "A band, 20-30"}.items()
    ),
    OpenApiParameter("min_price", OpenApiTypes.STR, description="This or more."),
    OpenApiParameter("max_price", OpenApiTypes.STR, description="This or less."),
    OpenApiParameter("in_stock", OpenApiTypes.STR, description="1: only what can be had now."),
    OpenApiParameter("on_sale", OpenApiTypes.STR, description="1: only what costs less than before."),
]


class ProductsView(ListAPIView[Product]):
    """The products on sale."""

    serializer_class = ProductListed
    pagination_class = Pages

    @extend_schema(
        operation_id="list_products",
        summary="List products",
        parameters=[CATEGORY, WORDS, SORT, EXPAND, *NARROWING],
        responses={200: ProductListed(many=True), **problems(400, 401, 404, 429)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Newest first; with words, likest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Product]:
        asked, products = self.request.query_params, Product.objects.published()
        if path := asked.get("category"):
            get_object_or_404(Category, path=path)
        if words := asked.get("q", "")[:200]:
            products = products.matching(words)
        if sort := asked.get("sort"):
            if sort not in SORTS:
                raise ValidationError({"sort": [gettext("Sort by one of: {names}.").format(names=", ".join(SORTS))]})
            products = products.order_by(*SORTS[sort])
        products = products.narrowed(Filters.read(asked)).for_cards()
        if "category" in self.expand:
            products = products.select_related("category")
        return products.prefetch_related(*(part for part in ("variants", "images") if part in self.expand))

    def get_serializer_context(self) -> dict[str, Any]:
        """What to tell of each product, for its serializer."""
        return {**super().get_serializer_context(), "expand": self.expand}

    @cached_property
    def expand(self) -> list[str]:
        """The parts that are asked for. Raises ValidationError for one that there is not."""
        parts = [part for part in self.request.query_params.get("expand", "").split(",") if part]
        if unknown := [part for part in parts if part not in EXPANDED]:
            sentence = gettext("There is no {part} to expand. There are: {names}.")
            raise ValidationError({"expand": [sentence.format(part=unknown[0][:40], names=", ".join(EXPANDED))]})
        return parts


@extend_schema_view(
    get=extend_schema(
        operation_id="read_product",
        summary="Read a product",
        responses={200: ProductPage, **problems(401, 404, 429)},
    )
)
class ProductView(RetrieveAPIView[Product]):
    """A product on sale, with its variants and pictures."""

    serializer_class = ProductPage
    queryset = Product.objects.published().for_page()
    lookup_field = "slug"


class Counting:
    """Tells serializers how many products each category has; one query, however deep the tree."""

    def get_serializer_context(self) -> dict[str, Any]:
        """The numbers by path."""
        return {**super().get_serializer_context(), "on_sale": Listing.objects.by_category()}  # type: ignore[misc]


@extend_schema_view(
    get=extend_schema(
        operation_id="list_categories",
        summary="List categories",
        responses={200: CountedCategory(many=True), **problems(401, 429)},
    )
)
class CategoriesView(Counting, ListAPIView[Category]):
    """The whole tree, parents before their children."""

    serializer_class = CountedCategory
    queryset = Category.objects.order_by("path")
    pagination_class = None


@extend_schema_view(
    get=extend_schema(
        operation_id="read_category",
        summary="Read a category",
        responses={200: CountedCategory, **problems(401, 404, 429)},
    )
)
class CategoryView(Counting, RetrieveAPIView[Category]):
    """A category."""

    serializer_class = CountedCategory
    queryset = Category.objects.all()
    lookup_field = "path"
