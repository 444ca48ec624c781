"""The addresses of accounts. Signing in and up, passwords and e-mail addresses are django-allauth's."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.account.urls"))]
