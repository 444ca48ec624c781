"""Pictures of products: what is stored, once, and what goes when they go."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from PIL import ExifTags, Image

from catalog import images, pictures, renditions
from catalog.models import ProductImage
from catalog.tests.bad_files import encoded, picture
from catalog.tests.factories import ProductFactory, some_picture, with_pictures

pytestmark = pytest.mark.django_db


def content(image):
    with image.file.open() as file:
        return file.read()


def files(media):
    return sorted(path.name for path in media.rglob("*") if path.is_file())


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_a_clean_picture_is_stored_as_it_came(format):
    data = some_picture(format=format)
    image = pictures.add_picture(ProductFactory(), data, colour="red", alt="A shirt")
    assert content(image) == data
    assert image.sha256 == image.source_sha256 == hashlib.sha256(data).hexdigest()
    assert (image.width, image.height, image.position, image.colour) == (64, 80, 0, "red")


def test_any_other_picture_is_stored_upright_and_without_what_came_with_it():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Phone"
    image = pictures.add_picture(ProductFactory(), encoded("JPEG", picture(96, 64), exif=exif))
    stored = content(image)
    assert b"Phone" not in stored
    assert images.accept(stored).pure
    assert (image.width, image.height) == Image.open(BytesIO(stored)).size == (64, 96)
    assert image.sha256 == hashlib.sha256(stored).hexdigest() != image.source_sha256


def test_a_huge_picture_is_stored_no_larger_than_needed():
    image = pictures.add_picture(ProductFactory(), encoded("JPEG", Image.new("RGB", (4000, 3000), "red")))
    assert image.width * image.height <= pictures.MOST_PIXELS
    assert image.width / image.height == pytest.approx(4 / 3, rel=0.01)
    assert default_storage.size(image.file.name) > 0


def test_the_same_bytes_twice_are_one_picture(monkeypatch):
    product = ProductFactory()
    first = pictures.add_picture(product, some_picture(format="PNG"))
    monkeypatch.setattr(images, "accept", lambda *_: pytest.fail("it was decoded again"))
    assert pictures.add_picture(product, some_picture(format="PNG")) == first
    assert ProductImage.objects.count() == 1


def test_other_bytes_of_the_same_picture_are_one_picture_too():
    product = ProductFactory()
    first = pictures.add_picture(product, encoded("JPEG"))
    assert pictures.add_picture(product, content(first)) == first


def test_two_products_share_a_file_until_both_are_gone(media, django_capture_on_commit_callbacks):
    one, two = (pictures.add_picture(ProductFactory(), some_picture()) for _ in range(2))
    assert one.file.name == two.file.name
    renditions.ensure(one.sha256, 160)
    with django_capture_on_commit_callbacks(execute=True):
        one.delete()
    assert len(files(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        two.product.delete()
    assert files(media) == []


def test_pictures_line_up_in_the_order_they_come():
    product = ProductFactory()
    assert [image.position for image in with_pictures(product, 3)] == [0, 1, 2]
    assert with_pictures(product, 1, position=7)[0].position == 7
    assert with_pictures(product, 1)[0].position == 8


def test_a_file_stays_until_the_deletion_is_committed(media):
    (image,) = with_pictures(ProductFactory())
    image.delete()
    assert len(files(media)) == 1


def test_a_replaced_picture_keeps_its_place_and_loses_its_file(media, django_capture_on_commit_callbacks):
    (image,) = with_pictures(ProductFactory(), colour="red", alt="Front")
    before = image.sha256
    with django_capture_on_commit_callbacks(execute=True):
        pictures.replace_picture(image, some_picture(99, size=(90, 90)))
    image.refresh_from_db()
    assert image.sha256 != before
    assert (image.width, image.colour, image.alt, image.position) == (90, "red", "Front", 0)
    assert [name.split(".")[0] for name in files(media)] == [image.sha256]


def test_a_picture_replaced_by_itself_is_unchanged(media, django_capture_on_commit_callbacks):
    (image,) = with_pictures(ProductFactory())
    with django_capture_on_commit_callbacks(execute=True):
        pictures.replace_picture(image, some_picture())
    assert len(files(media)) == 1


def test_a_picture_cannot_be_replaced_by_its_sister():
    one, _two = with_pictures(ProductFactory(), 2)
    with pytest.raises(images.PictureRefused) as refusal:
        pictures.replace_picture(one, some_picture(1))
    assert refusal.value.code == "twice"


def test_a_refused_picture_leaves_neither_row_nor_file(media):
    with pytest.raises(images.PictureRefused):
        pictures.add_picture(ProductFactory(), b"no picture")
    assert files(media) == []
    assert not ProductImage.objects.exists()


def test_a_write_that_was_interrupted_is_made_good():
    data = some_picture()
    name = renditions.original(hashlib.sha256(data).hexdigest(), "webp")
    default_storage.save(name, ContentFile(data[:50]))
    assert content(pictures.add_picture(ProductFactory(), data)) == data


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_wanted_again_just_as_it_goes_is_there_in_the_end():
    """One keeper deletes the last picture with this content while another adds it anew."""
    one, two = ProductFactory(), ProductFactory()

    def add():
        try:
            return pictures.add_picture(two, some_picture())
        finally:
            connection.close()

    def delete(image):
        try:
            image.delete()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            image = pictures.add_picture(one, some_picture())
            ended = pool.submit(delete, image), pool.submit(add)
            added = [each.result() for each in ended][1]
            assert content(added)
            added.delete()


def test_pictures_can_be_put_in_order():
    product = ProductFactory()
    one, two, three = with_pictures(product, 3)
    pictures.arrange(product, [three.pk, one.pk])
    assert list(product.images.all()) == [three, one, two]
