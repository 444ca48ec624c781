"""The addresses under MEDIA_URL + "renditions/", as `catalog.renditions.url` spells them."""

from django.urls import re_path

from catalog import views

urlpatterns = [
    re_path(r"^[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})-(?P<width>[0-9]{1,4})\.webp$", views.rendition, name="rendition"),
]
