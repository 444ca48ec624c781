"""Scenes: layers laid on a backdrop, with their shadows, and what of every item stays in sight."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .cameras import Camera
from .painter import Layer, paint
from .panels import Panel
from .prints import Cloth
from .relief import Light

Canvas = NDArray[np.float32]  # (rows, columns, 3), 0..255


@dataclass(frozen=True, slots=True)
class Item:
    """A product in a picture. `box` is x1, y1, x2, y2 of its visible part, as fractions of the picture."""

    index: int
    seed: int
    label: str
    position: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture and the products in it."""

    image: Image.Image
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """How a layer shades what is behind it: moved by `dx`, `dy`, softened over `blur` (all shares of the width)."""

    dx: float = 0.008
    dy: float = 0.014
    blur: float = 0.022
    dark: float = 0.34


@dataclass(slots=True)
class Scene:
    """A canvas and the coverage of each item still in sight. `owner` names an item; None is scenery."""

    canvas: Canvas
    light: Light = field(default_factory=Light)
    seen: dict[int, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Columns, rows."""
        return self.canvas.shape[1], self.canvas.shape[0]

    def put(
        self,
        panels: tuple[Panel, ...],
        cloth: Cloth,
        camera: Camera,
        owner: int | None = None,
        shadow: Shadow | None = None,
    ) -> None:
        """Paint panels over everything so far."""
        layer = paint(panels, cloth, camera, self.size, self.light) if panels else None
        if layer is None:
            return
        if shadow:
            self._shade(layer, shadow)
        self._cover(layer, owner)

    def _cover(self, layer: Layer, owner: int | None) -> None:
        rows, columns = layer.pixels.shape[:2]
        here = np.s_[layer.y : layer.y + rows, layer.x : layer.x + columns]
        alpha = layer.pixels[..., 3]
        self.canvas[here] += (layer.pixels[..., :3] - self.canvas[here]) * alpha[..., None]
        for other, seen in self.seen.items():
            if other != owner:
                seen[here] *= 1 - alpha
        if owner is not None:
            mine = self.seen.setdefault(owner, np.zeros(self.canvas.shape[:2], np.float32))
            mine[here] = np.maximum(mine[here], alpha)

    def _shade(self, layer: Layer, shadow: Shadow) -> None:
        """Darken the canvas where the layer's blurred coverage falls. Done at a quarter of the size."""
        columns, rows = self.size
        small = Image.new("L", (columns // 4 + 1, rows // 4 + 1))
        alpha = Image.fromarray((layer.pixels[..., 3] * 255).astype(np.uint8))
        alpha = alpha.resize((max(1, alpha.width // 4), max(1, alpha.height // 4)), Image.Resampling.BOX)
        small.paste(alpha, (round(layer.x / 4 + shadow.dx * columns / 4), round(layer.y / 4 + shadow.dy * columns / 4)))
        soft = small.filter(ImageFilter.GaussianBlur(shadow.blur * columns / 4)).resize(
            (columns, rows), Image.Resampling.BICUBIC
        )
        self.canvas *= 1 - np.asarray(soft, np.float32)[..., None] * (shadow.dark / 255)

    def boxes(self, least: float = 0.0012) -> dict[int, tuple[float, float, float, float]]:
        """The visible extent of each item whose visible share of the picture is at least `least`."""
        found = {}
        for owner, seen in self.seen.items():
            mask = seen > 0.5
            if mask.mean() >= least:
                found[owner] = _extent(mask)
        return found


def _extent(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    high, wide = mask.shape
    return (
        float(columns[0] / wide),
        float(rows[0] / high),
        float((columns[-1] + 1) / wide),
        float((rows[-1] + 1) / high),
    )


def to_image(canvas: Canvas) -> Image.Image:
    """The canvas as a picture."""
    return Image.fromarray(np.clip(canvas + 0.5, 0, 255).astype(np.uint8))
