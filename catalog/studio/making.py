"""Making a garment: what every cutter is told, and the sewing they share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from .figures import Build, Pose
from .palette import darker, lighter, lightness
from .panels import Fold, Mark, Panel, Points, warped
from .prints import Cloth
from .shapes import along, box, curve, disc, flip, loop, offset, part, turned


@dataclass(frozen=True, slots=True)
class Making:
    """One garment to be made: its cut, its cloth, who wears it how, and whether we see its back."""

    cut: Mapping[str, str]
    cloth: Cloth
    build: Build
    pose: Pose
    back: bool = False
    seed: int = 0
    worn: bool = False
    metal: str = field(default="#b9b4a6")

    def other(self) -> "Making":
        """The same, as the left half sees it."""
        return replace(self, pose=self.pose.other(), seed=self.seed + 77)

    @property
    def trim(self) -> str:
        """A solid colour for collars, cuffs and bands."""
        return darker(self.cloth.base, 0.12) if self.cloth.print in ("plain", "gradient") else self.cloth.accent

    @property
    def inside(self) -> str:
        """The cloth's wrong side in the shade of the garment."""
        return darker(self.cloth.base, 0.42)

    @property
    def thread(self) -> str:
        """A thread that shows gently."""
        return lighter(self.cloth.base, 0.3) if lightness(self.cloth.base) < 0.4 else darker(self.cloth.base, 0.3)


def mirrored(panel: Panel) -> Panel:
    """The panel on the other side of the body."""
    return replace(
        panel,
        outline=flip(panel.outline),
        form=None if panel.form is None else flip(panel.form),
        grain=-panel.grain,
        origin=(-panel.origin[0], panel.origin[1]),
        folds=tuple(replace(fold, line=flip(fold.line)) for fold in panel.folds),
        marks=tuple(replace(mark, line=flip(mark.line)) for mark in panel.marks),
    )


def seam(points: Points, strength: float = 0.5) -> tuple[Mark, ...]:
    """Two pieces meeting: a dark line and the light on its lower edge."""
    return (
        Mark(points, stroke="#0b0c12", width=2.4, opacity=0.42 * strength),
        Mark(offset(points, 2.2), stroke="#ffffff", width=1.6, opacity=0.28 * strength),
    )


def stitch(points: Points, colour: str, width: float = 1.9) -> tuple[Mark, ...]:
    """A row of stitches."""
    return (Mark(points, stroke=colour, width=width, opacity=0.75, dash=(6.5, 4.0)),)


def ribs(one: Points, other: Points, count: int, strength: float = 0.3) -> tuple[Mark, ...]:
    """Ribbing between two edges."""
    a, b = along(one, count), along(other, count)
    return tuple(
        Mark(np.stack([p, q]), stroke="#07080d", width=2.0, opacity=strength * 0.5) for p, q in zip(a, b, strict=True)
    )


def button(x: float, y: float, colour: str, r: float = 7.0) -> tuple[Mark, ...]:
    """A button: its shadow, disc, rim light and four holes."""
    holes = tuple(
        Mark(disc(x + dx, y + dy, r * 0.13, n=6), fill=darker(colour, 0.65))
        for dx in (-r / 4, r / 4)
        for dy in (-r / 4, r / 4)
    )
    return (
        Mark(disc(x + 1.2, y + 2.6, r * 1.08), fill="#000000", opacity=0.3),
        Mark(disc(x, y, r), fill=colour, stroke=darker(colour, 0.35), width=1.0, closed=True),
        Mark(disc(x, y, r * 0.68), stroke=lighter(colour, 0.45), width=1.0, opacity=0.8, closed=True),
        *holes,
    )


