"""The addresses of the storefront."""

from django.urls import path

from shop import views

urlpatterns = [
    path("", views.home, name="home"),
    path("category/<path:path>/", views.category, name="category"),
    path("product/<slug:slug>/", views.product, name="product"),
    path("find/", views.find, name="find"),
    path("offline/", views.offline, name="offline"),
    path("worker.js", views.service_worker, name="service-worker"),
]
