"""A shopper's photo in Valkey, and the bell."""

import io
import threading
import time
from uuid import uuid4

import pytest
from PIL import Image

from catalog.images import accept
from visualsearch import photos
from visualsearch.tests.makers import photo

pytestmark = pytest.mark.usefixtures("valkey")


def put(data):
    search_id = uuid4()
    photos.put(search_id, accept(data, side=photos.LONGEST), data)
    return search_id


def opened(search_id):
    return Image.open(io.BytesIO(photos.get(search_id)))


def test_a_photo_lives_for_its_time_and_no_longer(settings):
    search_id = put(photo())
    key = f"search:{search_id}:photo"
    assert photos.lives(search_id)
    assert 0 < photos.valkey().ttl(key) <= settings.VISUALSEARCH["PHOTO_TTL"]
    photos.forget(search_id)
    assert photos.get(search_id) is None
    assert not photos.lives(search_id)


def test_a_small_clean_jpeg_is_kept_as_it_is():
    data = photo(size=(300, 200))
    assert photos.get(put(data)) == data


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "JPEG"])
def test_anything_else_is_kept_as_a_jpeg_of_bounded_size(format):
    kept = opened(put(photo(size=(2000, 1000), format=format)))
    assert (kept.format, kept.size) == ("JPEG", (1600, 800))


def test_where_a_photo_was_taken_is_dropped_and_the_photo_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A Phone"
    exif.get_ifd(0x8825)[1] = "N"
    kept = opened(put(photo(size=(300, 200), exif=exif)))
    assert kept.size == (200, 300)
    assert not kept.getexif()


def test_a_very_long_picture_keeps_at_least_a_pixel():
    assert photos.bounded(Image.new("RGB", (33, 60_000))).size == (1, 1600)


def test_a_bell_wakes_all_who_wait():
    search_id, woken = uuid4(), []
    waiters = [threading.Thread(target=lambda: woken.append(photos.wait(search_id, 5))) for _ in range(3)]
    for waiter in waiters:
        waiter.start()
    time.sleep(0.1)
    photos.ring(search_id)
    for waiter in waiters:
        waiter.join(2)
    assert woken == [True] * 3


def test_who_comes_after_the_bell_hears_it_still():
    search_id = uuid4()
    photos.ring(search_id)
    assert photos.wait(search_id, 1)
    photos.quieten(search_id)
    assert not photos.wait(search_id, 0.05)


def test_nobody_waits_longer_than_they_said():
    before = time.monotonic()
    assert not photos.wait(uuid4(), 0.1)
    assert not photos.wait(uuid4(), 0)
    assert time.monotonic() - before < 1
