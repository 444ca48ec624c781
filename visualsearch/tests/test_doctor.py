"""The doctor finds what is wrong with pictures, keeps quiet of what is not, and remembers what it was told."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image, ImageFilter

from catalog import pictures
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch import colours, doctor, measures, tasks
from visualsearch.ml.types import FULL_FRAME, Box
from visualsearch.models import Indexing
from visualsearch.modelsdoctor import Finding, Measure
from visualsearch.tests.makers import a_version, an_image, unit
from visualsearch.tests.patients import a_picture, drawn, encoded, findings, kinds, looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "media")]


@pytest.fixture
def version():
    return a_version()


class TestOfAPicture:
    def test_a_good_one_is_passed_over(self, version):
        assert kinds(a_picture(version, colour="Red")) == set()

    def test_a_blurred_one_is_found_at_any_size(self, version):
        for size in ((600, 800), (1500, 2000)):
            blurred = drawn(size=size).filter(ImageFilter.GaussianBlur(0.006 * size[1]))
            assert kinds(a_picture(version, blurred)) == {"blurred"}

    def test_a_small_one_is_found_by_its_shorter_side(self, version):
        assert kinds(a_picture(version, drawn(size=(399, 900)))) == {"small"}
        assert kinds(a_picture(version, drawn(size=(400, 900)))) == set()

    def test_one_without_a_garment_is_found(self, version):
        assert kinds(a_picture(version, label=None)) == {"nothing"}
        stand_in = a_picture(version, label="", box=FULL_FRAME.as_list())  # what indexing keeps where nothing was seen
        assert kinds(stand_in) == {"nothing"}

    def test_one_that_is_not_indexed_yet_is_not_accused(self, version):
        image = a_picture(version, label=None)
        Indexing.objects.update(sha256="f" * 64)
        assert kinds(image) == set()


class TestOfItsColour:
    @pytest.mark.parametrize("name", ["Red", "Cherry", "Đỏ", "red/white", "Wine red"])
    def test_a_name_that_fits_is_passed_over(self, version, name):
        assert kinds(a_picture(version, colour=name)) == set()

    @pytest.mark.parametrize("name", ["Green", "Navy", "Xanh", "Butter"])
    def test_a_name_that_is_far_is_found(self, version, name):
        image = a_picture(version, colour=name)
        assert kinds(image) == {"colour"}
        assert Finding.objects.get().facts["names"] == [name]

    def test_a_name_that_nobody_knows_is_passed_over(self, version):
        assert kinds(a_picture(version, colour="Sunday Morning")) == set()

    def test_without_a_colour_of_its_own_any_of_the_variants_will_do(self, version):
        product = ProductFactory()
        VariantFactory(product=product, colour="Green")
        assert kinds(a_picture(version, product=product)) == {"colour"}
        VariantFactory(product=product, colour="Red", size="9")
        assert kinds(product.images.get()) == set()

    def test_the_ground_is_no_colour_of_the_garment(self):
        seen = measures.colours(drawn(ground="#2030c0"), Box(0.1, 0.1, 0.9, 0.9))
        assert colours.distance("blue", seen) > doctor.COLOUR_APART
        assert colours.distance("red", seen) < 10

    def test_colours_are_shown_as_they_were(self):
        for code in ("#b02020", "#ffffff", "#000000", "#3d8d76"):
            rgb = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)]], float)
            assert colours.as_hex(measures.lab(rgb)[0]) == code


class TestOfItsCategory:
    @pytest.fixture
    def shelves(self, version):
        """Tops and bags, eight of each, that look each like its kind."""
        tops, bags = CategoryFactory(name="Tops"), CategoryFactory(name="Bags")
        for n in range(8):
            for category, vector in ((tops, unit(1, 0.02 * n)), (bags, unit(0, 0, 1, 0.02 * n))):
                looked_at(an_image(ProductFactory(category=category)), version, vector)
        return tops, bags

    def stray(self, version, category, vector, **found):
        return a_picture(version, product=ProductFactory(category=category), vector=vector, **found)

    def test_a_bag_among_the_tops_is_found(self, version, shelves):
        image = self.stray(version, shelves[0], unit(0, 0, 1, 0.3), label="bag", position="bag")
        assert kinds(image) == {"category"}
        assert Finding.objects.get().facts == {"worn": "upper", "looks": "bag"}

    def test_also_as_indexing_keeps_it_on_the_shelf_that_the_category_tells(self, version, shelves):
        image = self.stray(version, shelves[0], unit(0, 0, 1, 0.3), label="", position="upper")
        assert kinds(image) == {"category"}
        assert Finding.objects.get().facts == {"worn": "upper", "looks": "bag"}

    def test_a_detector_alone_does_not_accuse(self, version, shelves):
        image = self.stray(version, shelves[0], unit(1, 0.3), label="bag", position="bag", score=0.95)
        assert kinds(image) == set()

    def test_what_is_seen_where_it_belongs_is_passed_over(self, version, shelves):
        assert kinds(self.stray(version, shelves[0], unit(0, 0, 1, 0.3))) == set()

    def test_a_shelf_with_few_things_has_no_say(self, version, shelves):
        image = self.stray(version, CategoryFactory(name="Shoes"), unit(0, 0, 1, 0.3), label="bag", position="bag")
        assert kinds(image) == set()

    def test_a_category_that_tells_nothing_accuses_nobody(self, version, shelves):
        image = self.stray(version, CategoryFactory(name="Sale"), unit(0, 0, 1, 0.3), label="bag", position="bag")
        assert kinds(image) == set()


class TestOfTwins:
    def test_the_later_of_two_is_found_however_it_was_saved(self, version):
        first = a_picture(version, drawn(3), vector=unit(1))
        again = drawn(3).resize((480, 640)).crop((4, 4, 476, 636))
        other = ProductFactory()
        image = looked_at(pictures.add_picture(other, encoded(again, quality=60)), version, unit(1, 0.1))
        assert findings(first, image) == {(image.pk, "twin")}
        assert Finding.objects.get().other == first

    def test_another_colour_of_the_same_cut_is_no_twin(self, version):
        images = [a_picture(version, drawn(3, cloth=cloth), vector=unit(1)) for cloth in ("#b02020", "#902090")]
        assert findings(*images) == set()

    def test_not_even_where_it_is_small_before_a_white_wall(self, version):
        walls = [Image.new("RGB", (1200, 1600), "white") for _ in range(2)]
        for wall, cloth in zip(walls, ("#b02020", "#20a080"), strict=True):
            wall.paste(drawn(3, size=(450, 600), cloth=cloth), (375, 500))
        assert findings(*(a_picture(version, wall, vector=unit(1)) for wall in walls)) == set()

    def test_pictures_of_one_product_are_no_twins(self, version):
        product = ProductFactory()
        images = [a_picture(version, drawn(3), product=product, vector=unit(1))]
        images.append(looked_at(pictures.add_picture(product, encoded(drawn(3), quality=50)), version, unit(1)))
        assert findings(*images) == set()

    def test_tables_of_sizes_may_be_the_same(self, version):
        images = [a_picture(version, drawn(3), label=None, vector=unit(1)) for _ in range(2)]
        assert {kind for _, kind in findings(*images)} == {"nothing"}


class TestOfTheSweep:
    def test_each_file_is_measured_once_and_a_new_one_again(self, version, monkeypatch):
        image = a_picture(version)
        doctor.sweep()
        before = Measure.objects.get(image=image)
        monkeypatch.setattr(measures, "sharpness", lambda picture: 1 / 0)
        doctor.sweep()
        monkeypatch.undo()
        pictures.replace_picture(image, encoded(drawn().filter(ImageFilter.GaussianBlur(5))))
        looked_at(image, version, unit(1))
        doctor.sweep()
        assert Measure.objects.get(image=image).sharpness < before.sharpness
        assert Finding.objects.get().kind == "blurred"

    def test_a_day_later_or_after_a_change_of_the_product_it_is_examined_again(self, version):
        image = a_picture(version, colour="")
        doctor.sweep()
        assert not doctor.due().exists()
        image.product.save()
        assert doctor.due().get() == image
        doctor.sweep()
        Measure.objects.update(examined=timezone.now() - timedelta(hours=25))
        assert doctor.due().get() == image

    def test_a_finding_keeps_its_date_and_goes_with_its_reason(self, version):
        image = a_picture(version, colour="Green")
        doctor.sweep()
        Finding.objects.update(found=timezone.now() - timedelta(days=9))
        findings(image)
        assert Finding.objects.get().found < timezone.now() - timedelta(days=8)
        image.colour = "Red"
        image.save()
        assert kinds(image) == set()

    def test_a_picture_is_measured_once_its_garment_was_looked_for(self, version):
        image = a_picture(version, colour="Green")
        Indexing.objects.update(state="waiting")
        doctor.sweep()
        assert not Measure.objects.exists()
        Indexing.objects.update(state="done")
        doctor.sweep()
        assert Measure.objects.get().image == image

    def test_a_file_that_cannot_be_read_stops_nothing(self, version):
        looked_at(an_image(), version, unit(0, 0, 1))
        good = a_picture(version, colour="Green")
        doctor.sweep()
        assert Finding.objects.get().image == good

    def test_is_part_of_the_sweep_that_runs_every_minute(self, version, networks):
        a_picture(version, colour="Green")
        tasks.sweep()
        assert Measure.objects.exists()
