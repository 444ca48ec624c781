"""The door of the renditions. A front server may serve what is under MEDIA_ROOT itself and ask here for the rest."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from catalog import renditions

FOREVER = "public, max-age=31536000, immutable"  # another picture has another address


@require_safe
def rendition(request: HttpRequest, sha256: str, width: str) -> FileResponse:
    """A picture in one of the shop's widths; 404 for any other width and for pictures that are not there."""
    try:
        file = renditions.ensure(sha256, int(width)).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, content_type="image/webp", headers=headers)
