"""The keeper's categories tell where a product is worn, whatever the detector takes it for."""

import numpy as np
import pytest

from catalog.models import Category
from catalog.tests.factories import ProductFactory
from visualsearch import indexing, shelves, versions
from visualsearch.ml.types import FULL_FRAME, WHOLE, Box, Region
from visualsearch.models import Indexing, State
from visualsearch.tests.makers import a_region, an_image, unit

VECTOR = np.zeros(512, np.float32)
PICTURE = Region("", WHOLE, 1.0, FULL_FRAME, VECTOR)
SHIRT = Region("shirt", "upper", 0.9, Box(0.2, 0.1, 0.8, 0.6), VECTOR)
PANTS = Region("pants", "lower", 0.8, Box(0.3, 0.6, 0.7, 1.0), VECTOR)
BAG = Region("bag", "bag", 0.4, Box(0.7, 0.5, 0.8, 0.7), VECTOR)


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("T-Shirts", "upper"),
        ("Dress Shirts", "upper"),
        ("Shirt dresses", "full"),
        ("Hoodies & Sweatshirts", "upper"),
        ("Bras & Tanks", "upper"),
        ("Trousers", "lower"),
        ("Jeans and shorts", "lower"),
        ("Short", ""),
        ("Sneakers", "feet"),
        ("Tote bags", "bag"),
        ("Sunglasses", "head"),
        ("Áo sơ mi", "upper"),
        ("Quần jean nam", "lower"),
        ("Đầm", "full"),
        ("Túi xách", "bag"),
        ("Hats & bags", ""),
        ("Quần áo", ""),
        ("Watches", ""),
        ("Sale", ""),
        ("", ""),
    ],
)
def test_a_name_tells_where_its_things_are_worn(name, position):
    assert shelves.position_of_name(name) == position


def test_of_names_that_tell_nothing_the_nearest_above_is_asked():
    bags = Category(name="Bags")
    assert shelves.position_of(Category(name="New in", parent=Category(name="Canvas", parent=bags))) == "bag"
    assert shelves.position_of(Category(name="Shoes", parent=bags)) == "feet"
    assert shelves.position_of(Category(name="Short", parent=Category(name="Dresses"))) == "full"
    assert shelves.position_of(None) == ""


class TestOfAPicture:
    def test_the_items_worn_as_its_category_tells_are_the_product_however_small(self):
        assert indexing.own_regions([PICTURE, SHIRT, PANTS, BAG], "bag") == [PICTURE, BAG]
        assert indexing.own_regions([PICTURE, SHIRT, PANTS, BAG], "lower") == [PICTURE, PANTS]

    def test_the_largest_item_is_the_product_when_the_detector_takes_it_for_something_else(self):
        [whole, item] = indexing.own_regions([PICTURE, PANTS, SHIRT], "bag")
        assert whole is PICTURE
        assert (item.label, item.position, item.box, item.score) == ("", "bag", SHIRT.box, SHIRT.score)

    def test_the_whole_picture_is_the_product_when_nothing_is_found(self):
        [_, item] = indexing.own_regions([PICTURE], "feet")
        assert (item.position, item.box) == ("feet", FULL_FRAME)

    def test_the_largest_items_are_the_product_when_no_category_tells(self):
        assert indexing.own_regions([PICTURE, SHIRT, PANTS, BAG]) == [PICTURE, SHIRT, PANTS]


@pytest.mark.django_db
class TestAChangedCategory:
    @pytest.fixture
    def picture(self, worker):
        """A shirt's picture, indexed as it is."""
        version = versions.target()
        product = ProductFactory(category=Category.objects.create(name="Shirts", slug="shirts"))
        image = an_image(product)
        Indexing.objects.create(image=image, version=version, state=State.DONE, sha256=image.sha256)
        a_region(image, version, unit(1))
        a_region(image, version, unit(1), position="upper", ordinal=1)
        return image

    def state(self, picture):
        return picture.indexing.get().state

    def test_has_pictures_indexed_again_that_do_not_belong_there(self, picture):
        picture.product.category = Category.objects.create(name="Bags", slug="bags")
        picture.product.save()
        assert self.state(picture) == State.WAITING

    def test_leaves_alone_what_belongs_there_too(self, picture):
        picture.product.category = Category.objects.create(name="Jackets", slug="jackets")
        picture.product.save()
        assert self.state(picture) == State.DONE

    def test_leaves_alone_what_it_says_nothing_about(self, picture):
        picture.product.category = Category.objects.create(name="Sale", slug="sale")
        picture.product.save()
        assert self.state(picture) == State.DONE

    def test_reaches_all_below_it_by_its_name(self, picture):
        above = Category.objects.create(name="Women", slug="women")
        below = picture.product.category
        below.name, below.parent = "New in", above
        below.save()
        assert self.state(picture) == State.DONE
        above.name = "Shoes"
        above.save()
        assert self.state(picture) == State.WAITING
