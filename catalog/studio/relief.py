"""Relief: the height of cloth, and the light on it.

Panels are inflated from their edges and creased along their folds on a coarse grid in floating point (8-bit SVG
lighting shows terraces), lit once, and the light is enlarged onto the crisp drawing. Blurs are products in the Fourier
domain, so a panel costs three small transforms whatever its radii.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .cameras import Camera
from .panels import BARE, Fold, Panel, Points

Grid = NDArray[np.float32]  # (rows, columns)
REACH = 64.0  # units beyond its outline at which a panel's shadow has faded
DEPTH = 1.75  # how much deeper than cut folds are pressed, by eye


@dataclass(frozen=True, slots=True)
class Light:
    """Where light comes from (x right, y down, towards the viewer z), how hard it is and its colour."""

    direction: tuple[float, float, float] = (-0.42, -0.55, 0.72)
    contrast: float = 1.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shade: tuple[float, float, float] = (0.97, 0.985, 1.03)


@dataclass(slots=True)
class Relief:
    """What the light makes of a garment, on the coarse grid: brightness (1 = flat), shine, and weave strength."""

    shade: Grid
    shine: Grid
    weave: Grid


def lit(
    panels: tuple[Panel, ...], camera: Camera, size: tuple[int, int], step: float, light: Light, seed: int
) -> Relief:
    """Light on the panels, bottom to top. `size` is the grid's (columns, rows), `step` pixels a cell."""
    columns, rows = size
    relief = Relief(*(np.full((rows, columns), v, np.float32) for v in (1.0, 0.0, 0.0)))
    cell = camera.scale / step  # cells per unit
    for number, panel in enumerate(panels):
        if panel.paint == BARE:
            continue
        _press(relief, panel, camera, cell, step, light, seed + number)
    return relief


def _press(relief: Relief, panel: Panel, camera: Camera, cell: float, step: float, light: Light, seed: int) -> None:
    outline = camera.pixels(panel.outline) / step
    window = _window(outline, relief.shade.shape, pad=int(max(panel.puff * 1.2, REACH) * cell) + 6)
    if window is None:
        return
    x1, y1, x2, y2 = window
    mask = _mask(outline - (x1, y1), (x2 - x1, y2 - y1))
    creases = _creases(panel.folds, camera, step, cell, (x1, y1, x2, y2))
    form = mask if panel.form is None else _mask(camera.pixels(panel.form) / step - (x1, y1), (x2 - x1, y2 - y1))
    height, shadow = _height(mask, form, creases, panel, cell)
    height = height + _drape((x1, y1, x2, y2), cell, camera, step, seed) * (0.035 * panel.puff * panel.loft * cell)
    shade, shine = _shine(height, panel, light)
    here = np.s_[y1:y2, x1:x2]
    below = relief.shade[here] * (1 - panel.shadow * shadow)
    relief.shade[here] = below + (shade - below) * mask
    relief.shine[here] += (shine - relief.shine[here]) * mask
    relief.weave[here] += (panel.weave - relief.weave[here]) * mask


def _window(points: Points, shape: tuple[int, ...], pad: int) -> tuple[int, int, int, int] | None:
    x1, y1 = np.maximum(np.floor(points.min(0)).astype(int) - pad, 0)
    x2, y2 = np.minimum(np.ceil(points.max(0)).astype(int) + pad, (shape[1], shape[0]))
    return (int(x1), int(y1), int(x2), int(y2)) if x2 - x1 > 2 and y2 - y1 > 2 else None


def _mask(outline: Points, size: tuple[int, int]) -> Grid:
    """Coverage 0..1, smoothed by drawing at twice the size."""
    canvas = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(canvas).polygon([(x, y) for x, y in (outline * 2).tolist()], fill=255)
    return np.asarray(canvas.reduce(2), np.float32) / np.float32(255)


def _creases(
    folds: tuple[Fold, ...], camera: Camera, step: float, cell: float, window: tuple[int, int, int, int]
) -> Grid:
    """Folds drawn as lines whose value is their depth in cells, tapering to nothing at both ends."""
    x1, y1, x2, y2 = window
    canvas = Image.new("F", (x2 - x1, y2 - y1))
    pen = ImageDraw.Draw(canvas)
    for fold in folds:
        points = camera.pixels(fold.line) / step - (x1, y1)
        taper = np.sin(np.linspace(0.12, np.pi - 0.12, len(points) - 1)) * fold.depth * cell * DEPTH
        width = max(1, round(fold.width * cell))
        for a, b, depth in zip(points[:-1].tolist(), points[1:].tolist(), taper.tolist(), strict=True):
            pen.line([tuple(a), tuple(b)], fill=depth, width=width)
    return np.asarray(canvas, np.float32)


