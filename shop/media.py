"""Serves the catalogue's pictures where no front server or object storage does."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

FOREVER = "public, max-age=31536000, immutable"  # a picture's path holds its hash: what changes is another file


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file `path` under MEDIA_ROOT, where only pictures lie; 404 for anything outside it."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = FOREVER
    return response
