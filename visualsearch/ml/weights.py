"""The registry of trained weights: a file, its hash, and all that is needed to use it, in one place.

Each model is two files: `<name>.onnx` (the network) and `<name>.json` (a `Weights` entry, written by the command that
made it). Those that are shipped lie in `artifacts/`, others in a folder of the shop. The manner is torchvision's
`Weights`: file, transforms and meta together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

ARTIFACTS = Path(__file__).parent / "artifacts"
further: tuple[Path, ...] = ()  # folders of models that are not shipped; see `look_in`


class WeightsError(Exception):
    """A weights file is missing, cut off, or not the one its entry names. The message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry. `mean` and `std` are on the 0..255 scale: the network sees `(pixel - mean) / std`, RGB, (3, S, S)."""

    name: str
    task: Literal["detector", "embedder"]
    file: str
    sha256: str
    input_size: int
    mean: float
    std: float
    licence: str
    data: str
    pad: int = 128
    dimension: int = 0
    classes: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()  # the position of each class, in the order of `classes`; NOWHERE drops the class
    anchors: tuple[tuple[tuple[float, float], ...], ...] = ()  # a scale each: (width, height) in input pixels
    strides: tuple[int, ...] = ()
    threshold: float = 0.0  # the detector's score below which nothing is an item
    figures: dict[str, float] = field(default_factory=dict)
    architecture: str = ""  # of the network, as the training commands spell it; empty where it cannot be trained on
    folder: Path = ARTIFACTS

    @property
    def path(self) -> Path:
        """Where the network's file lies."""
        return self.folder / self.file

    def verify(self) -> Path:
        """The path, once the file there is the one this entry names; raises `WeightsError` otherwise."""
        if not self.path.is_file():
            raise WeightsError(f"The weights {self.name} should be at {self.path}, and there is no such file.")
        found = hash_file(self.path)
        if found != self.sha256:
            raise WeightsError(
                f"The file {self.file} is not the weights {self.name}: its sha256 begins {found[:12]}, "
                f"the registry says {self.sha256[:12]}. It was cut off or replaced: fetch it again or register it anew."
            )
        return self.path


def hash_file(path: Path) -> str:
    """sha256 of a file in hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_entry(path: Path) -> Weights:
    """The entry in a JSON file; raises `WeightsError` when it is not one."""
    try:
        fields: dict[str, Any] = json.loads(path.read_text())
        for key in ("classes", "positions", "strides"):
            fields[key] = tuple(fields.get(key, ()))
        fields["anchors"] = tuple(tuple((w, h) for w, h in scale) for scale in fields.get("anchors", ()))
        return Weights(**fields, folder=path.parent)
    except (ValueError, TypeError, OSError) as error:
        raise WeightsError(f"{path.name} is not an entry of the weights registry: {error}.") from error


def write_entry(weights: Weights) -> Path:
    """Write the entry beside its network, whole or not at all, and return its path."""
    fields = asdict(weights)
    fields.pop("folder")
    path = weights.folder / f"{weights.name}.json"
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n")
    return unfinished.replace(path)


def remove_entry(weights: Weights) -> None:
    """Take the entry and its network out of their folder, as far as they are there."""
    for path in (weights.folder / f"{weights.name}.json", weights.path):
        path.unlink(missing_ok=True)


def look_in(*folders: Path) -> None:
    """Say where models lie that are not shipped. The folders need not exist yet."""
    global further  # noqa: PLW0603 - one registry a process
    further = tuple(folder.resolve() for folder in folders)


def registered(folders: Iterable[Path] | None = None) -> dict[str, Weights]:
    """Every entry by name, in the folders given or in all there are; raises `WeightsError` when a name comes twice.

    A worker that runs for weeks must see what a command registered a moment ago: the folders are looked at each time,
    which costs a glance a file, and an entry is read again when its file has changed.
    """
    entries: dict[str, Weights] = {}
    for entry in _entries(dict.fromkeys((ARTIFACTS, *further) if folders is None else folders)):
        if entry.name in entries:
            raise WeightsError(
                f"Two weights are registered as {entry.name!r}, in {entries[entry.name].folder} and in {entry.folder}. "
                "Remove one of them."
            )
        entries[entry.name] = entry
    return entries


def _entries(folders: Iterable[Path]) -> Iterator[Weights]:
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        try:
            seen = path.stat()
        except FileNotFoundError:  # removed this moment
            continue
        yield _as_seen(path, seen.st_ino, seen.st_mtime_ns, seen.st_size)


@lru_cache(256)
def _as_seen(path: Path, *_stamp: int) -> Weights:
    """The entry in a file, read once for each state of the file."""
    return read_entry(path)


def named(name: str, folders: Iterable[Path] | None = None) -> Weights:
    """The entry of that name; raises `WeightsError` naming those there are."""
    entries = registered(folders)
    if name not in entries:
        raise WeightsError(f"No weights are registered as {name!r}. There are: {', '.join(entries) or 'none'}.")
    return entries[name]
