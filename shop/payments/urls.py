"""The addresses of payments: the way to a provider, and those that providers call."""

from django.urls import include, path

from shop.payments import views

urlpatterns = [path("pay/<uuid:token>/", views.pay, name="pay"), path("", include("payments.urls"))]
