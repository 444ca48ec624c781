"""Why a product was found: the part of the photo and the part of its picture that the score hangs on most.

A worker looks for them when somebody asks, as it takes some forty runs of the embedder. What it finds lies in Valkey as
long as the photo does, and goes with it when it is forgotten.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from PIL import Image

from catalog import images
from visualsearch import photos
from visualsearch.ml.types import Box
from visualsearch.models import PhotoRegion, Region

if TYPE_CHECKING:
    from uuid import UUID

ASKED = 30  # seconds until a worker is asked again for what it has not given


@dataclass(frozen=True, slots=True)
class Side:
    """What a worker found in one of two pictures."""

    box: Box  # the part, in fractions of the upright picture
    score: float  # cosine as it is
    without: float  # cosine with the part greyed out
    colour: str  # of the region in one word; empty where there is none


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both sides, the photo and the product's picture."""

    photo: Side
    product: Side

    @property
    def colour(self) -> str:
        """The colour that both have; empty if they differ."""
        return self.photo.colour if self.photo.colour == self.product.colour else ""

    @classmethod
    def read(cls, text: bytes) -> Self:
        """What `written` wrote."""
        sides = json.loads(text)
        return cls(*(Side(**sides[name] | {"box": Box(*sides[name]["box"])}) for name in ("photo", "product")))

    def written(self) -> str:
        """As JSON."""
        return json.dumps({"photo": _as_json(self.photo), "product": _as_json(self.product)})


def is_to_be_made(asked: PhotoRegion, region: Region) -> bool:
    """Whether the caller is to ask a worker: nobody has done so lately, there is no answer, and the photo lives."""
    key = _key(asked, region)
    valkey = photos.valkey()
    if valkey.exists(key) or not photos.lives(asked.search_id):
        return False
    return bool(valkey.set(f"{key}:asked", 1, ex=ASKED, nx=True))


def awaited(asked: PhotoRegion, region: Region, seconds: float) -> Explanation | None:
    """The explanation, waited for up to so many seconds; None if there is none (yet)."""
    key, valkey = _key(asked, region), photos.valkey()
    # The answer is its own bell: it moves onto itself, so that it wakes all who wait.
    text = valkey.blmove(key, key, seconds) if seconds > 0 else valkey.lindex(key, 0)  # type: ignore[arg-type]
    return Explanation.read(cast("bytes", text)) if text else None


def make(photo_region_id: int, region_id: int) -> Explanation | None:
    """The worker's side: find both parts and keep them; None if the photo or a region went meanwhile."""
    asked = PhotoRegion.objects.select_related("search__version").filter(pk=photo_region_id).first()
    region = Region.objects.select_related("image").filter(pk=region_id).first()
    photo = photos.get(asked.search_id) if asked else None
    if not (asked and region and photo and asked.search.version_id == region.version_id):
        return None
    found = _explained(photo, asked, region)
    left = photos.remaining(asked.search_id) // 1000
    if not left:  # forgotten, or its time is over
        return None
    _keep(asked, region, found, left)
    return found


def forget(search_id: UUID) -> None:
    """Delete all that was found out about a photo."""
    valkey, keys = photos.valkey(), _keys(search_id)
    names = cast("set[bytes]", valkey.smembers(keys))
    valkey.delete(keys, *names)


def _explained(photo: bytes, asked: PhotoRegion, region: Region) -> Explanation:
    from visualsearch import pipeline  # here, as the web imports this module and needs no networks

    assert asked.search.version is not None
    embedder = pipeline.models_in_process(asked.search.version).embedder
    with region.image.file.open("rb") as file:
        picture = images.accept(file.read(), side=photos.LONGEST).image
    mine = _side(Image.open(io.BytesIO(photo)).convert("RGB"), asked, region, embedder)
    return Explanation(mine, _side(picture, region, asked, embedder))


def _side(picture: Image.Image, own: PhotoRegion | Region, other: PhotoRegion | Region, embedder: Any) -> Side:
    """The part of one's region that its likeness to the other's vector hangs on."""
    from visualsearch.ml import hues, occlusion, transforms

    picture = photos.bounded(picture)
    margin = transforms.MARGIN if own.ordinal else 0.0
    crop = transforms.crop(picture, own.box, margin)
    part = occlusion.decisive_part(crop, embedder, other.embedding)
    colour = hues.colour_of(crop) if own.ordinal else ""  # of a whole picture it would be the ground's
    box = within(transforms.widened(own.box, margin), part.box)
    return Side(box, part.score, part.score - part.drop, colour)


def within(outer: Box, inner: Box) -> Box:
    """A box in fractions of another box, in fractions of the picture."""
    width, height = outer.x2 - outer.x1, outer.y2 - outer.y1
    x1, y1 = outer.x1 + inner.x1 * width, outer.y1 + inner.y1 * height
    return Box(x1, y1, outer.x1 + inner.x2 * width, outer.y1 + inner.y2 * height)


def _keep(asked: PhotoRegion, region: Region, found: Explanation, seconds: int) -> None:
    key, keys = _key(asked, region), _keys(asked.search_id)
    with photos.valkey().pipeline() as pipe:
        pipe.delete(key)
        pipe.rpush(key, found.written())
        pipe.sadd(keys, key)
        for one in (key, keys):
            pipe.expire(one, seconds)
        pipe.execute()


def _as_json(side: Side) -> dict[str, Any]:
    return asdict(side) | {"box": side.box.as_list()}


def _key(asked: PhotoRegion, region: Region) -> str:
    return f"search:{asked.search_id}:why:{asked.ordinal}:{region.pk}"


def _keys(search_id: UUID) -> str:
    return f"search:{search_id}:whys"
