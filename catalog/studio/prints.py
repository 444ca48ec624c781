"""Prints: what is printed or woven on the cloth, as SVG paint in body units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, degrees, pi, sin

from .chance import dice
from .panels import Panel

PRINTS = (
    "plain", "horizontal stripes", "vertical stripes", "checks", "dots", "floral", "colour block", "gradient", "logo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cloth:
    """A product's cloth: its print, three colours, how large the print repeats, and a seed for what is irregular."""

    print: str
    base: str
    accent: str
    second: str
    scale: float = 1.0
    style: int = 0
    seed: int = 0
    weave: str = "jersey"
    span: tuple[float, float] = (290.0, 830.0)  # top and bottom of the garment: gradients and blocks run between
    extra: Mapping[str, str] = field(default_factory=dict)

    def paint(self, panel: Panel, name: str) -> tuple[str, str]:
        """The SVG definitions a panel needs and the value of its `fill`."""
        draw = _DRAWN.get(self.print)
        if draw is None:
            return "", self.base
        return draw(self, panel, name), f"url(#{name})"


def _pattern(cloth: Cloth, panel: Panel, name: str, size: tuple[float, float], body: str, turn: float = 0.0) -> str:
    x, y = panel.origin
    angle = degrees(panel.grain) + turn
    return (
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{size[0]:.2f}" height="{size[1]:.2f}" '
        f'patternTransform="translate({x:.1f} {y:.1f}) rotate({angle:.2f})">'
        f'<rect width="{size[0] + 1:.2f}" height="{size[1] + 1:.2f}" fill="{cloth.base}"/>{body}</pattern>'
    )


RUN = 900.0  # how long a stripe is before its tile repeats: longer than any garment is wide


def _horizontal(cloth: Cloth, panel: Panel, name: str) -> str:
    return _pattern(cloth, panel, name, *_stripes(cloth))


def _vertical(cloth: Cloth, panel: Panel, name: str) -> str:
    size, body = _stripes(cloth, thin=0.72)
    return _pattern(cloth, panel, name, size, body, turn=90.0)


def _stripes(cloth: Cloth, thin: float = 1.0) -> tuple[tuple[float, float], str]:
    """Four ways of striping: even, fine on wide, a pair, and a three-colour repeat."""
    p = (56, 44, 74, 98)[cloth.style % 4] * cloth.scale * thin
    bars = {
        0: ((0.0, 0.5, cloth.accent),),
        1: ((0.0, 0.26, cloth.accent),),
        2: ((0.0, 0.14, cloth.accent), (0.26, 0.14, cloth.accent)),
        3: ((0.0, 0.3, cloth.accent), (0.42, 0.16, cloth.second)),
    }[cloth.style % 4]
    body = "".join(
        f'<rect y="{at * p:.2f}" width="{RUN}" height="{high * p:.2f}" fill="{ink}"/>' for at, high, ink in bars
    )
    return (RUN, p), body


def _checks(cloth: Cloth, panel: Panel, name: str) -> str:
    """Gingham, tartan, or a windowpane."""
    p = (58, 112, 84)[cloth.style % 3] * cloth.scale
    bars = {
        0: ((0.0, 0.5, cloth.accent, 0.55),),
        1: ((0.0, 0.34, cloth.accent, 0.55), (0.5, 0.12, cloth.second, 0.7), (0.82, 0.05, cloth.second, 0.9)),
        2: ((0.0, 0.09, cloth.accent, 0.9),),
    }[cloth.style % 3]
    body = ""
    for at, wide, ink, opacity in bars:
        a, w = at * p, wide * p
        body += f'<rect y="{a:.2f}" width="{p + 1:.2f}" height="{w:.2f}" fill="{ink}" fill-opacity="{opacity}"/>'
        body += f'<rect x="{a:.2f}" width="{w:.2f}" height="{p + 1:.2f}" fill="{ink}" fill-opacity="{opacity}"/>'
    return _pattern(cloth, panel, name, (p, p), body)


