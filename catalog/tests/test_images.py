"""Which pictures come in, how they come out, and what is said to the others."""

import contextlib
import random
import sys

import pytest
from PIL import ExifTags, Image, ImageCms

from catalog import images
from catalog.tests.bad_files import bad_files, encoded, picture

WHITE, RED = (255, 255, 255), (200, 30, 40)


def plain(mode="RGB", size=(64, 48), colour=RED):
    return Image.new("RGB", size, colour).convert(mode)


def near(pixel, colour, by=12):
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "MPO"])
def test_an_offered_format_comes_out_as_rgb(format):
    accepted = images.accept(encoded(format, plain()))
    assert accepted.image.mode == "RGB"
    assert (accepted.width, accepted.height) == accepted.image.size == (64, 48)
    assert near(accepted.image.getpixel((30, 20)), RED)
    assert accepted.format.upper() == {"MPO": "JPEG"}.get(format, format)


def test_heic_is_read_where_its_reader_is_installed():
    pytest.importorskip("pillow_heif").register_heif_opener()
    accepted = images.accept(encoded("HEIF", plain()))
    assert accepted.format == "HEIC"
    assert near(accepted.image.getpixel((30, 20)), RED)


def test_heic_is_refused_with_a_sentence_where_it_is_not(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(images.PictureRefused, match="Save it as JPEG") as refusal:
        images.accept(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80))
    assert refusal.value.code == "format_not_offered"


@pytest.mark.parametrize(
    ("format", "mode"),
    [("PNG", "L"), ("PNG", "1"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "RGBA"), ("JPEG", "L"), ("JPEG", "CMYK"),
     ("WEBP", "RGBA"), ("AVIF", "RGBA"), ("GIF", "P"), ("GIF", "L")],
)  # fmt: skip
def test_every_mode_comes_out_as_rgb(format, mode):
    accepted = images.accept(encoded(format, plain(mode)))
    colour = accepted.image.getpixel((30, 20))
    assert accepted.image.mode == "RGB"
    assert (
        len(set(colour)) == 1 if mode in ("L", "1", "LA") or (format, mode) == ("GIF", "L") else near(colour, RED, 60)
    )


def test_sixteen_bits_become_eight():
    deep = Image.new("I;16", (64, 48), 0x8000)
    assert images.accept(encoded("PNG", deep)).image.getpixel((3, 3)) == (128, 128, 128)


def test_what_shines_through_shines_on_white():
    clear = Image.new("RGBA", (64, 48), (*RED, 0))
    half = Image.new("LA", (64, 48), (0, 127))
    assert images.accept(encoded("PNG", clear)).image.getpixel((3, 3)) == WHITE
    assert near(images.accept(encoded("PNG", half)).image.getpixel((3, 3)), (128, 128, 128), 2)


def test_a_transparent_colour_of_a_palette_or_a_grey_is_white():
    palette = plain("P")
    index = palette.getpixel((3, 3))
    for image, transparency in ((palette, index), (palette, bytes([0] * 256)), (Image.new("L", (64, 48), 40), 40)):
        data = encoded("PNG", image, transparency=transparency)
        assert images.accept(data).image.getpixel((3, 3)) == WHITE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_turned_photo_stands_upright(format, orientation):
    upright = Image.new("RGB", (96, 64), "white")
    upright.paste("red", (0, 0, 32, 32))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    undo = {5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM}  # fmt: skip
    lying = upright.transpose(undo[orientation]) if orientation > 1 else upright
    accepted = images.accept(encoded(format, lying, exif=exif))
    assert (accepted.width, accepted.height) == accepted.image.size == (96, 64)
    assert near(accepted.image.getpixel((8, 8)), (255, 0, 0), 30)
    assert near(accepted.image.getpixel((80, 56)), WHITE, 30)


def test_nothing_of_where_and_when_a_photo_was_taken_stays():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    accepted = images.accept(encoded("JPEG", picture(), exif=exif, comment=b"home"))
    assert accepted.image.info == {}
    assert not accepted.pure
    assert b"Phone" not in encoded("JPEG", accepted.image)


def test_a_corrupt_exif_does_not_spoil_the_photo():
    for exif in (b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + random.Random(5).randbytes(300)):
        assert images.accept(encoded("JPEG", picture(), exif=exif)).image.size == (96, 64)


def test_a_corrupt_colour_profile_does_not_spoil_the_photo():
    accepted = images.accept(encoded("PNG", plain(), icc_profile=b"no profile"))
    assert accepted.image.getpixel((3, 3)) == RED


