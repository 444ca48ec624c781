"""Darknet's two files: a `.cfg` that describes a network and a `.weights` that fills it. NumPy only.

Both are written back byte for byte. The formats are those of the Darknet program (public domain): an ini-like text
whose sections are layers in order, and a header followed by little-endian float32 in the order of the layers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYERS = ("convolutional", "maxpool", "upsample", "route", "shortcut", "yolo")


class DarknetError(Exception):
    """A `.cfg` or `.weights` file cannot be used. The message says which, why and what was expected."""


@dataclass(frozen=True, slots=True)
class Section:
    """One `[kind]` of a cfg with its options, and `text`: its own lines exactly as they stand in the file."""

    kind: str
    options: dict[str, str]
    text: str

    def number(self, key: str, default: int | None = None) -> int:
        """An option as a whole number; raises `DarknetError` when it is absent without a default, or not a number."""
        try:
            return int(self.options[key] if default is None else self.options.get(key, default))
        except (KeyError, ValueError) as error:
            raise DarknetError(f"[{self.kind}] needs a whole number for {key}, found {error}.") from error

    def numbers(self, key: str) -> list[float]:
        """An option as a list of numbers; raises `DarknetError` when it is absent or not one."""
        try:
            return [float(part) for part in self.options[key].split(",") if part.strip()]
        except (KeyError, ValueError) as error:
            raise DarknetError(f"[{self.kind}] needs a list of numbers for {key}, found {error}.") from error


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a `.weights` file: the version of Darknet that wrote it, and how many pictures it had seen."""

    major: int = 0
    minor: int = 2
    revision: int = 0
    seen: int = 0

    @property
    def form(self) -> str:
        """The struct of this version: `seen` is 64 bits wide since 0.2, unless the numbers are absurd."""
        wide = self.major * 10 + self.minor >= 2 and self.major < 1000 and self.minor < 1000
        return "<iiiq" if wide else "<iiii"


def parse(text: str, name: str = "cfg") -> list[Section]:
    """The sections of a cfg, `[net]` first; raises `DarknetError` when the text is not one."""
    blocks: list[list[str]] = [[]]  # the first holds what stands before any section
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            blocks.append([])
        blocks[-1].append(line)
    before, sections = "".join(blocks[0]), [_section(lines, name) for lines in blocks[1:]]
    if not sections or sections[0].kind not in ("net", "network") or not any(s.kind == "yolo" for s in sections):
        raise DarknetError(
            f"{name} is not a Darknet cfg of a detector: it needs [net] first and a [yolo] at least once."
        )
    sections[0] = Section(sections[0].kind, sections[0].options, before + sections[0].text)
    return sections


def _section(lines: list[str], name: str) -> Section:
    """One section from its own lines; comments and blanks are kept in the text only."""
    kind = lines[0].strip().strip("[]")
    options = {}
    for line in lines[1:]:
        bare = line.split("#")[0].split(";")[0].strip()
        if bare and "=" not in bare:
            raise DarknetError(f"{name}: in [{kind}] the line {bare[:40]!r} is no option of the form key=value.")
        if bare:
            key, _, value = bare.partition("=")
            options[key.strip()] = value.strip()
    return Section(kind, options, "".join(lines))


def read_cfg(path: Path) -> list[Section]:
    """The sections of a cfg file; raises `DarknetError`."""
    try:
        return parse(path.read_bytes().decode(), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise DarknetError(f"{path.name} is not a Darknet cfg: {error}.") from error


def write_cfg(sections: Sequence[Section], path: Path) -> Path:
    """Write sections as they were read, byte for byte."""
    path.write_bytes("".join(section.text for section in sections).encode())
    return path


def check_classes(sections: Sequence[Section], count: int) -> None:
    """Raise `DarknetError` unless every [yolo] has `count` classes and the layer before it the filters for them."""
    for before, section in pairwise(sections):
        if section.kind != "yolo":
            continue
        classes, anchors = section.number("classes", 20), len(section.numbers("mask"))
        if classes != count:
            raise DarknetError(f"The cfg is for {classes} classes, but {count} class names were given.")
        if before.number("filters", 1) != anchors * (5 + classes):
            raise DarknetError(
                f"The layer before a [yolo] has {before.number('filters', 1)} filters; {anchors} anchors with "
                f"{classes} classes need {anchors * (5 + classes)}."
            )


def read_weights(path: Path, sizes: Sequence[int]) -> tuple[Header, list[NDArray[np.float32]]]:
    """The header and one flat array for each of `sizes`, in order; raises `DarknetError` unless the file just fits."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DarknetError(f"The weights {path.name} cannot be read: {error}.") from error
    header, start = _header(data, path.name)
    expected, found = 4 * sum(sizes), len(data) - start
    if found != expected:
        how = "cut off" if found < expected else "too long"
        raise DarknetError(
            f"The weights {path.name} are {how} for this cfg: {found:,} bytes behind the header, {expected:,} expected."
        )
    floats = np.frombuffer(data, dtype="<f4", offset=start)
    return header, np.split(floats, np.cumsum(sizes)[:-1])


def _header(data: bytes, name: str) -> tuple[Header, int]:
    """The header and where it ends."""
    if len(data) < 20:
        raise DarknetError(f"The weights {name} are cut off: {len(data)} bytes are no Darknet file.")
    form = Header(*struct.unpack_from("<iii", data)).form
    return Header(*struct.unpack_from(form, data)), struct.calcsize(form)


def write_weights(header: Header, arrays: Sequence[NDArray[np.float32]], path: Path) -> Path:
    """Write a header and the parameters in order, byte for byte what `read_weights` took apart."""
    head = struct.pack(header.form, header.major, header.minor, header.revision, header.seen)
    path.write_bytes(head + b"".join(array.astype("<f4").tobytes() for array in arrays))
    return path
