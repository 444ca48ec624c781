"""The pages of a search with a photo: it is sent, waited for, looked at, tried again, forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.images import PictureRefused
from visualsearch import photos, searches, uploads
from visualsearch.filters import Filters
from visualsearch.models import PhotoSearch, State
from visualsearch.results import items_of
from visualsearch.search import BadCursor
from visualsearch.tasks import describe_photo
from visualsearch.throttles import PerAddress, TooOften

if TYPE_CHECKING:
    from uuid import UUID

    from visualsearch.results import Item


class SeeOther(HttpResponseRedirect):
    """What was posted is done; look at it there."""

    status_code = 303


@csrf_exempt  # `_begin` is protected: the token is read from the form, and the form only once the photo has its place
@require_http_methods(["GET", "HEAD", "POST"])
def photo_search(request: HttpRequest) -> HttpResponse:
    """Take a photo and lead to its search. Without one (somebody reloads) there is the shop."""
    if request.method != "POST":
        return redirect("home")
    handler = uploads.keep_in_memory(request)
    try:
        photo = uploads.photo(handler, request.FILES.get(uploads.FIELD))
        PerAddress().allow_request(request, None)  # type: ignore[arg-type]
    except PictureRefused as error:
        return _refused(request, error.message, uploads.STATUS.get(error.code, uploads.OTHERWISE))
    except TooOften as error:
        response = _refused(request, str(error.detail), error.status_code)
        response["Retry-After"] = str(error.wait)
        return response
    return _begin(request, photo)


@csrf_protect
def _begin(request: HttpRequest, photo: bytes) -> HttpResponse:
    try:
        search = searches.begin(photo)
    except PictureRefused as error:
        return _refused(request, error.message, uploads.STATUS.get(error.code, uploads.OTHERWISE))
    describe_photo.delay_on_commit(str(search.pk))
    return SeeOther(reverse("search", args=[search.pk]))


@require_safe
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The search: found, still waiting, or given up. Holds its answer a moment for a worker that is nearly done."""
    search = searches.awaited(get_object_or_404(PhotoSearch, pk=pk), settings.VISUALSEARCH["WAIT"])
    lives = photos.lives(pk)
    context = {"search": search, "state": search.state, "photo_lives": lives}
    context["photo_url"] = reverse("search-photo", args=[pk]) if lives else None
    if search.state == State.DONE:
        whole, *items = _items(request, search)
        response = render(request, "visualsearch/search.html", context | {"whole": whole, "items": items})
    elif search.state == State.WAITING:
        response = render(request, "visualsearch/waiting.html", context)
    else:
        response = render(request, "visualsearch/failed.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photo itself, as long as it lives."""
    jpeg = photos.get(pk)
    if jpeg is None:
        raise Http404
    response = HttpResponse(jpeg, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=settings.VISUALSEARCH["PHOTO_TTL"])
    return response


@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try a failed search once more with the photo that is still there."""
    search = get_object_or_404(PhotoSearch, pk=pk)
    if searches.ask_again(search):
        describe_photo.delay_on_commit(str(pk))
    return SeeOther(reverse("search", args=[pk]))


@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete the photo and what was found in it; to forget twice is no error."""
    for search in PhotoSearch.objects.filter(pk=pk):
        searches.forget(search)
    return SeeOther(reverse("home"))


def _items(request: HttpRequest, search: PhotoSearch) -> list[Item]:
    """The lists that the address asks for; an address that asks for nonsense gets the usual ones."""
    item, after = request.GET.get("item", ""), request.GET.get("after")
    chosen = int(item) if item.isdecimal() and len(item) < 4 else None
    filters, far = Filters.read(request.GET), request.GET.get("far") == "1"
    try:
        return items_of(search, chosen=chosen, after=after, filters=filters, far=far)
    except BadCursor:
        return items_of(search, chosen=chosen, filters=filters, far=far)


def _refused(request: HttpRequest, message: str, status: int) -> HttpResponse:
    return render(request, "visualsearch/refused.html", {"message": message}, status=status)
