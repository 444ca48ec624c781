"""The registry of trained weights: a file, its hash, and all that is needed to use it, in one place.

Each model is two files in `artifacts/`: `<name>.onnx` (the network) and `<name>.json` (a `Weights` entry, written by
the training command's export). The manner is torchvision's `Weights`: file, transforms and meta together.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

ARTIFACTS = Path(__file__).parent / "artifacts"


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
    positions: tuple[str, ...] = ()  # the position of each class, in the order of `classes`
    anchors: tuple[tuple[tuple[float, float], ...], ...] = ()  # a scale each: (width, height) in input pixels
    strides: tuple[int, ...] = ()
    threshold: float = 0.0  # the detector's score below which nothing is an item
    figures: dict[str, float] = field(default_factory=dict)
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
    """Write the entry beside its network and return its path."""
    fields = asdict(weights)
    fields.pop("folder")
    path = weights.folder / f"{weights.name}.json"
    path.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n")
    return path


@cache
def registered(folder: Path = ARTIFACTS) -> dict[str, Weights]:
    """Every entry by name. Read once a process: a new file is seen at the next start."""
    return {entry.name: entry for entry in map(read_entry, sorted(folder.glob("*.json")))}


def named(name: str, folder: Path = ARTIFACTS) -> Weights:
    """The entry of that name; raises `WeightsError` naming those there are."""
    entries = registered(folder)
    if name not in entries:
        raise WeightsError(f"No weights are registered as {name!r}. There are: {', '.join(entries) or 'none'}.")
    return entries[name]
