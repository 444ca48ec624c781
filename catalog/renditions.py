"""The fixed widths in which the shop shows a picture, as WebP.

A rendition is made when somebody first asks for it and then stays: its name holds the hash of the picture, so that it
may be cached for ever, and pages write addresses without looking at a file.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from PIL import Image

WIDTHS = (160, 320, 640, 960, 1600)
USUAL = 640
TALLEST = 4  # heights are at most so many widths: WebP ends at 16,383 px
EXTENSIONS = ("webp", "jpg")  # of originals, as `catalog.pictures` writes them
QUALITY = 80
EFFORT = 2  # of WebP's 6: half the time of its default 4 for files 4% larger


def original(sha256: str, extension: str) -> str:
    """The name in the storage of a picture itself."""
    return f"products/{sha256[:2]}/{sha256}.{extension}"


def url(sha256: str, width: int) -> str:
    """The address of a rendition, made yet or not."""
    return f"{settings.MEDIA_URL}renditions/{sha256[:2]}/{sha256}-{width}.webp"


def srcset(sha256: str, full_width: int) -> str:
    """The renditions of a picture so wide, and how wide each really is: none is larger than the picture."""
    narrower = [width for width in WIDTHS if width < full_width]
    widths = WIDTHS[: len(narrower) + 1]
    return ", ".join(f"{url(sha256, width)} {min(width, full_width)}w" for width in widths)


def widest(full_width: int) -> int:
    """The width of the largest rendition of a picture so wide that says something more than the one before."""
    return next((width for width in WIDTHS if width >= full_width), WIDTHS[-1])


def path(sha256: str, width: int) -> Path:
    """Where a rendition lies, made yet or not."""
    return Path(settings.MEDIA_ROOT) / "renditions" / sha256[:2] / f"{sha256}-{width}.webp"


def ensure(sha256: str, width: int) -> Path:
    """The file of a rendition, made now if need be. Raises FileNotFoundError if there is no such picture or width."""
    file = path(sha256, width)
    if not file.exists():
        _make(_original_of(sha256, width), width, file)
    return file


def forget(sha256: str) -> None:
    """Delete all renditions of a picture."""
    for width in WIDTHS:
        path(sha256, width).unlink(missing_ok=True)


def _original_of(sha256: str, width: int) -> str:
    names = [original(sha256, extension) for extension in EXTENSIONS] if width in WIDTHS else []
    found = next((name for name in names if default_storage.exists(name)), None)
    if found is None:
        raise FileNotFoundError(f"no picture {sha256} in width {width}")
    return found


def _make(name: str, width: int, file: Path) -> None:
    """Write a rendition whole or not at all: another request may be reading or making the same one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, Image.open(source) as picture:
        small = _narrowed(picture, width)
    part = file.with_name(f"{file.name}.{uuid4().hex}")
    try:
        small.save(part, "WEBP", quality=QUALITY, method=EFFORT)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    scale = min(1, width / picture.width, width * TALLEST / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    picture.draft(None, (size[0] * 2, size[1] * 2))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
