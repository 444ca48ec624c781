"""The doctor finds what is wrong with pictures, keeps quiet of what is not, and remembers what it was told."""

import io
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from catalog import pictures
from catalog.models import Product, ProductImage
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch import colours, doctor, measures, measuring, tasks
from visualsearch.management.commands import _trial_shop, examine_catalog
from visualsearch.ml.types import FULL_FRAME, Box
from visualsearch.models import Indexing, Region
from visualsearch.modelsdoctor import Ailment, Finding, Measure, Waiver
from visualsearch.tests.makers import a_region, a_version, an_image, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "media")]

PAGE = reverse("admin:visualsearch_finding_changelist")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def version():
    return a_version()


def drawn(shade=0, size=(600, 800), ground="white", cloth="#b02020"):
    """A garment before a wall: a checked square, sharp."""
    picture = Image.new("RGB", size, ground)
    draw, (w, h) = ImageDraw.Draw(picture), size
    draw.rectangle((w * 0.2, h * 0.2, w * 0.8, h * 0.8), fill=cloth)
    for step in range(6):
        x = w * (0.25 + 0.09 * step)
        draw.line((x, h * 0.2, x + shade, h * 0.8), fill="#202020", width=3)
    return picture


def encoded(picture, **options):
    data = io.BytesIO()
    picture.save(data, "JPEG", **{"quality": 92} | options)
    return data.getvalue()


def looked_at(image, version, vector, label="shirt", position="upper", score=0.9, box=None):
    """As a worker leaves it: indexed, an item found unless `label` is None."""
    for each in Region.objects.filter(image=image):
        each.delete()
    a_region(image, version, vector)
    if label is not None:
        x1, y1, x2, y2 = box or (0.15, 0.15, 0.85, 0.85)
        columns = {"label": label, "score": score, "x1": x1, "y1": y1, "x2": x2, "y2": y2}
        a_region(image, version, unit(1), position, 1, **columns)
    Indexing.objects.update_or_create(image=image, version=version, defaults={"state": "done", "sha256": image.sha256})
    return image


def a_picture(version, picture=None, product=None, colour="", **found):
    product = product or ProductFactory()
    number = Product.objects.count()
    image = pictures.add_picture(product, encoded(picture or drawn(shade=number * 9)), colour=colour)
    return looked_at(image, version, **{"vector": unit(*[0] * number, 1)} | found)


def findings(*images):
    for image in images:
        measuring.measure(image)
    doctor.examine([image.pk for image in images])
    return {(f.image_id, f.kind) for f in Finding.objects.filter(image__in=images)}


def kinds(image):
    return {kind for _, kind in findings(image)}


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


