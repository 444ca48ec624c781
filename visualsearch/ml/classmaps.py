"""What detectors call garments, and where each is worn: the classes of known data sets, or those in a file.

The order is that of the sets' own numbering, which is the order of the `.names` files beside published weights.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from visualsearch.ml.datasets import detection
from visualsearch.ml.types import NOWHERE, POSITIONS

ClassMap = dict[str, str]  # class name -> one of POSITIONS, or NOWHERE; in the order of the network's outputs

DEEPFASHION2: ClassMap = {
    "short sleeve top": "upper",
    "long sleeve top": "upper",
    "short sleeve outwear": "upper",
    "long sleeve outwear": "upper",
    "vest": "upper",
    "sling": "upper",
    "shorts": "lower",
    "trousers": "lower",
    "skirt": "lower",
    "short sleeve dress": "full",
    "long sleeve dress": "full",
    "vest dress": "full",
    "sling dress": "full",
}
MODANET: ClassMap = {
    "bag": "bag",
    "belt": NOWHERE,
    "boots": "feet",
    "footwear": "feet",
    "outer": "upper",
    "dress": "full",
    "sunglasses": "head",
    "pants": "lower",
    "top": "upper",
    "shorts": "lower",
    "skirt": "lower",
    "headwear": "head",
    "scarf/tie": NOWHERE,
}
OURS: ClassMap = dict(zip(detection.CLASSES, detection.POSITIONS, strict=True))
CLOTHING_CO_PARSING: ClassMap = {tag: OURS[ours] for tag, ours in detection.CCP_TAGS.items()}

BY_NAME = {"deepfashion2": DEEPFASHION2, "modanet": MODANET}
KNOWN = CLOTHING_CO_PARSING | OURS | MODANET | DEEPFASHION2
NO_PLACE = "none"  # how a file spells NOWHERE
LONGEST = 50  # characters of a label, as the shop's tables hold it


class ClassMapError(Exception):
    """The classes cannot be used. The message says which, and what to write."""


def read(source: str) -> ClassMap:
    """`deepfashion2`, `modanet`, or the classes in a text or CSV file; raises `ClassMapError`.

    A line of the file is `class name[, position]`; a position is one of `POSITIONS` or `none`, and may be left out
    where a known set has the class. Known names are spelled as there (`Short_Sleeve_Top` is `short sleeve top`).
    """
    return BY_NAME.get(source) or _checked([_class(*row) for row in _rows(Path(source))], Path(source).name)


def _rows(path: Path) -> list[list[str]]:
    """The cells of each line that says something."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, skipinitialspace=True)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        known = ", ".join(BY_NAME)
        raise ClassMapError(f"{path} is not a file of class names, nor one of {known}: {error}.") from error
    return [row for row in rows if any(row) and not row[0].startswith("#")]


def _class(name: str, position: str = "", *more: str) -> tuple[str, str | None]:
    """A line's class and its position; None where neither the line nor a known set says it."""
    spelled = re.sub(r"[\s_-]+", " ", name.lower())
    label = spelled if spelled in KNOWN else name
    if not label or not label.isprintable() or len(label) > LONGEST or any(more):
        raise ClassMapError(
            f"The line of {name[:LONGEST]!r} is not `class name[, position]` with a name of {LONGEST} letters at most."
        )
    if not position:
        return label, KNOWN.get(label)
    if position.lower() not in (*POSITIONS, NO_PLACE):
        raise ClassMapError(f"{label} is at {position[:LONGEST]!r}; {_positions()}.")
    return label, NOWHERE if position.lower() == NO_PLACE else position.lower()


def _checked(classes: list[tuple[str, str | None]], file: str) -> ClassMap:
    """The map, once it has classes, each of them once and with a position."""
    names = [name for name, _ in classes]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ClassMapError(f"{file} names a class more than once: {', '.join(twice)}.")
    if missing := [name for name, position in classes if position is None]:
        raise ClassMapError(
            f"Where are these worn: {', '.join(missing)}? Write it in {file}, behind the name and a comma; "
            f"{_positions()}."
        )
    found = {name: position for name, position in classes if position is not None}
    if not any(found.values()):
        raise ClassMapError(f"{file} names no class that is worn somewhere.")
    return found


def _positions() -> str:
    return f"positions are {', '.join(POSITIONS)}, and {NO_PLACE} for what the shop does not search"
