"""The addresses of the storefront."""

from django.contrib.sitemaps import views as maps
from django.urls import path

from shop import feeds, sitemaps, sizing, suggestions, views

urlpatterns = [
    path("", views.home, name="home"),
    path("category/<path:path>/", views.category, name="category"),
    path("product/<slug:slug>/", views.product, name="product"),
    path("sizes/<path:path>/", sizing.sizes, name="sizes"),
    path("find/", views.find, name="find"),
    path("find/suggest/", suggestions.suggest, name="suggest"),
    path("new.rss", feeds.New(), name="new-rss"),
    path("new.atom", feeds.NewAtom(), name="new-atom"),
    path("offline/", views.offline, name="offline"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml", maps.index, {"sitemaps": sitemaps.SECTIONS, "sitemap_url_name": "sitemap"}, name="sitemap-index"
    ),
    path("sitemap-<section>.xml", maps.sitemap, {"sitemaps": sitemaps.SECTIONS}, name="sitemap"),
    path("worker.js", views.service_worker, name="service-worker"),
]
