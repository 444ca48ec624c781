"""Size guides: read as they are pasted, found by the nearest category, written once for an example shop."""

import pytest
from django.core.exceptions import ValidationError

from catalog import sizecharts
from catalog.models import Category
from catalog.modelssizes import SizeGuide
from catalog.tests.factories import CategoryFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mark", ["\t", ";", ", "])
def test_a_table_is_read_as_it_is_pasted(mark):
    guide = SizeGuide(name="Tops", table=f"Size{mark}Chest\r\n\r\nS{mark}86-94\r\nM{mark}94-102\r\n")
    guide.clean()
    assert guide.measures == ["Size", "Chest"]
    assert guide.sizes == [["S", "86-94"], ["M", "94-102"]]


def test_commas_within_numbers_do_not_part_cells_between_tabs():
    guide = SizeGuide(table="Size\tFoot, cm\n37\t23,2")
    guide.clean()
    assert guide.sizes == [["37", "23,2"]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "a line for each size"),
        ("Size\tChest", "a line for each size"),
        ("Size\nS", "a line for each size"),
        ("Size\tChest\nS\t86\nM", "Line 3 has 1 cells and the first line 2"),
        ("Size\tChest\n" + "S\t86\n" * 61, "60 lines"),
        ("\t".join("abcdefghijk") + "\n" + "\t".join("abcdefghijk"), "10 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_what_is_wrong(table, said):
    with pytest.raises(ValidationError, match=said):
        SizeGuide(name="Tops", table=table).clean()


def test_the_nearest_guide_counts(django_assert_num_queries):
    women = CategoryFactory(name="Women")
    shoes = Category.objects.create(parent=women, name="Shoes", slug="shoes")
    boots = Category.objects.create(parent=shoes, name="Boots", slug="boots")
    assert SizeGuide.objects.of(boots) is None
    wide = SizeGuide.written("Women", "a\tb\nc\td", "", [women])
    near = SizeGuide.written("Shoes", "a\tb\nc\td", "", [shoes])
    with django_assert_num_queries(3):
        assert [SizeGuide.objects.of(one) for one in (women, shoes, boots)] == [wide, near, near]


def test_an_example_shop_gets_guides_once():
    for path in ("women", "men"):
        CategoryFactory(name=path.title())
    assert sizecharts.fill()
    assert {guide.name for guide in SizeGuide.objects.all()} == {"Women's sizes", "Men's sizes"}
    for guide in SizeGuide.objects.all():
        guide.full_clean()
    SizeGuide.objects.first().delete()
    assert not sizecharts.fill()
    assert SizeGuide.objects.count() == 1


def test_every_example_is_a_table():
    for name, lines, _note, _paths in sizecharts.GUIDES:
        SizeGuide(name=name, table="\n".join("\t".join(cells) for cells in lines)).clean()
