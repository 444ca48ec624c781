"""Where each class of a stranger's detector is worn."""

from pathlib import Path

import pytest

from visualsearch.ml import boxes, classmaps
from visualsearch.ml.classmaps import ClassMapError
from visualsearch.ml.types import NOWHERE, POSITIONS

ORDER = {
    "deepfashion2": "short sleeve top,long sleeve top,short sleeve outwear,long sleeve outwear,vest,sling,shorts,"
    "trousers,skirt,short sleeve dress,long sleeve dress,vest dress,sling dress",
    "modanet": "bag,belt,boots,footwear,outer,dress,sunglasses,pants,top,shorts,skirt,headwear,scarf/tie",
}


@pytest.mark.parametrize("source", ORDER)
def test_the_classes_come_in_the_order_of_the_published_weights(source: str):
    assert ",".join(classmaps.read(source)) == ORDER[source]


@pytest.mark.parametrize(
    ("source", "positions"),
    [
        ("deepfashion2", "upper upper upper upper upper upper lower lower lower full full full full"),
        ("modanet", "bag - feet feet upper full head lower upper lower lower head -"),
    ],
)
def test_each_class_has_its_position(source: str, positions: str):
    assert " ".join(position or "-" for position in classmaps.read(source).values()) == positions


def test_outer_layers_are_known_as_such():
    outer = {"short sleeve outwear", "long sleeve outwear"}
    assert {name for name in classmaps.DEEPFASHION2 if name in boxes.OUTER} == outer
    assert {name for name in classmaps.MODANET if name in boxes.OUTER} == {"outer"}


def test_sets_that_share_a_name_agree_on_its_position():
    for known in (classmaps.DEEPFASHION2, classmaps.MODANET, classmaps.OURS, classmaps.CLOTHING_CO_PARSING):
        assert {name: classmaps.KNOWN[name] for name in known} == known
        assert set(known.values()) <= {*POSITIONS, NOWHERE}


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> str:
        (tmp_path / "classes.csv").write_bytes(text.encode(encoding))
        return str(tmp_path / "classes.csv")

    return write


def test_a_file_names_classes_and_known_ones_need_no_position(write):
    source = write('# mine\n\nSkirt\nShort_Sleeve_Top\nponcho, upper\n\'Tis belt , NONE\nbelt\n"shoe, left",feet\n')
    assert classmaps.read(source) == {
        "skirt": "lower", "short sleeve top": "upper", "poncho": "upper", "'Tis belt": NOWHERE, "belt": NOWHERE,
        "shoe, left": "feet",
    }  # fmt: skip


def test_a_position_in_the_file_goes_before_the_known_one(write):
    assert classmaps.read(write("vest,full\nscarf/tie,upper\n")) == {"vest": "full", "scarf/tie": "upper"}


def test_files_of_windows_are_read(write):
    assert classmaps.read(write("\ufeffskirt\r\nkilt,lower\r\n")) == {"skirt": "lower", "kilt": "lower"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "skirt\nponcho\nkilt\n",
            r"Where are these worn: poncho, kilt\? .* upper, lower, .* head, and none",
        ),
        ("kilt,legs\n", "kilt is at 'legs'; positions are upper"),
        ("kilt,whole\n", "kilt is at 'whole'"),
        ("skirt\nkilt,lower\nSkirt\n", r"classes\.csv names a class more than once: skirt"),
        ("kilt,lower,feet\n", "The line of 'kilt' is not `class name"),
        (",lower\n", "The line of '' is not"),
        ("x" * 51 + ",lower\n", "50 letters at most"),
        ("a\0b,lower\n", "The line of 'a.x00b' is not"),
        ("x" * 140_000, "is not"),
        ("", r"classes\.csv names no class"),
        ("belt\n", "names no class that is worn"),
    ],
)
def test_what_makes_no_class_map_is_refused_in_a_sentence(write, text: str, sentence: str):
    with pytest.raises(ClassMapError, match=sentence):
        classmaps.read(write(text))


def test_what_is_no_file_of_names_is_refused(write, tmp_path: Path):
    with pytest.raises(ClassMapError, match="nor one of deepfashion2, modanet"):
        classmaps.read("deepfashion")
    with pytest.raises(ClassMapError, match="is not a file of class names"):
        classmaps.read(str(tmp_path))
    with pytest.raises(ClassMapError, match="is not a file of class names"):
        classmaps.read(write("ж", "utf-16"))
