"""The addresses of wish lists."""

from django.urls import path

from shop.wishes import views

urlpatterns = [path("", views.wishes, name="wishes"), path("<slug:slug>/", views.wish, name="wish")]
