"""Every address of the API, its schema and the page that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from django.urls import path
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from catalog.api import CategoriesView, CategoryView, ProductsView, ProductView
from visualsearch.api import FacetsView, ResultsView, SearchesView, SearchView
from visualsearch.apidocs import docs
from visualsearch.apifeedback import FeedbackView
from visualsearch.apiobjects import ObjectsView, ObjectView
from visualsearch.productapi import OutfitView, SimilarView
from visualsearch.throttles import Reads
from visualsearch.whyapi import ExplainView

if TYPE_CHECKING:
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


throttled = {"throttle_classes": [Reads]}

urlpatterns = [
    path("v1/searches/", SearchesView.as_view(), name="api-searches"),
    path("v1/searches/<uuid:pk>/", SearchView.as_view(), name="api-search"),
    path("v1/searches/<uuid:pk>/objects/", ObjectsView.as_view(), name="api-objects"),
    path("v1/searches/<uuid:pk>/objects/<int:index>/", ObjectView.as_view(), name="api-object"),
    path("v1/searches/<uuid:pk>/results/", ResultsView.as_view(), name="api-results"),
    path("v1/searches/<uuid:pk>/facets/", FacetsView.as_view(), name="api-facets"),
    path("v1/searches/<uuid:pk>/explain/", ExplainView.as_view(), name="api-explain"),
    path("v1/searches/<uuid:pk>/feedback/", FeedbackView.as_view(), name="api-feedback"),
    path("v1/products/", ProductsView.as_view(**throttled), name="api-products"),
    path("v1/products/<slug:slug>/", ProductView.as_view(**throttled), name="api-product"),
    path("v1/products/<slug:slug>/similar/", SimilarView.as_view(), name="api-similar"),
    path("v1/products/<slug:slug>/outfit/", OutfitView.as_view(), name="api-outfit"),
    path("v1/categories/", CategoriesView.as_view(**throttled), name="api-categories"),
    path("v1/categories/<path:path>/", CategoryView.as_view(**throttled), name="api-category"),
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/docs/", docs, name="api-docs"),
    path("v1/<path:rest>", NothingHere.as_view()),
]
