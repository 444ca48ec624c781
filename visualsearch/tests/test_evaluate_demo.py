"""The command that says how well the demo finds its own products."""

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from catalog import easel, studio
from catalog.drawn import add
from visualsearch import indexing
from visualsearch.management.commands import evaluate_demo
from visualsearch.management.commands.evaluate_demo import Outcome, table
from visualsearch.ml.types import Box, Detection
from visualsearch.models import ModelVersion, PhotoRegion
from visualsearch.tests import fakes
from visualsearch.tests.makers import BOX, photo

OUTCOMES = [Outcome("bag", True, True, 1), Outcome("bag", True, True, 7), Outcome("hat", False, False, None)]


def test_counts_an_item_that_was_not_found_as_a_miss_everywhere():
    lines = [line.split() for line in table(OUTCOMES)]
    assert lines == [
        ["items", "indexed", "found", "top", "1", "top", "3", "top", "10"],
        ["all", "3", "66.7%", "66.7%", "33.3%", "33.3%", "66.7%"],
        ["bag", "2", "100.0%", "100.0%", "50.0%", "50.0%", "100.0%"],
        ["hat", "1", "0.0%", "0.0%", "0.0%", "0.0%", "0.0%"],
    ]


def test_a_box_is_the_true_one_when_it_lies_there_and_is_worn_there():
    assert Box(0, 0, 0.5, 1).overlap(Box(0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)
    assert Box(0, 0, 0.1, 0.1).overlap(Box(0.5, 0.5, 1, 1)) == 0
    bag, hat = PhotoRegion(position="bag", **BOX), PhotoRegion(position="head", **BOX)
    assert evaluate_demo.matching([(hat, 0.9), (bag, 0.6)], "bag") is bag
    assert evaluate_demo.matching([(hat, 0.9), (bag, 0.4)], "bag") is None


@pytest.mark.django_db
@pytest.mark.usefixtures("networks", "valkey")
class TestTheCommand:
    def test_wants_the_demo_in_the_shop(self):
        with pytest.raises(CommandError, match="Run load_demo first"):
            call_command("evaluate_demo", "--products", "2")

    def test_sends_street_photos_through_the_real_search(self, monkeypatch, capsys):
        designs = [studio.design(1, index) for index in range(3)]
        boxes = [Box(i / 3, 0, (i + 1) / 3, 1) for i in range(3)]
        for design, colour in zip(designs, ("red", "green", "blue"), strict=True):
            add(design, [easel.Sheet(photo(colour), design.colourways[0].name, "")])
        worn = tuple(
            studio.Item(d.index, 1, d.label, d.position, tuple(box.as_list()))
            for d, box in zip(designs, boxes, strict=True)
        )
        street = Image.new("RGB", (300, 200))
        for design, colour in zip(designs, ("red", "green", "blue"), strict=True):
            street.paste(colour, (100 * design.index, 0, 100 * design.index + 100, 200))
        picture = studio.Picture(street, worn)
        found = [Detection(d.label, d.position, 0.9, box) for d, box in zip(designs, boxes, strict=True)]
        monkeypatch.setattr(studio, "street_photo", lambda *args: picture)
        monkeypatch.setattr(fakes.FakeDetector, "found", found)
        with pytest.raises(CommandError, match="not indexed"):
            call_command("evaluate_demo", "--products", "3", "--photos", "1", "--here")
        for image in indexing.ProductImage.objects.all():
            indexing.index(image.pk)
        call_command("evaluate_demo", "--products", "3", "--photos", "1", "--here")
        printed = capsys.readouterr().out
        assert "100.0%  100.0%" in printed
        assert "may not have them: 0 of 3" in printed
        ModelVersion.objects.update(floors={designs[0].position: 1.1})
        call_command("evaluate_demo", "--products", "3", "--photos", "1", "--here")
        same = sum(design.position == designs[0].position for design in designs)
        assert f"may not have them: {same} of 3" in capsys.readouterr().out
