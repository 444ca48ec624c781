"""The file that vectors travel in: NumPy arrays in a zip (.npz), read without pickle. docs/models.md has the format.

Written and read here, checked before anything reaches a table.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.models import DIMENSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = "vitrine vectors 2"
FIRST = "vitrine vectors 1"  # knew nothing of what is worn with a product: all of its regions are the products' own
MOST_REGIONS = 1000  # of a picture
UNIT = 0.01  # how far a length may be from 1: half precision moves it by a tenth of that
KINDS = {"picture_sha256": "U", "picture": "i", "ordinal": "i", "label": "U", "position": "U", "score": "f", "box": "f"}
KINDS |= {"vector": "f", "own": "b", "detector_sha256": "U", "embedder_sha256": "U"}


class BadVectors(Exception):
    """The file is not one of vectors, or not a whole or a right one; the message says what is wrong."""


class Part(NamedTuple):
    """A region of a picture, as its row has it: box [x1, y1, x2, y2], vector (DIMENSION,) float16."""

    ordinal: int
    label: str
    position: str
    score: float
    box: list[float]
    own: bool
    vector: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Vectors:
    """P pictures and their R regions under one version, each picture's regions together, the whole picture first."""

    detector_sha256: NDArray[np.str_]  # ()
    embedder_sha256: NDArray[np.str_]  # ()
    picture_sha256: NDArray[np.str_]  # (P,)
    picture: NDArray[np.int32]  # (R,) whose region it is: a place in `picture_sha256`, rising
    ordinal: NDArray[np.int16]  # (R,)
    label: NDArray[np.str_]  # (R,)
    position: NDArray[np.str_]  # (R,)
    score: NDArray[np.float64]  # (R,)
    box: NDArray[np.float64]  # (R, 4)
    own: NDArray[np.bool_]  # (R,) of the product itself; False for what is worn with it
    vector: NDArray[np.float16]  # (R, DIMENSION)

    def pictures(self) -> Iterator[tuple[str, list[Part]]]:
        """Each picture's sha256 with its regions."""
        ends = np.searchsorted(self.picture, np.arange(1, len(self.picture_sha256) + 1))
        begin = 0
        for sha256, end in zip(self.picture_sha256, ends, strict=True):
            yield str(sha256), [self._part(row) for row in range(begin, end)]
            begin = end

    def _part(self, row: int) -> Part:
        names = int(self.ordinal[row]), str(self.label[row]), str(self.position[row]), float(self.score[row])
        return Part(*names, self.box[row].tolist(), bool(self.own[row]), self.vector[row])


def write(path: Path, vectors: Vectors) -> None:
    """Write the file, whole or not at all. Raises `OSError`."""
    arrays = {field.name: getattr(vectors, field.name) for field in fields(vectors)}
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("wb") as file:
            _save(file, format=np.array(FORMAT), **arrays)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path) -> Vectors:
    """The file's vectors, checked. Raises `BadVectors`."""
    arrays = _arrays(path)
    for name, kind in KINDS.items():
        if arrays[name].dtype.kind != kind:
            raise BadVectors(f"{path.name}: {name} holds {arrays[name].dtype}, which it should not. Export it again.")
    vectors = Vectors(**arrays)
    for sound, sentence in _checks(vectors):
        if not _holds(sound):
            raise BadVectors(f"{path.name}: {sentence}. Nothing was imported.")
    return vectors


def _holds(sound: partial[bool]) -> bool:
    try:
        return sound()
    except ValueError:  # text that is none
        return False


