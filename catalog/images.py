"""Bytes from outside become an upright RGB picture, or a refusal that says what is wrong and what to do."""

from __future__ import annotations

import hashlib
import importlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import Any, NoReturn

from django.utils.translation import gettext
from PIL import ExifTags, Image

from catalog import signatures

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 32
TAKEN = "JPEG, PNG, WebP, AVIF, GIF, HEIC"

# Each file goes to the one reader that its first bytes name. Image.open would ask them all, and load them.
READERS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),  # an MPO is read as the JPEG that it begins with
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "WebP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "HEIC": ("pillow_heif", "HeifImageFile"),
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MISSING = (
    "truncated",
    "unexpected end",
    "end of file",
    "not enough",
    "bytes not processed",
    "no more data",
    "premature",
)


class PictureRefused(ValueError):
    """A picture that is not taken. `code` is for programs, `message` for people, in their language.

    Codes: empty, too_large, not_a_picture, format_not_offered, cut_off, damaged, too_many_pixels, too_small.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Accepted:
    """A picture that is taken.

    `image` is RGB, upright and without metadata; `width` and `height` are those of the whole upright picture, even
    where `image` was read smaller. `sha256` is that of the bytes. `pure`: the bytes hold nothing but this RGB picture.
    """

    image: Image.Image
    sha256: str
    width: int
    height: int
    format: str
    pure: bool


def accept(data: bytes, *, max_bytes: int = MAX_BYTES, side: int | None = None, pure_unread: bool = False) -> Accepted:
    """Read a picture. With `side`, a JPEG may come smaller, and sooner, if its longer side keeps at least so many px.

    Animations give their first frame. With `pure_unread`, of a picture that is `pure` only the header is read: whoever
    uses it must look through it. Raises PictureRefused, and nothing else, whatever the bytes are.
    """
    kind = _offered_kind(data, max_bytes)
    with warnings.catch_warnings():
        # Readers warn of bad EXIF and the like, which is dropped anyway. Only theirs: filters are not per thread.
        warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")
        try:
            opened = _open(data, kind.format)
            _check(*opened.size)
            pure = opened.mode == "RGB" and signatures.holds_only_the_picture(data)
            full, (image, turned) = opened.size, (opened, False) if pure and pure_unread else _decode(opened, side)
        except PictureRefused:
            raise
        except Exception as error:  # the readers raise whatever they trip over
            _refuse_broken(data, error)
    width, height = full if not turned else (full[1], full[0])
    return Accepted(image, hashlib.sha256(data).hexdigest(), width, height, kind.format, pure)


def refuse_size(has: int, most: int) -> NoReturn:
    """Refuse a file of so many bytes where so many are taken: doors may do so before they read it."""
    message = gettext("The file has {has} MB; at most {most} MB are taken. Send a smaller picture.")
    said = message.format(has=f"{ceil(has / 2**20 * 10) / 10:g}", most=f"{most / 2**20:g}")
    raise PictureRefused("too_large", said)


def _offered_kind(data: bytes, max_bytes: int) -> signatures.Kind:
    if not data:
        raise PictureRefused("empty", gettext("The file is empty. Choose a picture."))
    if len(data) > max_bytes:
        refuse_size(len(data), max_bytes)
    kind = signatures.kind_of(data)
    if kind.format:
        return kind
    if kind.picture:
        message = gettext("This is {kind}, which cannot be read here. Save it as one of these: {taken}.")
        raise PictureRefused("format_not_offered", message.format(kind=kind.name, taken=TAKEN))
    what = gettext("This is {kind}, not a picture.").format(kind=kind.name) if kind.name else ""
    message = gettext("{what} Choose a picture in one of these formats: {taken}.")
    what = what or gettext("This file is not a picture.")
    raise PictureRefused("not_a_picture", message.format(what=what, taken=TAKEN))


def _open(data: bytes, format: str) -> Image.Image:
    """The picture with its header read, and nothing decoded."""
    module, name = READERS[format]
    try:
        reader = getattr(importlib.import_module(module), name)
    except ImportError:
        message = gettext("HEIC pictures cannot be read by this shop. Save it as JPEG and send that.")
        raise PictureRefused("format_not_offered", message) from None
    return reader(BytesIO(data))


def _check(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        has, most = f"{width * height / 1e6:.0f}", f"{MAX_PIXELS / 1e6:.0f}"
        message = gettext("The picture has {has} megapixels; at most {most} are taken. Send a smaller one.")
        raise PictureRefused("too_many_pixels", message.format(has=has, most=most))
    if min(width, height) < MIN_SIDE:
        message = gettext("The picture is {width} x {height} pixels; each side needs {least}. Send a larger one.")
        raise PictureRefused("too_small", message.format(width=width, height=height, least=MIN_SIDE))


def _decode(opened: Image.Image, side: int | None) -> tuple[Image.Image, bool]:
    """The upright RGB picture, and whether width and height changed places."""
    if side:
        scale = min(1, side / max(opened.size))
        opened.draft(None, (ceil(opened.width * scale), ceil(opened.height * scale)))
    opened.load()
    orientation = _orientation(opened)
    image = _in_rgb(opened)
    if orientation in TURNS:
        image = image.transpose(TURNS[orientation])
    image.info = {}
    return image, orientation >= 5


def _orientation(picture: Image.Image) -> int:
    """EXIF's way up, 1 to 8; upright if EXIF is absent, corrupt or says nothing sensible."""
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
        return value if value in TURNS else 1
    except Exception:  # see `accept`: a corrupt EXIF does not spoil a good picture
        return 1


def _in_rgb(picture: Image.Image) -> Image.Image:
    """Any mode to RGB: 16 bits to 8, profiles to sRGB, transparency onto white."""
    if picture.mode.startswith(("I", "F")):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
        picture.info.pop("transparency", None)  # counted in 16 bits
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return _in_srgb(ground, picture.info)
    upright = _in_srgb(picture, picture.info)
    return upright if upright.mode == "RGB" else upright.convert("RGB")  # a needless copy is a quarter of the work


def _in_srgb(picture: Image.Image, info: dict[Any, Any]) -> Image.Image:
    """Colours as sRGB screens show them, where the picture carries another profile (phones: Display P3)."""
    if not info.get("icc_profile") or picture.mode not in ("RGB", "CMYK"):
        return picture
    from PIL import ImageCms

    try:
        profile = ImageCms.getOpenProfile(BytesIO(info["icc_profile"]))
        if "sRGB" in ImageCms.getProfileDescription(profile):
            return picture
        return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB") or picture
    except Exception:  # see `accept`: without a usable profile the colours are taken as they are
        return picture


def _refuse_broken(data: bytes, error: Exception) -> NoReturn:
    if _ends_early(data) or any(word in str(error).lower() for word in MISSING):
        message = gettext("The picture is cut off: a part of the file is missing. Send the whole file again.")
        raise PictureRefused("cut_off", message) from error
    message = gettext("The picture is damaged and cannot be read. Save it anew and send that.")
    raise PictureRefused("damaged", message) from error


def _ends_early(data: bytes) -> bool:
    """Whether the file says that it is longer than it is (WebP, AVIF, HEIC), or stops within its header."""
    if len(data) < 64:
        return True
    if data[:4] == b"RIFF":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    at = 0
    while data[4:8] == b"ftyp" and at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 8:
            return False
        at += length
    return at > len(data)