def _dots(cloth: Cloth, panel: Panel, name: str) -> str:
    """Dots in quincunx: pin, polka or large; now and then in two colours."""
    p = (40, 62, 92)[cloth.style % 3] * cloth.scale
    r = p * (0.13, 0.17, 0.21)[cloth.style % 3]
    two = cloth.second if cloth.seed % 3 == 0 else cloth.accent
    body = f'<circle cx="{p / 4:.2f}" cy="{p / 4:.2f}" r="{r:.2f}" fill="{cloth.accent}"/>'
    body += f'<circle cx="{p * 0.75:.2f}" cy="{p * 0.75:.2f}" r="{r:.2f}" fill="{two}"/>'
    return _pattern(cloth, panel, name, (p, p), body)


def _floral(cloth: Cloth, panel: Panel, name: str) -> str:
    """Flowers and leaves strewn over a square that meets itself at the edges."""
    p = (150, 190, 240)[cloth.style % 3] * cloth.scale
    draw = dice("floral", cloth.seed)
    cells = [(i + 0.5, j + 0.5) for i in range(3) for j in range(3)]
    body = ""
    for number, (i, j) in enumerate(cells):
        x, y = (i + draw.uniform(-0.25, 0.25)) * p / 3, (j + draw.uniform(-0.25, 0.25)) * p / 3
        ink = cloth.accent if number % 3 else cloth.second
        flower = _flower(p * draw.uniform(0.085, 0.15), draw.randint(5, 6), draw.uniform(0, pi), ink, cloth)
        body += "".join(
            f'<g transform="translate({x + dx:.1f} {y + dy:.1f})">{flower}</g>'
            for dx in (-p, 0, p) for dy in (-p, 0, p) if -0.25 * p < x + dx < 1.25 * p and -0.25 * p < y + dy < 1.25 * p
        )  # fmt: skip
    return _pattern(cloth, panel, name, (p, p), body)


def _flower(r: float, petals: int, turn: float, ink: str, cloth: Cloth) -> str:
    leaf = cloth.extra.get("leaf", "#5d7350")
    out = f'<path d="M0 0q{r * 1.1:.1f} {r * 0.3:.1f} {r * 1.7:.1f} {r * 1.5:.1f}q{-r * 1.5:.1f} {-r * 0.1:.1f} {-r * 1.7:.1f} {-r * 1.5:.1f}" fill="{leaf}"/>'
    for k in range(petals):
        a = turn + 2 * pi * k / petals
        x, y = cos(a) * r * 0.56, sin(a) * r * 0.56
        out += (
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{r * 0.5:.1f}" ry="{r * 0.36:.1f}" fill="{ink}" '
            f'transform="rotate({degrees(a):.0f} {x:.1f} {y:.1f})"/>'
        )
    heart = cloth.second if ink == cloth.accent else cloth.accent
    return out + f'<circle r="{r * 0.26:.1f}" fill="{heart}"/>'


def _block(cloth: Cloth, panel: Panel, name: str) -> str:
    """Two or three flat fields, one above the other."""
    first, last = ((0.36, 0.36), (0.5, 0.5), (0.3, 0.62))[cloth.style % 3]
    stops: tuple[tuple[float, str], ...] = (
        (0.0, cloth.accent),
        (first, cloth.accent),
        (first, cloth.base),
        (last, cloth.base),
    )
    stops += ((last, cloth.second if last > first else cloth.base), (1.0, cloth.second if last > first else cloth.base))
    return _gradient(cloth, name, stops)


def _fade(cloth: Cloth, panel: Panel, name: str) -> str:
    return _gradient(cloth, name, ((0.08, cloth.base), (0.92, cloth.accent)))


def _gradient(cloth: Cloth, name: str, stops: tuple[tuple[float, str], ...]) -> str:
    marks = "".join(f'<stop offset="{at}" stop-color="{ink}"/>' for at, ink in stops)
    top, bottom = cloth.span
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{top:.0f}" y2="{bottom:.0f}">'
        f"{marks}</linearGradient>"
    )


_DRAWN = {
    "horizontal stripes": _horizontal, "vertical stripes": _vertical, "checks": _checks, "dots": _dots,
    "floral": _floral, "colour block": _block, "gradient": _fade,
}  # fmt: skip
