"""The painter: panels become pixels. resvg draws the crisp colours; relief and weave give them light and touch."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from .cameras import Camera, extent
from .panels import CLOTH, Mark, Panel
from .prints import Cloth
from .relief import Light, lit
from .shapes import box, svg_path
from .weaves import weave

Pixels = NDArray[np.float32]  # (rows, columns, 4): red, green, blue 0..255 and coverage 0..1
GRID = 330  # the relief's longest side at most, in cells


@dataclass(slots=True)
class Layer:
    """Painted pixels and where their top left corner lies on the picture."""

    pixels: Pixels
    x: int
    y: int


def paint(panels: tuple[Panel, ...], cloth: Cloth, camera: Camera, size: tuple[int, int], light: Light) -> Layer | None:
    """The panels as the camera sees them on a picture of `size`; None if nothing of them is in view."""
    window = _window(panels, camera, size)
    if window is None:
        return None
    x1, y1, x2, y2 = window
    near = Camera(camera.scale, camera.centre, (camera.at[0] - x1, camera.at[1] - y1), camera.turn, camera.flip)
    width, height = x2 - x1, y2 - y1
    drawn = _draw(_svg(panels, cloth, near, (width, height)))
    return Layer(_light(drawn, panels, cloth, near, light), x1, y1)


def _window(panels: tuple[Panel, ...], camera: Camera, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    a, b, c, d = extent(panels)
    corners = camera.pixels(box(a, b, c, d))
    x1, y1 = np.maximum(np.floor(corners.min(0)).astype(int) - 3, 0)
    x2, y2 = np.minimum(np.ceil(corners.max(0)).astype(int) + 3, size)
    return (int(x1), int(y1), int(x2), int(y2)) if x2 - x1 > 3 and y2 - y1 > 3 else None


def _svg(panels: tuple[Panel, ...], cloth: Cloth, camera: Camera, size: tuple[int, int]) -> str:
    matrix = " ".join(f"{v:.5f}" for v in camera.matrix())
    defs, body = "", ""
    for number, panel in enumerate(panels):
        more, fill = cloth.paint(panel, f"p{number}") if panel.paint == CLOTH else ("", panel.paint)
        defs += more
        body += f'<path d="{svg_path(panel.outline, True)}" fill="{fill}"/>' + "".join(map(_mark, panel.marks))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"><defs>{defs}</defs>'
        f'<g transform="matrix({matrix})" stroke-linecap="round" stroke-linejoin="round">{body}</g></svg>'
    )


def _mark(mark: Mark) -> str:
    stroke = f' stroke="{mark.stroke}" stroke-width="{mark.width:.2f}"' if mark.stroke else ""
    dash = f' stroke-dasharray="{mark.dash[0]} {mark.dash[1]}" stroke-linecap="butt"' if mark.dash else ""
    faint = f' stroke-opacity="{mark.opacity:.2f}" fill-opacity="{mark.opacity:.2f}"' if mark.opacity < 1 else ""
    return f'<path d="{svg_path(mark.line, mark.closed)}" fill="{mark.fill or "none"}"{stroke}{dash}{faint}/>'


def _draw(svg: str) -> Pixels:
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    pixels = np.array(Image.open(BytesIO(png)).convert("RGBA"), np.float32)
    pixels[..., 3] /= 255
    return pixels


def _light(drawn: Pixels, panels: tuple[Panel, ...], cloth: Cloth, camera: Camera, light: Light) -> Pixels:
    rows, columns = drawn.shape[:2]
    step = max(rows, columns) / min(GRID, max(rows, columns))
    grid = (max(2, round(columns / step)), max(2, round(rows / step)))
    relief = lit(panels, camera, grid, step, light, cloth.seed)
    shade = _enlarged(relief.shade, (columns, rows))
    touch = weave(cloth.weave, (columns, rows), camera.scale, camera.at) * _enlarged(relief.weave, (columns, rows))
    drawn[..., :3] = _tinted(drawn[..., :3], shade * (1 + touch), light)
    if any(panel.gloss for panel in panels):
        shine = _enlarged(relief.shine, (columns, rows))[..., None]
        drawn[..., :3] += (255 - drawn[..., :3]) * np.clip(shine, 0, 0.8)
    return drawn


def _enlarged(grid: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(grid, mode=None).resize(size, Image.Resampling.BICUBIC), np.float32)


def _tinted(rgb: Pixels, shade: NDArray[np.float32], light: Light) -> Pixels:
    """Colours under light: shadows keep a little of the sky's colour; brightness lifts dark cloth by addition."""
    dark = np.clip(1 - shade, 0, 1)[..., None]
    lift = np.clip(shade - 1, 0, 0.5)[..., None] * 46
    out = (
        rgb
        * shade[..., None]
        * (np.array(light.colour, np.float32) * (1 + dark * (np.array(light.shade, np.float32) - 1)))
    )
    return np.clip(out + lift, 0, 255)