def _save(file: IO[bytes], **arrays: NDArray[np.generic]) -> None:
    """As `numpy.savez`: vectors hardly get smaller by compression."""
    np.savez(file, **arrays)  # type: ignore[arg-type]


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as opened:
            file = np.load(opened, allow_pickle=False)
            format = str(file["format"]) if isinstance(file, np.lib.npyio.NpzFile) and "format" in file else ""
            if format not in (FORMAT, FIRST):
                raise BadVectors(f"{path.name} is no file of vectors that this shop reads ({FORMAT}).")
            added = {"own"} if format == FIRST else set()
            if lacking := [name for name in KINDS if name not in added and name not in file]:
                raise BadVectors(f"{path.name} lacks {', '.join(lacking)}. Export it again.")
            arrays = {name: file[name] for name in KINDS if name not in added}
            return arrays | {name: np.ones(arrays["picture"].shape, bool) for name in added}
    except FileNotFoundError as error:
        raise BadVectors(f"There is no file {path}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BadVectors(f"{path.name} is cut off or damaged. Copy it again.") from error
    except (ValueError, OSError, MemoryError, AttributeError, TypeError, RuntimeError) as error:
        raise BadVectors(f"{path.name} is no file of vectors, or damaged: {error}") from error


def _checks(v: Vectors) -> Iterator[tuple[partial[bool], str]]:
    """What must hold, in an order in which each may rely on those before, and what is said otherwise."""
    yield partial(_shaped, v), "its arrays do not fit each other"
    yield partial(_hashes, v), "a sha256 in it is none, or stands there twice"
    yield partial(_grouped, v), "its regions do not belong to its pictures"
    yield partial(_worn, v), f"a region has no label, or none of the positions {WHOLE}, {', '.join(POSITIONS)}"
    yield partial(_inside, v), "a box does not lie in its picture, or a score is no number"
    yield partial(_unit, v), "a vector is not of length 1"


def _shaped(v: Vectors) -> bool:
    pictures, regions = len(v.picture_sha256) if v.picture_sha256.ndim == 1 else -1, v.picture.size
    wanted = [(v.picture_sha256, (pictures,)), (v.box, (regions, 4)), (v.vector, (regions, DIMENSION))]
    wanted += [(a, (regions,)) for a in (v.picture, v.ordinal, v.label, v.position, v.score, v.own)]
    wanted += [(v.detector_sha256, ()), (v.embedder_sha256, ())]
    return all(array.shape == shape for array, shape in wanted)


def _hashes(v: Vectors) -> bool:
    all_of_them = [str(v.detector_sha256), str(v.embedder_sha256), *map(str, v.picture_sha256)]
    hexadecimal = all(len(one) == 64 and set(one) <= set("0123456789abcdef") for one in all_of_them)
    return hexadecimal and len(np.unique(v.picture_sha256)) == len(v.picture_sha256)


def _grouped(v: Vectors) -> bool:
    """Each picture has its regions in one run, which begins with ordinal 0 and counts on."""
    if len(v.picture) == 0 or len(v.picture_sha256) == 0:
        return len(v.picture) == len(v.picture_sha256)
    begins = np.flatnonzero(np.diff(v.picture, prepend=-1))
    runs_are_all = np.array_equal(v.picture[begins], np.arange(len(v.picture_sha256)))
    places = np.arange(len(v.picture)) - np.repeat(begins, np.diff(begins, append=len(v.picture)))
    return runs_are_all and np.array_equal(v.ordinal, places) and places.max() <= MOST_REGIONS


def _worn(v: Vectors) -> bool:
    known = bool(np.isin(v.position, [WHOLE, *POSITIONS]).all())
    whole_comes_first = np.array_equal(v.position == WHOLE, v.ordinal == 0) and bool(v.own[v.ordinal == 0].all())
    return (
        known
        and whole_comes_first
        and bool(v.own[v.ordinal == 0].all())
        and v.label.dtype.itemsize <= 50 * 4
        and all(map(str.isprintable, v.label))
    )


def _inside(v: Vectors) -> bool:
    x1, y1, x2, y2 = v.box.T
    inside = (x1 >= 0) & (y1 >= 0) & (x2 <= 1) & (y2 <= 1) & (x1 < x2) & (y1 < y2)  # False where one is no number
    return bool(inside.all() and np.isfinite(v.score).all())


def _unit(v: Vectors) -> bool:
    lengths = np.sqrt(np.einsum("rd,rd->r", v.vector, v.vector, dtype=np.float32))
    return bool((np.abs(lengths - 1) <= UNIT).all())
