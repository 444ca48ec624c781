"""Every address of the shop."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from shop import health, media

renditions, originals = f"{settings.MEDIA_URL.strip('/')}/renditions/", f"{settings.MEDIA_URL.strip('/')}/<path:path>"

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="admin-login"),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="language"),
    path("api/", include("shop.api")),
    path(renditions, include("catalog.urls")),
    *([path(originals, media.picture, name="picture")] if settings.SERVE_MEDIA else []),
    path("", include("visualsearch.urls")),
    path("cart/", include("shop.cart.urls")),
    path("", include("shop.orders.urls")),
    path("payments/", include("shop.payments.urls")),
    path("account/", include("shop.accounts.urls")),
    path("", include("shop.reviews.urls")),
    path("wishes/", include("shop.wishes.urls")),
    path("", include("shop.pages")),
]
