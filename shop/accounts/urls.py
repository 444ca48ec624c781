"""The addresses of accounts. Signing in and up, passwords and e-mail addresses are django-allauth's."""

from django.urls import include, path

from shop.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("addresses/", views.addresses, name="addresses"),
    path("addresses/new/", views.address, name="address-new"),
    path("addresses/<int:pk>/", views.address, name="address"),
    path("addresses/<int:pk>/usual/", views.address_usual, name="address-usual"),
    path("addresses/<int:pk>/delete/", views.address_delete, name="address-delete"),
    path("apps/", views.tokens, name="tokens"),
    path("apps/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("data/", views.privacy, name="privacy"),
    path("data/export/", views.export, name="export"),
    path("data/erase/", views.erase, name="erase"),
    path("", include("allauth.account.urls")),
]
