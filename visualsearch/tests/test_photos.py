"""A shopper's photo in Valkey, and the bell."""

import io
import threading
import time
from uuid import uuid4

import pytest
from PIL import Image

from catalog.images import accept
from visualsearch import photos
from visualsearch.tests.fakes import SHIRT
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


def test_its_time_is_kept_by_valkey_itself(settings):
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"PHOTO_TTL": 1}
    search_id = put(photo())
    assert photos.small(search_id)
    time.sleep(1.05)
    assert photos.valkey().keys(f"search:{search_id}:*") == []


def test_a_small_copy_shows_the_photo_and_lives_no_longer():
    search_id = put(photo("blue", size=(1200, 600)))
    copy = Image.open(io.BytesIO(photos.small(search_id)))
    assert (copy.format, copy.size) == ("JPEG", (192, 96))
    assert copy.getpixel((90, 50))[2] > 240
    photos.valkey().pexpire(f"search:{search_id}:photo", 5000)
    photos.valkey().delete(f"search:{search_id}:small")
    photos.small(search_id)
    assert photos.valkey().pttl(f"search:{search_id}:small") <= 5000


def test_a_small_copy_goes_with_its_photo():
    search_id = put(photo())
    assert photos.small(search_id)
    photos.valkey().delete(f"search:{search_id}:photo")
    assert photos.small(search_id) is None
    assert photos.small(uuid4()) is None


def test_to_forget_leaves_no_key_behind():
    search_id = put(photo())
    photos.small(search_id)
    photos.glance(search_id, [SHIRT])
    photos.ring(search_id)
    photos.forget(search_id)
    assert photos.valkey().keys(f"search:{search_id}:*") == []


def test_of_many_photos_those_that_live_are_told_in_their_order():
    one, gone, other = put(photo()), uuid4(), put(photo())
    assert photos.living([other, gone, one]) == [other, one]
    assert photos.living([]) == []


def test_what_was_seen_first_is_told_to_all_who_wait():
    search_id, told = uuid4(), []
    waiters = [threading.Thread(target=lambda: told.append(photos.glanced(search_id, 5))) for _ in range(2)]
    for waiter in waiters:
        waiter.start()
    photos.glance(search_id, [SHIRT])
    for waiter in waiters:
        waiter.join(2)
    assert told == [[SHIRT]] * 2


def test_nothing_seen_is_not_the_same_as_not_looked_yet():
    search_id = uuid4()
    assert photos.glanced(search_id, 0.05) is None
    photos.glance(search_id, [])
    assert photos.glanced(search_id) == []
    photos.quieten(search_id)
    assert photos.glanced(search_id) is None


def test_who_waits_for_a_glance_is_woken_by_the_end_too():
    search_id = uuid4()
    photos.ring(search_id)
    before = time.monotonic()
    assert photos.glanced(search_id, 5) is None
    assert time.monotonic() - before < 1


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
