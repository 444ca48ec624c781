"""Serves the catalogue's pictures where no front server or object storage does."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

from catalog import renditions

FOREVER = "public, max-age=31536000, immutable"  # a picture's path holds its hash: what changes is another file


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """The picture `path` under MEDIA_ROOT; 404 for anything outside it, and for anything that a browser might run."""
    if path.rpartition(".")[2] not in renditions.EXTENSIONS:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = FOREVER
    return response