class TestOfThePage:
    def test_findings_are_shown_by_kind_with_links_and_counts(self, keeper, version):
        one, two = (a_picture(version, colour="Green") for _ in range(2))
        small = a_picture(version, drawn(size=(300, 400)))
        findings(one, two, small)
        response = keeper.get(PAGE, {"kind": "colour"})
        assert {f.image for f in response.context["page"]} == {one, two}
        assert f"/admin/catalog/product/{one.product_id}/change/#images-group" in response.text
        assert "It is called Green; none of its main colours comes near that." in response.text
        counts = {key: count for key, _, count in response.context["tabs"]}
        assert counts == dict.fromkeys(Ailment.values, 0) | {"colour": 2, "small": 1, "waived": 0}
        assert keeper.get(PAGE).context["kind"] == "colour"

    def test_every_kind_has_its_sentence(self, keeper, version):
        image = a_picture(version)
        facts = {
            "nothing": {}, "twin": {"score": 0.99}, "category": {"worn": "upper", "looks": "bag"},
            "colour": {"names": ["Red"], "colours": [[50, 0, 0, 1]]}, "small": {"width": 9, "height": 8, "least": 400},
            "blurred": {"sharpness": 0.01, "least": 0.06},
        }  # fmt: skip
        for kind, said in facts.items():
            Finding.objects.create(image=image, kind=kind, facts=said, other=image if kind == "twin" else None)
            response = keeper.get(PAGE, {"kind": kind})
            [finding] = response.context["page"]
            assert "{" not in finding.sentence
            assert response.text.count('class="finding"') == 1

    def test_not_a_problem_is_remembered_until_the_file_changes(self, keeper, version):
        image = a_picture(version, colour="Green")
        findings(image)
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        response = keeper.post(waive, {"kind": "colour", "page": "1"})
        assert response.headers["Location"] == f"{PAGE}?kind=colour&page=1"
        findings(image)
        assert not Finding.objects.still().exists()
        assert keeper.get(PAGE, {"kind": "waived"}).context["page"][0].image == image
        pictures.replace_picture(image, encoded(drawn(5)))
        looked_at(image, version, unit(1))
        findings(image)
        assert Finding.objects.still().get().image == image

    def test_it_holds_for_that_kind_alone_and_can_be_taken_back(self, keeper, version):
        image = a_picture(version, drawn(size=(300, 400)), colour="Green")
        findings(image)
        colour = Finding.objects.get(kind="colour")
        waive = reverse("admin:visualsearch_finding_waive", args=[colour.pk])
        keeper.post(waive, {})
        assert Finding.objects.still().get().kind == "small"
        keeper.post(waive, {"back": "1"})
        assert not Waiver.objects.exists()

    def test_only_those_who_may_change_products_may_say_so(self, client, version, django_user_model):
        image = a_picture(version, colour="Green")
        findings(image)
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        client.force_login(django_user_model.objects.create(username="clerk", is_staff=True))
        assert client.get(PAGE).status_code == 403
        assert client.post(waive).status_code == 403
        assert not Waiver.objects.exists()

    def test_looking_changes_nothing(self, keeper, version):
        findings(a_picture(version, colour="Green"))
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        assert keeper.get(waive).status_code == 405

    def test_the_page_has_a_constant_number_of_queries(self, keeper, version, django_assert_max_num_queries):
        findings(*(a_picture(version, colour="Green") for _ in range(6)))
        with django_assert_max_num_queries(12):
            assert keeper.get(PAGE).text.count('class="finding"') == 6

    def test_a_product_with_findings_can_be_deleted(self, keeper, version):
        image = a_picture(version, colour="Green")
        findings(image)
        data = {"post": "yes", "action": "delete_selected", "_selected_action": [image.product_id]}
        keeper.post(reverse("admin:catalog_product_changelist"), data)
        assert not ProductImage.objects.exists()


def told(**options):
    out = io.StringIO()
    call_command("examine_catalog", stdout=out, **options)
    return out.getvalue()


class TestOfTheCommand:
    def test_names_each_finding(self, version):
        a_picture(version, product=ProductFactory(name="Parka"), colour="Green")
        lines = told().splitlines()
        assert lines[0].startswith("does not fit its colour")
        assert "Parka" in lines[0]
        assert "does not fit its colour: 1" in lines[-1]

    @pytest.mark.django_db(transaction=True)
    def test_measures_itself_on_planted_faults(self, networks, settings, monkeypatch):
        @contextmanager
        def here():
            with _trial_shop.tasks_at_once():
                yield

        monkeypatch.setattr(examine_catalog, "trial_shop", here)
        lines = told(planted=True, products=12, each=1).splitlines()
        assert lines[0] == "12 drawn products, 24 pictures, seed 5"
        figures = {line[:32].strip(): line[32:].split() for line in lines[2:]}
        assert figures["too small"] == ["1", "1", "1", "100.0%", "100.0%"]
        assert figures["blurred"][0] == "1"
        assert figures["does not fit its colour"][0] == "2"

    def test_says_when_there_are_too_few_products_to_spoil(self):
        with pytest.raises(CommandError, match="12 faults of each kind need 144 products"):
            told(planted=True, products=143, each=12)

    def test_counts_precision_and_recall(self):
        truth, found = {(1, "small"), (2, "small")}, {(1, "small"), (3, "small"), (4, "twin")}
        lines = {line[:32].strip(): line[32:].split() for line in examine_catalog.table(truth, found)}
        assert lines["too small"] == ["2", "2", "1", "50.0%", "50.0%"]
        assert lines["same picture as another product"] == ["0", "1", "0", "0.0%", "-"]
