"""The addresses of a search with a photo, and of what looks like a product."""

from django.urls import path

from visualsearch import productviews, refusals, views, whyviews

urlpatterns = [
    path("search/", views.photo_search, name="photo-search"),
    path("search/forget-all/", views.forget_all, name="search-forget-all"),
    path("search/<uuid:pk>/", views.result, name="search"),
    path("search/<uuid:pk>/photo/", views.photo, name="search-photo"),
    path("search/<uuid:pk>/photo/small/", views.small_photo, name="search-small-photo"),
    path("search/<uuid:pk>/crop/", views.crop, name="search-crop"),
    path("search/<uuid:pk>/again/", views.again, name="search-again"),
    path("search/<uuid:pk>/not-it/", refusals.not_it, name="search-not-it"),
    path("search/<uuid:pk>/forget/", views.forget, name="search-forget"),
    path("search/<uuid:pk>/why/", whyviews.explain, name="search-why"),
    path("product/<slug:slug>/similar/", productviews.similar_products, name="product-similar"),
    path("product/<slug:slug>/look/<int:picture>/", productviews.look, name="product-look"),
]
