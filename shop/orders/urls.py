"""The addresses of the checkout and of orders."""

from django.urls import path

from shop.orders import checkoutviews, views

urlpatterns = [
    path("checkout/", checkoutviews.checkout, name="checkout"),
    path("orders/", views.orders, name="orders"),
    path("order/<str:secret>/", views.order, name="order"),
    path("order/<str:secret>/invoice/", views.invoice, name="order-invoice"),
    path("order/<str:secret>/pay/", views.pay, name="order-pay"),
    path("order/<str:secret>/cancel/", views.cancel, name="order-cancel"),
]
