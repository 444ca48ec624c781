"""Filling the shop with drawn products, and with one's own photos."""

import io
import zipfile
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from PIL import Image

from catalog import drawn, easel, studio
from catalog.album import Album, NoAlbum
from catalog.drawn import Drawn
from catalog.models import Category, Product, ProductImage, Variant

pytestmark = pytest.mark.django_db


def picture(colour="teal", size=(64, 80), format="JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format)
    return file.getvalue()


@pytest.fixture
def quick(monkeypatch):
    """Products are designed as ever but drawn at once, as plain surfaces. Gives the indices that were drawn."""
    done = []

    def sheets(seed: int, index: int) -> list[easel.Sheet]:
        done.append(index)
        design = studio.design(seed, index)
        return [easel.Sheet(picture(way.base), way.name, "plain") for way in design.colourways]

    @contextmanager
    def at_once(seed, indices):
        yield (sheets(seed, index) for index in indices)

    monkeypatch.setattr(drawn.easel, "drawn", at_once)
    return done


def rows() -> list[tuple]:
    products = list(Product.objects.order_by("slug").values_list("slug", "name", "category__path", "status"))
    variants = list(Variant.objects.order_by("sku").values_list("sku", "size", "colour", "price", "stock"))
    images = list(ProductImage.objects.order_by("sha256").values_list("product__slug", "sha256", "position", "colour"))
    return [products, variants, images]


def test_a_product_is_drawn_from_several_sides():
    (entry,) = Drawn(1)
    product = Product.objects.get()
    assert product.name == entry.name
    assert product.status == Product.Status.PUBLISHED
    assert product.category.path.startswith(("women/", "men/"))
    assert product.variants.count() >= 1
    images = list(product.images.all())
    assert len(images) >= 2
    assert all(image.width == easel.WIDTH and image.alt for image in images)


@pytest.mark.usefixtures("quick")
def test_every_colourway_is_pictured_and_every_size_can_be_bought():
    list(Drawn(30))
    for index in range(30):
        design = studio.design(1, index)
        product = Product.objects.get(slug=drawn.slug_of(design))
        colours = {way.name for way in design.colourways}
        assert {image.colour for image in product.images.all()} == colours
        assert {(v.colour, v.size): v.stock for v in product.variants.all()} == dict(design.stock)
        assert all(v.sku.startswith(design.sku) for v in product.variants.all())


def test_twice_gives_the_same_rows(quick):
    list(Drawn(4))
    before = rows()
    assert len(list(Drawn(4))) == 4
    assert rows() == before
    assert quick == [0, 1, 2, 3]


def test_a_walk_that_was_stopped_goes_on(quick):
    walk = iter(Drawn(5))
    next(walk), next(walk)
    walk.close()
    drawn_before = len(quick)
    assert len(list(Drawn(5))) == 5
    assert Product.objects.count() == 5
    assert quick[drawn_before:] == [2, 3, 4]


def test_a_seed_is_a_catalogue_of_its_own(quick):
    call_command("load_demo", products=2, seed=1)
    call_command("load_demo", products=2, seed=2)
    assert Product.objects.count() == 4


def test_an_album_in_a_folder(tmp_path):
    (tmp_path / "Summer Dresses").mkdir()
    (tmp_path / "Summer Dresses" / "red_silk-dress.jpg").write_bytes(picture("red"))
    (tmp_path / "hat.png").write_bytes(picture("blue", format="PNG"))
    (tmp_path / ".hidden").write_bytes(b"x")
    entries = list(Album(tmp_path))
    assert [entry.name for entry in entries] == ["Red silk dress", "Hat"]
    dress = Product.objects.get(name="Red silk dress")
    assert dress.category == Category.objects.get(path="summer-dresses")
    assert dress.images.count() == 1
    assert 10 <= dress.variants.get().price < 100
    assert Product.objects.get(name="Hat").category.path == "photos"


def test_an_album_in_a_zip_and_what_is_left_out_of_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "album.zip", "w") as archive:
        archive.writestr("Women/Tops/shirt.jpg", picture())
        archive.writestr("broken.jpg", picture()[:200])
        archive.writestr("notes.txt", "no picture")
        archive.writestr("__MACOSX/shirt.jpg", b"x")
    entries = {entry.name: entry.problem for entry in Album(tmp_path / "album.zip")}
    assert entries["Shirt"] == ""
    assert "cut off" in entries["broken.jpg"]
    assert "not a picture" in entries["notes.txt"]
    assert Product.objects.get().category.path == "women/tops"
    assert not Category.objects.filter(path="photos").exists()


def test_an_album_twice_gives_the_same_rows(tmp_path, capsys):
    (tmp_path / "hat.png").write_bytes(picture("blue", format="PNG"))
    (tmp_path / "broken.png").write_bytes(b"nothing")
    call_command("load_demo", photos=tmp_path)
    before = rows()
    call_command("load_demo", photos=tmp_path)
    assert rows() == before
    assert "Left out broken.png" in capsys.readouterr().out


def test_no_album(tmp_path):
    with pytest.raises(NoAlbum, match="neither a folder nor a zip"):
        Album(tmp_path / "nothing.zip")
    with pytest.raises(NoAlbum, match="has no files"):
        Album(tmp_path)
