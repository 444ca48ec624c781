"""The widths a picture is shown in."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import include, path, resolve
from PIL import Image

from catalog import renditions
from catalog.tests.factories import ProductFactory, some_picture, with_pictures

pytestmark = pytest.mark.django_db

urlpatterns = [path("media/renditions/", include("catalog.urls"))]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = "catalog.tests.test_renditions"


def get(address):
    match = resolve(address)
    return match.func(RequestFactory().get(address), **match.kwargs)


def made(size, format="WEBP"):
    from catalog import pictures

    return pictures.add_picture(ProductFactory(), some_picture(size=size, format=format))


def test_a_rendition_is_made_when_it_is_asked_for_and_then_stays(media):
    image = made((800, 1000))
    assert not (media / "renditions").exists()
    address = renditions.url(image.sha256, 320)
    with closing(get(address)) as response:
        assert response["Content-Type"] == "image/webp"
        assert "immutable" in response["Cache-Control"]
    with Image.open(renditions.path(image.sha256, 320)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (320, 400))
    written = renditions.path(image.sha256, 320).stat().st_mtime_ns
    with closing(get(address)) as response:
        assert b"".join(response) == renditions.path(image.sha256, 320).read_bytes()
    assert renditions.path(image.sha256, 320).stat().st_mtime_ns == written


def test_a_browser_is_offered_no_width_larger_than_the_picture():
    image = made((500, 400))
    widths = [part.rsplit(" ", 1)[1] for part in image.srcset.split(", ")]
    assert widths == ["160w", "320w", "500w"]
    with Image.open(renditions.ensure(image.sha256, 640)) as picture:
        assert picture.size == (500, 400)


def test_a_large_picture_is_offered_in_every_width():
    image = made((2000, 500))
    assert [part.rsplit(" ", 1)[1] for part in image.srcset.split(", ")] == ["160w", "320w", "640w", "960w", "1600w"]
    assert image.srcset.split(" ")[0] == image.thumbnail


def test_a_very_tall_picture_stays_within_what_webp_can_hold():
    image = made((60, 30_000), "PNG")
    with Image.open(renditions.ensure(image.sha256, 160)) as picture:
        assert picture.height <= 640


def test_other_widths_and_other_pictures_are_not_found():
    image = made((400, 400))
    for sha256, width in ((image.sha256, 321), (image.sha256, 0), ("0" * 64, 320)):
        with pytest.raises(Http404):
            get(renditions.url(sha256, width))


def test_many_may_ask_at_once(media):
    image = made((640, 640))
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: renditions.ensure(image.sha256, 320), range(8)))) == 1
    assert len(list((media / "renditions").rglob("*"))) == 2  # the folder and the file: no part is left behind


def test_a_rendition_that_could_not_be_made_leaves_nothing_behind(media, monkeypatch):
    image = made((640, 640))
    monkeypatch.setattr(Image.Image, "save", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        renditions.ensure(image.sha256, 320)
    assert [path for path in (media / "renditions").rglob("*") if path.is_file()] == []


def test_forgetting_a_picture_takes_its_renditions():
    (image,) = with_pictures(ProductFactory())
    files = [renditions.ensure(image.sha256, width) for width in renditions.WIDTHS]
    renditions.forget(image.sha256)
    assert not any(file.exists() for file in files)
    renditions.forget(image.sha256)
