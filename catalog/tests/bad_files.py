"""Files that no picture door takes: what makes each one, and the code it is refused with."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from typing import NamedTuple

from PIL import Image


class BadFile(NamedTuple):
    """A file as somebody might send it."""

    name: str
    data: bytes
    code: str


def picture(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """A picture with something in every part of it, so that its compressed forms are not trivially short."""
    noise = random.Random(7)
    small = Image.frombytes("RGB", (24, 16), bytes(noise.randrange(256) for _ in range(24 * 16 * 3)))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def encoded(format: str, image: Image.Image | None = None, **options: object) -> bytes:
    """A picture as the bytes of a file."""
    data = io.BytesIO()
    (image or picture()).save(data, format, **options)
    return data.getvalue()


def png_of(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    """A grey 8-bit PNG that says it is so large, around whatever pixel data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), *more, _chunk(b"IDAT", zlib.compress(pixels, 9)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def bad_files() -> list[BadFile]:
    """All of them. Made when asked for: a few are large."""
    return [BadFile(*row) for row in (*_not_pictures(), *_other_formats(), *_broken(), *_out_of_bounds())]


def _not_pictures() -> list[tuple[str, bytes, str]]:
    text = "Dear shop, please find my photo attached."
    return [
        ("empty.jpg", b"", "empty"),
        ("note.txt", text.encode(), "not_a_picture"),
        ("note-renamed.jpg", text.encode(), "not_a_picture"),
        ("note-utf16.txt", text.encode("utf-16"), "not_a_picture"),
        ("one-byte.jpg", b"x", "not_a_picture"),
        ("spaces.png", b" " * 500, "not_a_picture"),
        ("zeros.jpg", bytes(5000), "not_a_picture"),
        ("noise.jpg", random.Random(1).randbytes(5000), "not_a_picture"),
        ("error-page.jpg", b"<!DOCTYPE html><html><body>404</body></html>", "not_a_picture"),
        ("script.gif", b"<script>alert(1)</script>", "not_a_picture"),
        ("answer.json", b'{"error": "no such picture"}', "not_a_picture"),
        ("products.csv", b"Handle,Title\nshirt,Shirt\n", "not_a_picture"),
        ("invoice.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "not_a_picture"),
        ("pdf-with-a-photo.jpg", b"\n%PDF-1.4\n" + encoded("JPEG"), "not_a_picture"),
        ("photos.zip", _zip(), "not_a_picture"),
        ("zip-renamed.png", _zip(), "not_a_picture"),
        ("photos.tar.gz", gzip.compress(b"photos" * 100), "not_a_picture"),
        ("photos.rar", b"Rar!\x1a\x07\x01\x00" + bytes(50), "not_a_picture"),
        ("film.mp4", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(50), "not_a_picture"),
        ("film.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(50), "not_a_picture"),
        ("film.webm", b"\x1aE\xdf\xa3" + bytes(50), "not_a_picture"),
        ("sound.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(28), "not_a_picture"),
        ("song.mp3", b"ID3\4" + bytes(50), "not_a_picture"),
        ("program.jpg", b"\x7fELF\2\1\1" + bytes(50), "not_a_picture"),
        ("setup.exe", b"MZ\x90\0" + bytes(50), "not_a_picture"),
        ("page.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_a_picture"),
    ]


def _other_formats() -> list[tuple[str, bytes, str]]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script>alert(1)</script></svg>'
    return [
        ("drawing.svg", svg, "format_not_offered"),
        ("drawing-with-prologue.svg", b'<?xml version="1.0"?>\n<!-- logo -->\n' + svg, "format_not_offered"),
        ("svg-renamed.png", b"\xef\xbb\xbf" + svg, "format_not_offered"),
        ("scan.tif", encoded("TIFF"), "format_not_offered"),
        ("scan-renamed.jpg", encoded("TIFF"), "format_not_offered"),
        ("paint.bmp", encoded("BMP"), "format_not_offered"),
        ("favicon.ico", encoded("ICO"), "format_not_offered"),
        ("lossless.ppm", encoded("PPM"), "format_not_offered"),
        ("texture.dds", encoded("DDS"), "format_not_offered"),
        ("layers.psd", b"8BPS\0\1" + bytes(60), "format_not_offered"),
        ("next.jxl", b"\xff\x0a" + bytes(60), "format_not_offered"),
        ("cinema.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), "format_not_offered"),
        ("canon.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(60), "format_not_offered"),
    ]


def _broken() -> list[tuple[str, bytes, str]]:
    large = picture(480, 320)
    jpeg, progressive = encoded("JPEG", large), encoded("JPEG", large, progressive=True)
    png, webp, gif, avif = (encoded(format, large) for format in ("PNG", "WEBP", "GIF", "AVIF"))
    return [
        *(
            (f"half.{name}", data[: len(data) // 2], "cut_off")
            for name, data in [("jpg", jpeg), ("png", png), ("webp", webp), ("gif", gif), ("avif", avif)]
        ),
        ("half-progressive.jpg", progressive[: len(progressive) // 2], "cut_off"),
        ("header-only.jpg", jpeg[:20], "cut_off"),
        ("header-only.png", png[:33], "cut_off"),
        ("almost-all.jpg", jpeg[: len(jpeg) - 400], "cut_off"),
        ("signature-only.gif", b"GIF89a", "cut_off"),
        ("gif-and-script.gif", b"GIF89a/*" + b"x" * 80 + b"*/=1;alert(1)", "damaged"),
        ("wrong-checksum.png", png[:40] + b"\xff\xff\xff\xff" + png[44:], "damaged"),
        ("nonsense-after-header.jpg", jpeg[:200] + random.Random(2).randbytes(3000), "damaged"),
        ("nonsense-inside.webp", webp[:40] + random.Random(3).randbytes(len(webp) - 40), "damaged"),
        ("no-picture-inside.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80), "damaged"),
        ("text-bomb.png", png_of(64, 64, bytes(65 * 64), _text_bomb()), "damaged"),
    ]


def _out_of_bounds() -> list[tuple[str, bytes, str]]:
    return [
        ("heavy.jpg", encoded("JPEG") + bytes(15 * 1024 * 1024), "too_large"),
        ("bomb.png", png_of(30_000, 30_000, bytes(100_000)), "too_many_pixels"),
        ("beyond-all-bounds.png", png_of(2**31 - 1, 2**31 - 1, b""), "too_many_pixels"),
        ("51-megapixels.png", png_of(10_200, 5_000, bytes(10_201 * 5_000)), "too_many_pixels"),
        ("bomb.gif", _gif_of(60_000, 60_000), "too_many_pixels"),
        ("bomb.jpg", _jpeg_of(65_000, 65_000), "too_many_pixels"),
        ("dot.png", encoded("PNG", picture(1, 1)), "too_small"),
        ("icon.jpg", encoded("JPEG", picture(31, 31)), "too_small"),
        ("line.png", encoded("PNG", picture(3000, 8)), "too_small"),
        ("no-width.png", png_of(0, 64, b""), "damaged"),
        ("no-size.gif", b"GIF89a\0\0\0\0\0\0\0,\0\0\0\0\0\0\0\0\0\2\2L\1\0;" + bytes(40), "damaged"),
    ]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _text_bomb() -> bytes:
    """A few kilobytes of text that unpack to two hundred megabytes."""
    return _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 * 1024 * 1024), 9))


def _gif_of(width: int, height: int) -> bytes:
    data = bytearray(encoded("GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def _jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(encoded("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("photo.jpg", encoded("JPEG"))
    return data.getvalue()
