"""Cameras: affine maps from body units to pixels."""

from dataclasses import dataclass

import numpy as np

from .panels import Panel, Points


@dataclass(frozen=True, slots=True)
class Camera:
    """pixel = scale * rotate(turn) * (point - centre) + at; a negative `flip` looks at the other side."""

    scale: float
    centre: tuple[float, float]
    at: tuple[float, float]
    turn: float = 0.0
    flip: float = 1.0

    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """a b c d e f as SVG writes them."""
        c, s = np.cos(self.turn) * self.scale, np.sin(self.turn) * self.scale
        a, b, cc, d = c * self.flip, s * self.flip, -s, c
        e = self.at[0] - a * self.centre[0] - cc * self.centre[1]
        f = self.at[1] - b * self.centre[0] - d * self.centre[1]
        return float(a), float(b), float(cc), float(d), float(e), float(f)

    def pixels(self, points: Points) -> Points:
        """Points in pixels. (N, 2) -> (N, 2)"""
        a, b, c, d, e, f = self.matrix()
        return np.stack([a * points[:, 0] + c * points[:, 1] + e, b * points[:, 0] + d * points[:, 1] + f], 1)


def extent(panels: tuple[Panel, ...]) -> tuple[float, float, float, float]:
    """x1, y1, x2, y2 around all outlines, in units."""
    points = np.vstack([panel.outline for panel in panels])
    (x1, y1), (x2, y2) = points.min(0), points.max(0)
    return float(x1), float(y1), float(x2), float(y2)


def framing(panels: tuple[Panel, ...], size: tuple[int, int], fill: float = 0.82, turn: float = 0.0) -> Camera:
    """The camera that shows all panels in the middle of a picture, leaving air around them."""
    x1, y1, x2, y2 = extent(panels)
    w, h = x2 - x1, y2 - y1
    c, s = abs(np.cos(turn)), abs(np.sin(turn))
    scale = fill * min(size[0] / (w * c + h * s), size[1] / (w * s + h * c))
    return Camera(float(scale), ((x1 + x2) / 2, (y1 + y2) / 2), (size[0] / 2, size[1] / 2), turn)
