"""One real search from outside, as a shopper's program would make it: the proof that the shop is open."""

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from catalog.models import ProductImage
from visualsearch.models import Indexing, State

PAUSE = 0.3  # seconds between two looks


class NeverOpened(SystemExit):
    """A sentence for the person at the terminal: no search was answered in time."""


def rehearse(address: str, *, watch: Callable[[], object], patience: float = 150) -> None:
    """Waits until the shop at `address` finds products with one of its own pictures. Raises NeverOpened.

    `watch` is called while waiting: it may start fallen processes again.
    """
    deadline = time.monotonic() + patience
    trouble = "no picture has been indexed yet"
    while time.monotonic() < deadline:
        watch()
        if image := _indexed_image():
            trouble = _try(address, image)
            if not trouble:
                return
        time.sleep(PAUSE)
    raise NeverOpened(f"The shop did not answer a search within {patience:.0f} s: {trouble}.")


def _indexed_image() -> ProductImage | None:
    indexing = Indexing.objects.filter(state=State.DONE).select_related("image").first()
    return indexing.image if indexing else None


def _try(address: str, image: ProductImage) -> str:
    """Searches with the picture; gives what went wrong, or nothing."""
    try:
        with image.file.open() as file:
            search = _post(f"{address}/api/v1/searches/", file.read())
        results = _get(f"{address}/api/v1/searches/{search['id']}/results/?object=image&limit=1")
        return "" if results.get("results") else "a search found nothing"
    except (urllib.error.URLError, OSError) as error:
        time.sleep(1)  # the API counts searches a minute
        return f"the web server said: {error}"


def _post(url: str, photo: bytes) -> dict[str, Any]:
    border = secrets.token_hex(16)
    head = f'--{border}\r\nContent-Disposition: form-data; name="photo"; filename="photo"\r\n'
    body = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + photo + f"\r\n--{border}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={border}", "Prefer": "wait=20"}
    return _get(urllib.request.Request(url, body, headers))  # noqa: S310 - the address is this shop's


def _get(request: str | urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the address is this shop's
        return json.load(answer)
