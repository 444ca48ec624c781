"""The addresses of a search with a photo."""

from django.urls import path

from visualsearch import views

urlpatterns = [
    path("search/", views.photo_search, name="photo-search"),
    path("search/forget-all/", views.forget_all, name="search-forget-all"),
    path("search/<uuid:pk>/", views.result, name="search"),
    path("search/<uuid:pk>/photo/", views.photo, name="search-photo"),
    path("search/<uuid:pk>/photo/small/", views.small_photo, name="search-small-photo"),
    path("search/<uuid:pk>/crop/", views.crop, name="search-crop"),
    path("search/<uuid:pk>/again/", views.again, name="search-again"),
    path("search/<uuid:pk>/forget/", views.forget, name="search-forget"),
]
