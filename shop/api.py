"""Every address of the API, its schema and the page that explains it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Never

from django.urls import path
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from catalog.api import CategoriesView, CategoryView, ProductsView, ProductView
from shop.cart.api import CartLinesView, CartLineView, CartView, CartVoucherView
from shop.orders.api import OneOrder, Orders
from visualsearch.api import ResultsView, SearchesView, SearchView
from visualsearch.apidocs import docs
from visualsearch.apifacets import FacetsView
from visualsearch.apifeedback import FeedbackView
from visualsearch.apiobjects import ObjectsView, ObjectView
from visualsearch.productapi import OutfitView, SimilarView
from visualsearch.throttles import Reads, told
from visualsearch.whyapi import ExplainView

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request
    from rest_framework.response import Response


@extend_schema(exclude=True)
class NothingHere(APIView):
    """Any other address: a problem, not a page."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> Never:
        raise NotFound


class Schema(SpectacularAPIView):
    """The OpenAPI schema, which is for programs and so for all in one language."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        with override("en"):
            return super().get(request, *args, **kwargs)


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers that may be kept, but asked about each time: with `If-None-Match` it is 304 if they are still the same.

    The ETag is a hash of the answer. That saves its way, not its making.
    """

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return conditional_page(keeping)


def answering(view: type[APIView], **options: Any) -> Callable[..., HttpResponse]:
    """A view as it is answered here."""
    return told(kept(view.as_view(**options)))


throttled = {"throttle_classes": [Reads]}

urlpatterns = [
    path("v1/searches/", answering(SearchesView), name="api-searches"),
    path("v1/searches/<uuid:pk>/", answering(SearchView), name="api-search"),
    path("v1/searches/<uuid:pk>/objects/", answering(ObjectsView), name="api-objects"),
    path("v1/searches/<uuid:pk>/objects/<int:index>/", answering(ObjectView), name="api-object"),
    path("v1/searches/<uuid:pk>/results/", answering(ResultsView), name="api-results"),
    path("v1/searches/<uuid:pk>/facets/", answering(FacetsView), name="api-facets"),
    path("v1/searches/<uuid:pk>/explain/", answering(ExplainView), name="api-explain"),
    path("v1/searches/<uuid:pk>/feedback/", answering(FeedbackView), name="api-feedback"),
    path("v1/products/", answering(ProductsView, **throttled), name="api-products"),
    path("v1/products/<slug:slug>/", answering(ProductView, **throttled), name="api-product"),
    path("v1/products/<slug:slug>/similar/", answering(SimilarView), name="api-similar"),
    path("v1/products/<slug:slug>/outfit/", answering(OutfitView), name="api-outfit"),
    path("v1/categories/", answering(CategoriesView, **throttled), name="api-categories"),
    path("v1/categories/<path:path>/", answering(CategoryView, **throttled), name="api-category"),
    path("v1/cart/", answering(CartView), name="api-cart"),
    path("v1/cart/lines/", answering(CartLinesView), name="api-cart-lines"),
    path("v1/cart/lines/<path:sku>/", answering(CartLineView), name="api-cart-line"),
    path("v1/cart/voucher/", answering(CartVoucherView), name="api-cart-voucher"),
    path("v1/orders/", answering(Orders), name="api-orders"),
    path("v1/orders/<str:number>/", answering(OneOrder), name="api-order"),
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/docs/", docs, name="api-docs"),
    path("v1/<path:rest>", NothingHere.as_view()),
]
