"""The addresses of reviews, below that of their product."""

from django.urls import path

from shop.reviews import views

urlpatterns = [
    path("product/<slug:slug>/reviews/", views.reviews, name="reviews"),
    path("product/<slug:slug>/review/", views.review, name="review"),
    path("product/<slug:slug>/review/delete/", views.delete, name="review-delete"),
]