def zipper(points: Points, metal: str, width: float = 9.0) -> tuple[Mark, ...]:
    """A zip along a line, with its pull at the start."""
    x, y = points[0]
    return (
        Mark(points, stroke="#14151a", width=width * 1.7, opacity=0.35),
        Mark(points, stroke=metal, width=width * 0.62),
        Mark(points, stroke="#1b1c20", width=width * 0.62, dash=(2.2, 3.0), opacity=0.7),
        Mark(box(x - 5, y + 4, x + 5, y + 16, 3), fill=lighter(metal, 0.2), stroke="#2b2b2b", width=1, closed=True),
        Mark(box(x - 3.5, y + 15, x + 3.5, y + 40, 3), fill=metal, stroke="#2b2b2b", width=1, closed=True),
    )


def pocket(x: float, y: float, w: float, h: float, making: Making, colour: str | None = None) -> Panel:
    """A patch pocket with its top left corner at x, y."""
    point = h * 0.86
    edge = np.array([(x, y), (x + w, y), (x + w, y + point), (x + w / 2, y + h), (x, y + point)], float)
    inner = np.array(
        [
            (x + 5, y + 16),
            (x + 5, y + point - 4),
            (x + w / 2, y + h - 6),
            (x + w - 5, y + point - 4),
            (x + w - 5, y + 16),
        ]
    )
    marks = (
        *stitch(inner, making.thread),
        *stitch(np.array([(x + 2, y + 14.0), (x + w - 2, y + 14.0)]), making.thread),
    )
    return Panel(edge, paint=colour or "cloth", puff=14, loft=0.35, marks=marks, shadow=0.3)


def creases(spine: Points, widths: Points, seed: int, count: int = 8, depth: float = 5.0) -> tuple[Fold, ...]:
    """Slanting creases across a tube, gathered at its bend and its end. `spine` (N, 2), `widths` (N,) half widths."""
    draw = Random(seed)
    folds = []
    for number in range(count):
        at = draw.choice((draw.gauss(0.5, 0.07), draw.gauss(0.88, 0.08), draw.uniform(0.12, 0.95)))
        at = min(max(at, 0.08), 0.96)
        w = float(np.interp(at, np.linspace(0, 1, len(widths)), widths)) * 0.85
        slant = draw.uniform(0.3, 1.1) * (1 if number % 2 else -1) * w
        p, q = (part(spine, max(at - 0.02, 0), at, 2)[1], part(spine, 0, min(at + 0.02, 1), 2)[1])
        side = draw.choice((-1, 1))
        a, b = p + (side * w, -slant * 0.5), q + (-side * w * draw.uniform(-0.1, 0.6), slant * 0.5)
        middle = (a + b) / 2 + (0, draw.uniform(4, 16))
        line = curve(tuple(a), tuple(middle), tuple(b), steps=8)
        folds.append(Fold(line, draw.uniform(5, 13), depth * draw.uniform(0.5, 1.1) * draw.choice((1, 1, -1))))
    return tuple(folds)


def hang(
    left: float,
    right: float,
    top: float,
    bottom: float,
    seed: int,
    count: int = 7,
    depth: float = 4.0,
    flare: float = 1.0,
) -> tuple[Fold, ...]:
    """Long soft folds falling from a line, spreading by `flare` towards the hem."""
    draw = Random(seed)
    folds = []
    for number in range(count):
        share = (number + draw.uniform(0.15, 0.85)) / count
        x = left + (right - left) * share
        start = top + (bottom - top) * draw.uniform(0.0, 0.45)
        end = bottom - (bottom - top) * draw.uniform(-0.06, 0.2)
        middle = (left + right) / 2
        x2 = middle + (x - middle) * flare + draw.uniform(-14, 14)
        line = curve((x, start), ((x + x2) / 2 + draw.uniform(-10, 10), (start + end) / 2), (x2, end), steps=9)
        folds.append(Fold(line, draw.uniform(8, 22), depth * draw.uniform(0.5, 1.2) * (1 if number % 2 else -1)))
    return tuple(folds)


