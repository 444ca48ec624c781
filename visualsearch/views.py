"""The pages of a search with a photo: it is sent, waited for, looked at, cropped, tried again, forgotten."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.filters import Filters
from catalog.images import PictureRefused
from catalog.querysets import in_one_line
from visualsearch import crops, photos, recents, searches, uploads
from visualsearch.forms import CropForm
from visualsearch.models import PhotoSearch, State
from visualsearch.prominence import main_of
from visualsearch.results import PLACES, items_of, part_of
from visualsearch.search import BadCursor
from visualsearch.tasks import describe_crop, describe_photo
from visualsearch.throttles import PerAddress, TooOften
from visualsearch.wishes import LONGEST, Wishes

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import QueryDict

    from visualsearch.ml.types import Detection
    from visualsearch.models import PhotoCrop
    from visualsearch.results import Item

FIRST_LOOK = 0.6  # seconds that a page is held back for its results; after that it shows the photo, and waits there
SOON = 0.25  # seconds that boxes are held back for the lists, which may come along with them
REFUSED = {"too_small": 400, "too_many": 409, "no_results": 409, "gone": 410}  # the HTTP status of a part not searched


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
        PerAddress().allow_request(request, None)
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
        search = searches.begin(photo, describe_photo.delay_on_commit)
    except PictureRefused as error:
        return _refused(request, error.message, uploads.STATUS.get(error.code, uploads.OTHERWISE))
    words = in_one_line(request.POST.get("words", ""), LONGEST)
    asked = f"?{urlencode({'words': words})}" if words else ""
    response = SeeOther(f"{reverse('search', args=[search.pk])}{asked}")
    recents.remember(request, response, search)
    return response


@require_safe
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The search: found, still waiting, or given up. Holds its answer a moment for a worker that is nearly done."""
    try:
        search = _awaited(request, searches.found(pk))
        if search.state == State.DONE:
            return _found(request, search)
    except ObjectDoesNotExist as error:  # or forgotten while it was waited for
        raise Http404 from error
    sightings, asked = main_first(photos.glanced(pk)), request.GET.copy()
    asked.pop("boxes", None)
    context = _context(search) | {"sightings": sightings, "again": _address(request, asked)}
    if sightings is not None:
        asked["boxes"] = "1"
    context["onward"] = _address(request, asked)
    return _answer(request, "waiting" if search.state == State.WAITING else "failed", context)


@require_http_methods(["GET", "HEAD", "POST"])
def crop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Search a part of the photo that is here already, and lead to what it found."""
    search, form = get_object_or_404(PhotoSearch, pk=pk), CropForm(request.POST)
    address = reverse("search", args=[pk])
    if request.method != "POST" or search.state != State.DONE:
        return SeeOther(f"{address}?{request.GET.urlencode()}" if request.GET else address)
    if not form.is_valid():
        return _found(request, search, form=form, status=400)
    try:
        PerAddress().allow_request(request, None)
        part = crops.begin(search, box=form.box)
    except crops.CropRefused as error:
        form.add_error(None, error.message)
        return _found(request, search, form=form, status=REFUSED[error.code])
    except TooOften as error:
        form.add_error(None, str(error.detail))
        response = _found(request, search, form=form, status=error.status_code)
        response["Retry-After"] = str(error.wait)
        return response
    if part.new and part.crop:
        describe_crop.delay_on_commit(str(part.crop.pk))
    return SeeOther(f"{address}?{urlencode({'item': part.ordinal})}")


@require_safe
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photo itself, as long as it lives."""
    jpeg = photos.get(pk)
    if jpeg is None:
        raise Http404
    return _jpeg(pk, jpeg)


