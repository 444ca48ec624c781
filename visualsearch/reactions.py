"""What people do with the results of a search: they look at a product, put it into the cart, or say that it is not it.

A link from a result carries a `Seen`, which says what was shown where. It is signed, so that nobody makes up clicks,
and names the search by its trace alone: who passes the link on does not pass on the photo.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.utils import timezone
from django.utils.crypto import salted_hmac

from visualsearch.insight import trace
from visualsearch.modelsinsight import Reaction
from visualsearch.searches import KEPT, quick_transaction

if TYPE_CHECKING:
    from django.http import HttpRequest

    from catalog.models import Product
    from visualsearch.models import PhotoSearch

PARAMETER = "seen"  # of a product's address
LAYOUT = struct.Struct(">8sIHI")  # trace, seconds, item, rank
SEAL = 9  # bytes of the signature


class Seen(NamedTuple):
    """A product's place in the list of one item of a search."""

    trace: str
    asked: datetime
    ordinal: int
    rank: int | None = None

    @classmethod
    def of(cls, search: PhotoSearch, ordinal: int, rank: int | None = None) -> Self:
        """A place in the lists of this search."""
        return cls(trace(search.pk), search.created, ordinal, rank)

    def token(self, product: Product) -> str:
        """The place as a link to this product carries it, for no other product."""
        packed = LAYOUT.pack(bytes.fromhex(self.trace), int(self.asked.timestamp()), self.ordinal, self.rank or 0)
        return base64.urlsafe_b64encode(packed + _seal(packed, product)).decode()

    @classmethod
    def read(cls, text: str, product: Product) -> Self | None:
        """The place in a link; None if the text is not ours, not about this product, or of a search that is over."""
        try:
            raw = base64.urlsafe_b64decode(text)
            packed, seal = raw[: LAYOUT.size], raw[LAYOUT.size :]
            name, seconds, ordinal, rank = LAYOUT.unpack(packed)
        except (binascii.Error, ValueError, struct.error):
            return None
        asked = datetime.fromtimestamp(seconds, UTC)
        if not hmac.compare_digest(seal, _seal(packed, product)) or timezone.now() - asked > KEPT:
            return None
        return cls(name.hex(), asked, ordinal, rank or None)


def react(kind: str, seen: Seen, product: Product) -> None:
    """Count it; a second time is no other. One statement that does not wait for the disk."""
    row = Reaction(kind=kind, product=product, **seen._asdict())
    with quick_transaction():
        Reaction.objects.bulk_create([row], ignore_conflicts=True)


def refused(search: PhotoSearch) -> ArraySubquery:
    """For a query about the search: the ids of the products that somebody said are not it. No query of its own."""
    said = Reaction.objects.filter(trace=trace(search.pk), kind=Reaction.Kind.NOT_IT)
    return ArraySubquery(said.order_by("product_id").distinct("product_id").values("product_id"))


def take_back(search: PhotoSearch) -> None:
    """Nothing is "not it" any more: those products stand in the search's lists again."""
    Reaction.objects.filter(trace=trace(search.pk), kind=Reaction.Kind.NOT_IT).delete()


def note_click(request: HttpRequest, product: Product) -> None:
    """Count a look at a product's page, if a link from a result led here and somebody looks indeed."""
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")  # a browser fetches ahead
    text = request.GET.get(PARAMETER, "")
    if text and request.method == "GET" and "prefetch" not in ahead and (seen := Seen.read(text, product)):
        react(Reaction.Kind.CLICK, seen, product)


def _seal(packed: bytes, product: Product) -> bytes:
    return salted_hmac("visualsearch.seen", packed + b"%d" % product.pk, algorithm="sha256").digest()[:SEAL]