def emblem(x: float, y: float, r: float, making: Making) -> tuple[Mark, ...]:
    """A printed sign, one of eight by the cloth's seed, in the cloth's two further colours."""
    one, two = making.cloth.accent, making.cloth.second
    kind = making.cloth.style % 8
    ring = Mark(disc(x, y, r, n=40), stroke=one, width=r * 0.13, closed=True)
    if kind == 0:  # mountains before a sun
        peaks = np.array(
            [
                (x - r, y + r * 0.6),
                (x - r * 0.3, y - r * 0.5),
                (x + r * 0.1, y + r * 0.1),
                (x + r * 0.4, y - r * 0.25),
                (x + r, y + r * 0.6),
            ]
        )
        return (Mark(disc(x + r * 0.45, y - r * 0.5, r * 0.32), fill=two), Mark(peaks, fill=one))
    if kind == 1:  # waves
        rise = [(i / 3 - 1, 0.16 if i % 2 else -0.16) for i in range(7)]
        rows = [curve(*((x + r * u, y + r * (0.5 * k - 0.5 + v)) for u, v in rise)) for k in range(3)]
        return tuple(Mark(row, stroke=ink, width=r * 0.17) for row, ink in zip(rows, (one, two, one), strict=True))
    if kind == 2:  # a leaf
        leaf = loop((x, y - r * 1.1), (x + r * 0.62, y - r * 0.1), (x, y + r), (x - r * 0.62, y - r * 0.1))
        return (Mark(leaf, fill=one), Mark(np.array([(x, y - r * 0.7), (x, y + r * 1.3)]), stroke=two, width=r * 0.09))
    if kind == 3:  # a star
        a = np.arange(10) * np.pi / 5 - np.pi / 2
        rr = np.where(np.arange(10) % 2, r * 0.45, r * 1.1)
        return (Mark(np.stack([x + rr * np.cos(a), y + rr * np.sin(a)], 1), fill=one),)
    if kind == 4:  # a target
        return (ring, Mark(disc(x, y, r * 0.66), fill=two), Mark(disc(x, y, r * 0.3), fill=one))
    if kind == 5:  # a bolt
        bolt = np.array([(0.2, -1.1), (-0.6, 0.15), (-0.05, 0.15), (-0.25, 1.1), (0.62, -0.25), (0.05, -0.25)]) * r + (
            x,
            y,
        )
        return (Mark(disc(x, y, r * 1.15, n=40), fill=two), Mark(bolt, fill=one))
    if kind == 6:  # bars, like a flag
        return tuple(
            Mark(
                box(x - r * 1.1, y + r * (k * 0.62 - 0.9), x + r * 1.1, y + r * (k * 0.62 - 0.45), r * 0.1),
                fill=(one, two, one)[k],
            )
            for k in range(3)
        )
    moon = Mark(disc(x + r * 0.38, y - r * 0.1, r * 0.72, n=40), fill=making.cloth.base)
    return (Mark(disc(x, y, r, n=40), fill=one), moon, Mark(disc(x + r * 0.6, y - r * 0.1, r * 0.24), fill=two))


def placed(panel: Panel, scale: float, dx: float, dy: float, mirror: bool = False, angle: float = 0.0) -> Panel:
    """A panel drawn at its own origin, put somewhere: mirrored, scaled, turned, moved, with all its widths."""
    sign = -1.0 if mirror else 1.0

    def move(points: Points) -> Points:
        return turned(points * np.array([sign * scale, scale]), angle) + (dx, dy)

    moved = warped(panel, move)
    return replace(
        moved,
        grain=panel.grain * sign + angle,
        puff=panel.puff * scale,
        folds=tuple(replace(f, width=f.width * scale, depth=f.depth * scale) for f in moved.folds),
        marks=tuple(replace(k, width=k.width * scale, dash=_scaled_dash(k, scale)) for k in moved.marks),
    )


def _scaled_dash(mark: Mark, scale: float) -> tuple[float, float] | None:
    return (round(mark.dash[0] * scale, 2), round(mark.dash[1] * scale, 2)) if mark.dash else None
