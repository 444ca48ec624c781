"""What an example shop is filled from: a source is a known number of products, made one by one as one walks over it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, NamedTuple


class Entry(NamedTuple):
    """One product that is now in the shop or, with a `problem`, one thing that was left out."""

    name: str
    problem: str = ""


class Source(ABC):
    """Products for a shop. Walking over it twice makes the same rows; a walk that was stopped goes on where it was."""

    verb: ClassVar[str]  # what a progress bar says

    @abstractmethod
    def __len__(self) -> int:
        """How many entries there will be."""

    @abstractmethod
    def __iter__(self) -> Iterator[Entry]:
        """Makes the products; gives each as soon as it is in the shop."""
