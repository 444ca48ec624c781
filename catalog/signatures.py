"""What a file is, told from its first bytes, never from its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

AVIF = {b"avif", b"avis"}
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `name` is for people; `format` is set for the pictures that the shop reads."""

    name: str | Promise
    picture: bool = False
    format: str = ""


def _offered(format: str) -> Kind:
    return Kind(format, picture=True, format=format)


OFFERED = {format: _offered(format) for format in ("JPEG", "PNG", "WebP", "AVIF", "GIF", "HEIC")}
SVG = Kind(_("an SVG drawing"), picture=True)
RAW = Kind(_("a camera's raw picture"), picture=True)
VIDEO = Kind(_("a video"))
ARCHIVE = Kind(_("a compressed archive"))
PROGRAM = Kind(_("a program"))
HTML = Kind(_("a web page"))
TEXT = Kind(_("a text file"))
UNKNOWN = Kind("")

# Longer beginnings stand before those that they begin with.
BEGINNINGS: list[tuple[bytes, Kind]] = [
    (b"\xff\xd8\xff", OFFERED["JPEG"]),
    (b"\x89PNG\r\n\x1a\n", OFFERED["PNG"]),
    (b"GIF87a", OFFERED["GIF"]),
    (b"GIF89a", OFFERED["GIF"]),
    (b"II*\0\x10\0\0\0CR", RAW),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"II*\0", Kind(_("a TIFF picture"), picture=True)),
    (b"MM\0*", Kind(_("a TIFF picture"), picture=True)),
    (b"II+\0", Kind(_("a TIFF picture"), picture=True)),
    (b"MM\0+", Kind(_("a TIFF picture"), picture=True)),
    (b"BM", Kind(_("a BMP picture"), picture=True)),
    (b"\0\0\1\0", Kind(_("an icon file"), picture=True)),
    (b"\0\0\2\0", Kind(_("an icon file"), picture=True)),
    (b"icns", Kind(_("an icon file"), picture=True)),
    (b"8BPS", Kind(_("a Photoshop document"), picture=True)),
    (b"gimp xcf", Kind(_("a GIMP document"), picture=True)),
    (b"\xff\x0a", Kind(_("a JPEG XL picture"), picture=True)),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Kind(_("a JPEG XL picture"), picture=True)),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind(_("a JPEG 2000 picture"), picture=True)),
    (b"\xff\x4f\xff\x51", Kind(_("a JPEG 2000 picture"), picture=True)),
    (b"qoif", Kind(_("a QOI picture"), picture=True)),
    (b"DDS ", Kind(_("a DDS texture"), picture=True)),
    (b"v/1\x01", Kind(_("an OpenEXR picture"), picture=True)),
    (b"#?RADIANCE", Kind(_("a Radiance HDR picture"), picture=True)),
    *((b"P%d%c" % (n, space), Kind(_("a PNM picture"), picture=True)) for n in range(1, 8) for space in b"\n\r\t "),
    (b"%!PS", Kind(_("a PostScript document"))),
    (b"{\\rtf", Kind(_("an RTF document"))),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind(_("an Office document"))),
    (b"SQLite format 3\0", Kind(_("a database"))),
    (b"PK\3\4", Kind(_("a ZIP archive or an Office document"))),
    (b"PK\5\6", Kind(_("a ZIP archive or an Office document"))),
    (b"\x1f\x8b", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ\0", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"\x7fELF", PROGRAM),
    (b"MZ", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"\0\0\1\xba", VIDEO),
    (b"FLV\1", VIDEO),
    (b"ID3", Kind(_("a sound file"))),
    (b"OggS", Kind(_("a sound file"))),
    (b"fLaC", Kind(_("a sound file"))),
]
RIFF = {b"WEBP": OFFERED["WebP"], b"WAVE": Kind(_("a sound file")), b"AVI ": VIDEO}


def kind_of(data: bytes) -> Kind:
    """What the bytes begin as; UNKNOWN, with an empty name, if they are like nothing known."""
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12], UNKNOWN)
    if data[4:8] == b"ftyp":
        return _of_brands(data)
    for beginning, kind in BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if b"%PDF-" in data[:1024]:
        return Kind(_("a PDF document"))
    return ARCHIVE if data[257:262] == b"ustar" else _of_text(data[:2048])


def _of_brands(data: bytes) -> Kind:
    """Of the family of MP4, to which AVIF and HEIC belong: a list of four-letter brands says which."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12]} | {data[at : at + 4] for at in range(16, end, 4)}
    if brands & AVIF:
        return OFFERED["AVIF"]
    if brands & HEIC:
        return OFFERED["HEIC"]
    return RAW if b"crx " in brands else VIDEO


def _of_text(start: bytes) -> Kind:
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = start.decode(encoding, errors="replace").lstrip().lower()
    if "<svg" in text and text.startswith("<"):
        return SVG
    if text.startswith(("<!doctype", "<html", "<head", "<body", "<script")):
        return HTML
    odd = sum(not (letter.isprintable() or letter.isspace()) or letter == "\ufffd" for letter in text)
    return TEXT if text and odd <= 1 else UNKNOWN  # one letter may be cut in two at the end


def holds_only_the_picture(data: bytes) -> bool:
    """Whether a JPEG or WebP has nothing beside its pixels: no EXIF, no place, no profile, no comment, no tail."""
    if data[:4] == b"RIFF":
        return data[12:16] in (b"VP8 ", b"VP8L") and _length_of_first_chunk(data) == len(data)
    return data[:3] == b"\xff\xd8\xff" and _bare_jpeg(data)


def _length_of_first_chunk(data: bytes) -> int:
    length = int.from_bytes(data[16:20], "little")
    return 20 + length + length % 2


def _bare_jpeg(data: bytes) -> bool:
    """Walk the segments up to the scan. APP0 (JFIF) and APP14 (how colours are coded) belong to the pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            return data.find(b"\xff\xd9", at) == len(data) - 2
        if marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xEE)):
            return False
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False
