"""Curves: everything that is cut, pressed or sewn is an array of points."""

from itertools import pairwise

import numpy as np

from .panels import Points

Knot = tuple[float, float]


def line(*knots: Knot) -> Points:
    """A straight line through the knots, dense enough to be bent. (8 per stretch, 2)"""
    steps = np.linspace(0, 1, 8)[:, None]
    return np.concatenate([np.array(a) + (np.array(b) - np.array(a)) * steps for a, b in pairwise(knots)])


def curve(*knots: Knot, steps: int = 10) -> Points:
    """A smooth line through the knots (centripetal enough: Catmull-Rom with mirrored ends)."""
    k = np.array(knots, dtype=float)
    k = np.vstack([2 * k[0] - k[1], k, 2 * k[-1] - k[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [_segment(k[i : i + 4], t) for i in range(len(k) - 3)]
    return np.vstack([*parts, k[-2:-1]])


def _segment(k: Points, t: Points) -> Points:
    a, b, c, d = k
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def loop(*knots: Knot, steps: int = 10) -> Points:
    """A smooth closed line through the knots."""
    k = np.array(knots, dtype=float)
    k = np.vstack([k[-1], k, k[0], k[1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    return np.vstack([_segment(k[i : i + 4], t) for i in range(len(k) - 3)])


def chain(*lines: Points) -> Points:
    """Lines end to end."""
    return np.vstack(lines)


def mirror(points: Points) -> Points:
    """The other side, walked backwards, so that chain(right, mirror(right)) closes a symmetric outline."""
    return points[::-1] * np.array([-1.0, 1.0])


def flip(points: Points) -> Points:
    """The other side, walked the same way."""
    return points * np.array([-1.0, 1.0])


def both(half: Points) -> Points:
    """A symmetric outline from its right half (from the middle at the top to the middle at the bottom)."""
    return chain(half, mirror(half))


def disc(x: float, y: float, rx: float, ry: float | None = None, n: int = 22) -> Points:
    """An ellipse."""
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([x + rx * np.cos(a), y + (rx if ry is None else ry) * np.sin(a)], axis=1)


def box(x1: float, y1: float, x2: float, y2: float, round_: float = 0.0) -> Points:
    """A rectangle with rounded corners."""
    if round_ <= 0:
        return line((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1))
    turns = np.linspace(0, np.pi / 2, 5)
    centres = [(x2 - round_, y1 + round_, -np.pi / 2), (x2 - round_, y2 - round_, 0.0)]
    centres += [(x1 + round_, y2 - round_, np.pi / 2), (x1 + round_, y1 + round_, np.pi)]
    arcs = [np.stack([cx + round_ * np.cos(a + turns), cy + round_ * np.sin(a + turns)], 1) for cx, cy, a in centres]
    return np.vstack(arcs)


def along(points: Points, n: int) -> Points:
    """n points evenly spaced along a line."""
    steps = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    at = np.linspace(0, steps[-1], n)
    return np.stack([np.interp(at, steps, points[:, 0]), np.interp(at, steps, points[:, 1])], 1)


def part(points: Points, start: float, end: float, n: int = 24) -> Points:
    """The stretch of a line between two fractions of its length."""
    dense = along(points, 101)
    at = np.linspace(start, end, n) * 100
    index = np.arange(101)
    return np.stack([np.interp(at, index, dense[:, 0]), np.interp(at, index, dense[:, 1])], 1)


def normals(points: Points) -> Points:
    """Unit normals along a line, to the left of its walk when y points down."""
    d = np.gradient(points, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-6)[:, None]
    return np.stack([d[:, 1], -d[:, 0]], 1)


def offset(points: Points, by: float) -> Points:
    """The line moved sideways."""
    return points + normals(points) * by


def ribbon(points: Points, width: float, end_width: float | None = None) -> Points:
    """A band around a line, as an outline."""
    widths = np.linspace(width, width if end_width is None else end_width, len(points))[:, None] / 2
    n = normals(points)
    return chain(points + n * widths, (points - n * widths)[::-1])


def turned(points: Points, angle: float, about: Knot = (0.0, 0.0)) -> Points:
    """The points turned by an angle (radians, clockwise on the page)."""
    c, s = np.cos(angle), np.sin(angle)
    return (points - about) @ np.array([[c, s], [-s, c]]) + about


def svg_path(points: Points, closed: bool) -> str:
    """The `d` of an SVG path."""
    body = "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist())
    return f"M{body}{'Z' if closed else ''}"
