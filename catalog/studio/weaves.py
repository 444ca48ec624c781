"""Weaves: small tiles of cloth texture, drawn once a process by resvg's turbulence, displacement and lighting filters."""

from functools import lru_cache
from io import BytesIO

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

TILE = 384  # pixels a side
SEAM, EDGE = 48, 8  # pixels that fade into the next tile; pixels cut off, where the displacement has nothing to pull in
DENSITY = 2.0  # pixels a unit at which a tile is drawn

_NOISE = '<feTurbulence type="{type}" baseFrequency="{f}" numOctaves="{n}" seed="{seed}" stitchTiles="stitch"/>'
_LIT = (
    '<feDiffuseLighting surfaceScale="{depth}" lighting-color="white"><feDistantLight azimuth="235" elevation="48"/>'
    "</feDiffuseLighting>"
)


def _fibres(f: str, depth: float, n: int = 3, kind: str = "fractalNoise", seed: int = 3) -> str:
    """A tile of lit noise."""
    inner = _NOISE.format(type=kind, f=f, n=n, seed=seed) + _LIT.format(depth=depth)
    return f'<filter id="w" x="0" y="0" width="1" height="1">{inner}</filter><rect {_FULL} filter="url(#w)"/>'


def _threads(stitch: str, period: tuple[float, float], wobble: float, seed: int = 5) -> str:
    """A tile of drawn stitches, pushed about by turbulence so that no two are alike."""
    noise = _NOISE.format(type="fractalNoise", f="0.06", n=3, seed=seed)
    return (
        f'<pattern id="s" width="{period[0]}" height="{period[1]}" patternUnits="userSpaceOnUse">{stitch}</pattern>'
        f'<filter id="w" x="0" y="0" width="1" height="1">{noise}<feDisplacementMap in="SourceGraphic" '
        f'scale="{wobble}" xChannelSelector="R" yChannelSelector="G"/></filter>'
        f'<g filter="url(#w)"><rect {_FULL} fill="#888"/><rect {_FULL} fill="url(#s)"/></g>'
    )


_DRAWN = TILE + SEAM + 2 * EDGE
_FULL = f'width="{_DRAWN}" height="{_DRAWN}"'
_TILES = {
    "jersey": _threads(
        '<path d="M0 0l2 3M4 0l-2 3" stroke="#bbb" stroke-width="1"/><path d="M2 0v4" stroke="#666" stroke-width=".7"/>',
        (4, 3),
        3,
    ),
    "poplin": _threads(
        '<path d="M0 1h3" stroke="#aaa"/><path d="M1 0v3" stroke="#707070" stroke-width=".8"/>', (3, 3), 2
    ),
    "twill": _threads('<path d="M-1 5L5 -1M2 5l3 -3M-1 2l3 -3" stroke="#b5b5b5" stroke-width="1.1"/>', (4, 4), 2),
    "denim": _threads('<path d="M-1 5L5 -1M-1 1l2 -2M3 5l2 -2" stroke="#e0e0e0" stroke-width="1.2"/>', (4, 4), 4),
    "knit": _threads(
        '<path d="M4 0C1 3 1 5 4 8M4 0c3 3 3 5 0 8" stroke="#d0d0d0" stroke-width="2" fill="none"/>'
        '<path d="M0 0v8M8 0v8" stroke="#4c4c4c" stroke-width="1.6"/>',
        (8, 8),
        4,
    ),
    "linen": _fibres("0.02 0.42", 1.6)
    + '<g opacity=".5">'
    + _fibres("0.42 0.02", 1.6, seed=9).replace('"w"', '"v"').replace("#w", "#v")
    + "</g>",
    "wool": _fibres("0.22 0.26", 2.6, n=4),
    "satin": _fibres("0.006 0.3", 0.6, n=2),
    "leather": _fibres("0.13", 1.6, n=3, kind="turbulence"),
    "suede": _fibres("0.5", 1.4, n=2),
    "skin": _fibres("0.05", 0.4, n=2),
    "straw": _threads(
        '<path d="M0 2h6M6 6h6M6 2h6M0 6h6" stroke="#d8d8d8" stroke-width="3"/><path d="M0 4h12M0 0h12M6 0v8M0 0v8" '
        'stroke="#444" stroke-width="1"/>',
        (12, 8),
        3,
    ),
}
_STRENGTH = {
    "satin": 0.05,
    "leather": 0.16,
    "skin": 0.03,
    "wool": 0.2,
    "linen": 0.17,
    "denim": 0.2,
    "knit": 0.24,
    "straw": 0.34,
}


@lru_cache(maxsize=16)
def _tile(name: str) -> Image.Image:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {_FULL} color-interpolation-filters="sRGB">{_TILES[name]}</svg>'
    drawn = Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))).convert("L")
    values = np.asarray(drawn, np.float32)[EDGE:-EDGE, EDGE:-EDGE]
    return Image.fromarray(_joined(_joined(values).T).T.clip(0, 255).astype(np.uint8))


def _joined(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tile with its last rows faded into its first, so that it repeats without a line."""
    fade = np.linspace(0, 1, SEAM, dtype=np.float32)[:, None]
    first = values[:SEAM] * fade + values[TILE:] * (1 - fade)
    return np.concatenate([first, values[SEAM:TILE]])


@lru_cache(maxsize=48)
def _scaled(name: str, side: int) -> NDArray[np.float32]:
    """The tile at a size, as deviation from its mean in standard deviations."""
    values = np.asarray(_tile(name).resize((side, side), Image.Resampling.BICUBIC), np.float32)
    whole = np.asarray(_tile(name), np.float32)
    return np.clip((values - values.mean()) / max(float(whole.std()), 1.0), -2.5, 2.5)


def weave(name: str, size: tuple[int, int], scale: float, shift: tuple[float, float]) -> NDArray[np.float32]:
    """Texture for a window of `size` (columns, rows) pixels at `scale` pixels a unit: factors around 0. (rows, columns)"""
    side = max(24, round(TILE * scale / DENSITY))
    tile = _scaled(name, side)
    rows = (np.arange(size[1]) - round(shift[1])) % side
    columns = (np.arange(size[0]) - round(shift[0])) % side
    return tile[rows[:, None], columns[None, :]] * np.float32(_STRENGTH.get(name, 0.12) * 0.55)
