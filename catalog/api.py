"""The catalogue for programs, read-only. Its addresses, and how often they may be asked, are in `shop.api`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from django.shortcuts import get_object_or_404
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

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


def absolute(request: Request, url: str) -> str:
    """An address with this shop's name in front, unless it has one (pictures may lie elsewhere)."""
    return str(request.build_absolute_uri(url))


class ProductCard(serializers.ModelSerializer[Product]):
    """A product in a list."""

    url = serializers.SerializerMethodField(help_text="Its page, for people.")
    price = serializers.DecimalField(10, 2, allow_null=True, help_text="The lowest of its variants.")
    currency = serializers.SerializerMethodField()
    image = serializers.SerializerMethodField(help_text="Its first picture.")

    class Meta:
        model = Product
        fields = ["id", "slug", "name", "url", "price", "currency", "image"]

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

    serializer_class = ProductCard
    pagination_class = Pages

    @extend_schema(
        operation_id="list_products",
        summary="List products",
        parameters=[CATEGORY, WORDS, SORT, *NARROWING],
        responses={200: ProductCard(many=True), **problems(400, 401, 404, 429)},
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
        return products.narrowed(Filters.read(asked)).for_cards()


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


@extend_schema_view(
    get=extend_schema(
        operation_id="list_categories",
        summary="List categories",
        responses={200: CategoryNode(many=True), **problems(401, 429)},
    )
)
class CategoriesView(ListAPIView[Category]):
    """The whole tree, parents before their children."""

    serializer_class = CategoryNode
    queryset = Category.objects.order_by("path")
    pagination_class = None


@extend_schema_view(
    get=extend_schema(
        operation_id="read_category",
        summary="Read a category",
        responses={200: CategoryNode, **problems(401, 404, 429)},
    )
)
class CategoryView(RetrieveAPIView[Category]):
    """A category."""

    serializer_class = CategoryNode
    queryset = Category.objects.all()
    lookup_field = "path"
