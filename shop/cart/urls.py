"""The addresses of the cart."""

from django.urls import path

from shop.cart import views

urlpatterns = [
    path("", views.cart, name="cart"),
    path("add/", views.add, name="cart-add"),
    path("change/", views.change, name="cart-change"),
    path("remove/", views.remove, name="cart-remove"),
    path("voucher/", views.voucher, name="cart-voucher"),
    path("sizes/<slug:slug>/", views.sizes, name="cart-sizes"),
]
