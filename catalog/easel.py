"""Where products are drawn: in processes of their own, one for each core, which know no Django."""

import io
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import active_children, get_context

from catalog import studio
from catalog.studio import Design, View

WIDTH = 800  # pixels
WORDS = {
    "front": "from the front",
    "back": "from the back",
    "flat": "laid flat",
    "close": "close up",
    "figure": "on a figure",
}


@dataclass(frozen=True)
class Sheet:
    """A finished picture: a JPEG file, the colourway that it shows, and what it shows in words."""

    data: bytes
    colour: str
    alt: str


@contextmanager
def drawn(seed: int, indices: Sequence[int]) -> Iterator[Iterable[list[Sheet]]]:
    """The pictures of the products at `indices`, in order, drawn ahead on all cores while the block lasts."""
    # Spawned, as a fork would share the database's connections; nice, as someone may be searching meanwhile.
    drawers = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=_sit_down)
    try:
        yield drawers.map(partial(sheets, seed), indices)
    except BaseException:  # Ctrl-C, or nobody wants the rest: what is on the easels is not finished
        for drawer in active_children():
            drawer.terminate()
        raise
    finally:
        drawers.shutdown(wait=True, cancel_futures=True)


def sheets(seed: int, index: int) -> list[Sheet]:
    """The pictures of one product: two or three views, and the front of every further colourway."""
    design = studio.design(seed, index)
    others = [View("front", colourway) for colourway in range(1, len(design.colourways))]
    return [sheet(design, view) for view in (*studio.views(design, 2 if others else 3), *others)]


def sheet(design: Design, view: View) -> Sheet:
    """One picture of a product."""
    file = io.BytesIO()
    studio.draw(design, view, WIDTH).image.save(file, "JPEG", quality=90)
    colour = design.colourways[view.colourway].name
    return Sheet(file.getvalue(), colour, f"{design.name} in {colour.lower()}, {WORDS[view.name]}")


def _sit_down() -> None:
    """Ctrl-C is for the parent, which ends its drawers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