@lru_cache(maxsize=64)
def _frequencies(rows: int, columns: int) -> Grid:
    """Squared angular frequency of each bin of a real transform, halved: exp(-this * sigma^2) is a Gaussian."""
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    return (2 * np.pi**2 * (fx**2 + fy**2)).astype(np.float32)


def _height(mask: Grid, form: Grid, creases: Grid, panel: Panel, cell: float) -> tuple[Grid, Grid]:
    """Height in cells, and the soft shadow around the panel (0..1)."""
    rows, columns = (_fast(n + 8) for n in mask.shape)
    f = _frequencies(rows, columns)
    spectrum = np.fft.rfft2(mask, (rows, columns))
    radius = max(panel.puff * cell * 0.5, 0.8)
    body = sum(w * np.exp(-f * (radius * r) ** 2) for w, r in ((0.58, 1.0), (0.3, 0.5), (0.12, 0.24)))
    solid = spectrum if form is mask else np.fft.rfft2(form, (rows, columns))
    pressed = solid * (body * (1.5 * radius * panel.loft))
    if creases.any():
        pressed = pressed + np.fft.rfft2(creases, (rows, columns)) * np.exp(-f * max(1.3, 5.5 * cell) ** 2)
    soft = np.exp(-f * max(9 * cell, 1.0) ** 2) * 0.75 + np.exp(-f * max(24 * cell, 1.2) ** 2) * 0.25
    fields = np.fft.irfft2(np.stack([pressed, spectrum * soft]), (rows, columns)).astype(np.float32)
    return fields[0, : mask.shape[0], : mask.shape[1]], fields[1, : mask.shape[0], : mask.shape[1]]


@lru_cache(maxsize=512)
def _fast(n: int) -> int:
    """The next length whose only prime factors are 2, 3 and 5."""
    while True:
        rest = n
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return n
        n += 1


def _drape(window: tuple[int, int, int, int], cell: float, camera: Camera, step: float, seed: int) -> Grid:
    """Soft unevenness of hanging cloth, fixed to the garment, about -1..1."""
    a, b, _c, _d, e, f = camera.matrix()
    x1, y1, x2, y2 = window
    turn = np.arctan2(b, a)
    xs = (np.arange(x1, x2, dtype=np.float32)[None, :] - e / step) / cell
    ys = (np.arange(y1, y2, dtype=np.float32)[:, None] - f / step) / cell
    u, v = xs * np.cos(turn) + ys * np.sin(turn), ys * np.cos(turn) - xs * np.sin(turn)
    p = np.random.default_rng(seed).uniform(0, 6.28, 6)
    bend = np.sin(u / 61 + v / 97 + p[0]) + np.sin(u / 143 - v / 83 + p[1])
    return np.sin(u / 19 + v / 71 + bend + p[2]) * 0.5 + np.sin(u / 37 - v / 53 + 1.6 * bend + p[3]) * 0.8


def _shine(height: Grid, panel: Panel, light: Light) -> tuple[Grid, Grid]:
    """Diffuse brightness relative to flat cloth, and specular shine."""
    hy, hx = np.gradient(height)
    lx, ly, lz = np.array(light.direction) / np.linalg.norm(light.direction)
    length = np.sqrt(1 + hx * hx + hy * hy)
    lambert = (lz - hx * lx - hy * ly) / length
    shade = 1 + (lambert / lz - 1) * 0.62 * light.contrast
    shade -= (1 - 1 / length) * 0.22  # steep cloth turns away from the ambient light too
    shine = np.zeros_like(shade)
    if panel.gloss > 0:
        half = np.array([lx, ly, lz + 1.0])
        half /= np.linalg.norm(half)
        shine = np.maximum((half[2] - hx * half[0] - hy * half[1]) / length, 0) ** 26 * panel.gloss
    shade = np.where(shade < 0.7, 0.7 - (0.7 - shade) * 0.5, shade)  # light bounces into the deepest folds
    return np.clip(shade, 0.3, 1.5).astype(np.float32), shine