@require_safe
def small_photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A small copy of it, for a list of photos."""
    jpeg = photos.small(pk)
    if jpeg is None:
        raise Http404
    return _jpeg(pk, jpeg)


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
    return _forget(request, [pk])


@require_POST
def forget_all(request: HttpRequest) -> HttpResponse:
    """Delete every search that this browser remembers, with its photo."""
    return _forget(request, [one.id for one in recents.of(request)])


def _forget(request: HttpRequest, search_ids: list[UUID]) -> HttpResponse:
    for search in PhotoSearch.objects.filter(pk__in=search_ids):
        searches.forget(search)
    response = SeeOther(reverse("home"))
    recents.drop(request, response, search_ids)
    return response


def _awaited(request: HttpRequest, search: PhotoSearch) -> PhotoSearch:
    """The search once a worker is done with it or has seen what is in the photo, or after a while.

    A page comes soon, with the photo. Its own script waits longer, for the boxes first if it has none yet.
    """
    patience = settings.VISUALSEARCH["WAIT"]
    if not _by_script(request):
        patience = min(patience, FIRST_LOOK)
    elif search.state == State.WAITING and "boxes" not in request.GET:
        patience = SOON if photos.glanced(search.pk, patience) is not None else 0
    return searches.awaited(search, patience)


def _found(
    request: HttpRequest, search: PhotoSearch, *, form: CropForm | None = None, status: int = 200
) -> HttpResponse:
    """What was found, with the form for another part as it was filled in, or at the item that is looked at."""
    crop = _pending(request, search)
    items, part = _items(request, search), crop and part_of(crop)
    if part:
        items = [replace(item, chosen=False) for item in items]
    chosen = part or next(item for item in items if item.chosen)
    context = {"whole": items[0], "items": items[1:], "chosen": chosen, "part": part, "places": PLACES}
    context |= {"reason": searches.REASONS[crop.reason] if crop and crop.state == State.FAILED else ""}
    context |= {"crop_form": form or CropForm.around(chosen.box)}
    return _answer(request, "search", _context(search) | context, status=status)


def _address(request: HttpRequest, asked: QueryDict) -> str:
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _pending(request: HttpRequest, search: PhotoSearch) -> PhotoCrop | None:
    """The part that the address chooses, while it is no region: a worker is at it, or has given up."""
    ordinal = _ordinal(request)
    crop = crops.pending(search, ordinal) if ordinal else None
    if crop is None:
        return None
    patience = settings.VISUALSEARCH["WAIT"]
    crop = crops.awaited(crop, patience if _by_script(request) else min(patience, FIRST_LOOK))
    return None if crop.state == State.DONE else crop


def main_first(found: list[Detection] | None) -> list[Detection] | None:
    """The main thing first, as its list will come first; None if nothing is known yet."""
    main = main_of(found or [])
    return found and sorted(found, key=lambda one: one is not main)


def _context(search: PhotoSearch) -> dict[str, Any]:
    lives = photos.lives(search.pk)
    context = {"search": search, "state": search.state, "photo_lives": lives}
    return context | {"photo_url": reverse("search-photo", args=[search.pk]) if lives else None}


def _answer(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, f"visualsearch/{name}.html", context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _jpeg(search_id: UUID, jpeg: bytes) -> HttpResponse:
    """A picture that no browser keeps longer than we do."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=photos.remaining(search_id) // 1000)
    return response


def _by_script(request: HttpRequest) -> bool:
    """Whether a waiting page asks how far the worker is, and not a person for a page."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _ordinal(request: HttpRequest) -> int | None:
    """The item that the address chooses; None where it says nothing or nonsense."""
    item = request.GET.get("item", "")
    return int(item) if item.isdecimal() and len(item) < 4 else None


def _items(request: HttpRequest, search: PhotoSearch) -> list[Item]:
    """The lists that the address asks for; an address that asks for nonsense gets the usual ones."""
    chosen, worn = _ordinal(request), request.GET.get("worn", "")
    filters, far = Filters.read(request.GET), request.GET.get("far") == "1"
    wishes = Wishes.read(request.GET.get("words", ""))
    wanted = partial(items_of, search, chosen=chosen, worn=worn, filters=filters, far=far, wishes=wishes)
    try:
        return wanted(after=request.GET.get("after"))
    except BadCursor:
        return wanted()


def _refused(request: HttpRequest, message: str, status: int) -> HttpResponse:
    return render(request, "visualsearch/refused.html", {"message": message}, status=status)