def test_colours_of_another_profile_come_out_as_srgb():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "grb ".encode("utf-16-be"))
    red = plain(colour=(255, 0, 0))
    assert images.accept(encoded("PNG", red, icc_profile=srgb)).image.getpixel((3, 3)) == (255, 0, 0)
    assert near(images.accept(encoded("PNG", red, icc_profile=swapped)).image.getpixel((3, 3)), (0, 255, 0))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_gives_its_first_frame(format):
    frames = [plain(colour=RED), plain(colour=(0, 0, 250))]
    data = encoded(format, frames[0], save_all=True, append_images=frames[1:], duration=100)
    assert near(images.accept(data).image.getpixel((30, 20)), RED)


@pytest.mark.parametrize("size", [(32, 15_000), (15_000, 32), (32, 32)])
def test_very_tall_and_very_wide_pictures_are_taken(size):
    accepted = images.accept(encoded("PNG", Image.new("L", size, 99)))
    assert accepted.image.size == size


def test_a_wrong_name_does_not_matter_and_what_follows_a_photo_is_left_behind():
    accepted = images.accept(encoded("JPEG") + b"PK\3\4 a short film, as phones append")
    assert accepted.image.size == (96, 64)
    assert not accepted.pure


def test_fifty_megapixels_are_taken_by_the_rule():
    images._check(10_000, 5_000)
    with pytest.raises(images.PictureRefused):
        images._check(10_000, 5_001)


def test_a_large_photo_may_be_read_smaller_and_keeps_its_true_size():
    accepted = images.accept(encoded("JPEG", picture(2400, 1600)), side=800)
    assert (accepted.width, accepted.height) == (2400, 1600)
    assert accepted.image.size == (1200, 800)
    assert images.accept(encoded("JPEG", picture(600, 400)), side=800).image.size == (600, 400)


def test_a_photo_read_smaller_is_turned_too():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    accepted = images.accept(encoded("JPEG", picture(2400, 1600), exif=exif), side=600)
    assert (accepted.width, accepted.height) == (1600, 2400)
    assert accepted.image.size == (400, 600)


def test_bytes_are_pure_only_if_they_hold_the_picture_alone():
    for format in ("JPEG", "WEBP"):
        clean = encoded(format)
        assert images.accept(clean).pure, format
        for dirty in (
            clean + b"tail",
            encoded(format, exif=_exif()),
            encoded(format, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
        ):
            assert not images.accept(dirty).pure, format
    assert images.accept(encoded("JPEG", progressive=True)).pure
    assert not images.accept(encoded("JPEG", plain("L"))).pure
    assert not images.accept(encoded("WEBP", Image.new("RGBA", (64, 48), (*RED, 99)))).pure
    assert not images.accept(encoded("PNG")).pure


def _exif():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone"
    return exif


BAD = bad_files()


def test_there_are_at_least_forty_bad_files():
    assert len(BAD) == len({bad.name for bad in BAD}) >= 40


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_with_a_sentence(bad):
    with pytest.raises(images.PictureRefused) as refusal:
        images.accept(bad.data)
    assert refusal.value.code == bad.code
    assert refusal.value.message.endswith(".")
    assert "{" not in refusal.value.message


def test_a_file_is_named_by_what_it_is():
    for data, name in (
        (b"%PDF-1.7", "PDF"),
        (encoded("TIFF"), "TIFF"),
        (b"<svg/>", "SVG"),
        (b"MZ" + bytes(9), "program"),
    ):
        with pytest.raises(images.PictureRefused, match=name):
            images.accept(data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_cut_off_anywhere_is_never_an_error_of_ours(format):
    data = encoded(format, picture(240, 160))
    for at in range(1, len(data), max(1, len(data) // 60)):
        with contextlib.suppress(images.PictureRefused):  # the last few bytes may be missed by nobody
            images.accept(data[:at])


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_flipped_bits_are_never_an_error_of_ours(format):
    chance = random.Random(9)
    data = encoded(format, picture(96, 64))
    for _ in range(80):
        broken = bytearray(data)
        for _ in range(4):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        with contextlib.suppress(images.PictureRefused):
            images.accept(bytes(broken))


def test_sizes_in_the_sentences():
    with pytest.raises(images.PictureRefused, match=r"has 2\.1 MB; at most 2 MB"):
        images.accept(bytes(2 * 2**20 + 1), max_bytes=2 * 2**20)
