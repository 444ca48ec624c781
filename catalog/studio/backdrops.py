"""Backdrops: the studio's paper, its tables, and places in town. Each is (rows, columns, 3), 0..255."""

from io import BytesIO
from random import Random

import numpy as np
import resvg_py
from PIL import Image, ImageFilter

from .palette import channels, mixed
from .scenes import Canvas

PAPERS = ("#ece8e1", "#e7e6e2", "#ebe4da", "#e4e3df", "#efebe4", "#e6e1d8", "#e9e7e6", "#e5e6e3")


def studio(size: tuple[int, int], draw: Random, horizon: float = 0.8) -> Canvas:
    """Seamless paper: lit from the upper left, a soft bend where wall becomes floor."""
    columns, rows = size
    paper = np.array(channels(draw.choice(PAPERS)), np.float32)
    y, x = np.linspace(0, 1, 64, dtype=np.float32)[:, None], np.linspace(0, 1, 64, dtype=np.float32)[None, :]
    glow = 1.035 - 0.10 * ((x - 0.38) ** 2 + (y - 0.3) ** 2) - 0.05 * np.exp(-(((y - horizon) / 0.07) ** 2))
    glow += 0.025 / (1 + np.exp(-(y - horizon) / 0.03))
    big = np.asarray(
        Image.fromarray(glow.astype(np.float32)).resize((columns, rows), Image.Resampling.BICUBIC), np.float32
    )
    grain = np.random.default_rng(draw.randrange(1 << 30)).normal(0, 0.9, (rows, columns)).astype(np.float32)
    return big[..., None] * paper + grain[..., None]


def noise(kind: str, fx: float, fy: float, octaves: int, seed: int, matrix: str, name: str) -> str:
    return (
        f'<filter id="{name}" x="0" y="0" width="1" height="1"><feTurbulence type="{kind}" baseFrequency="{fx} {fy}" '
        f'numOctaves="{octaves}" seed="{seed}"/><feColorMatrix values="{matrix}"/></filter>'
    )


def grey(gain: float, alpha: float) -> str:
    """A colour matrix that makes noise a black film of varying density."""
    return f"0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  {gain} 0 0 0 {alpha}"


def rendered(body: str, size: tuple[int, int], blur: float = 0.0, detail: float = 0.6) -> Canvas:
    """An SVG in a 360 x 480 box, drawn at `detail` of the size, covering the picture."""
    columns, rows = size
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{int(columns * detail)}" height="{int(rows * detail)}" '
        f'viewBox="0 0 360 480" preserveAspectRatio="xMidYMid slice" color-interpolation-filters="sRGB">{body}</svg>'
    )
    image = Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))).convert("RGB")
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur * image.width))
    return np.asarray(image.resize((columns, rows), Image.Resampling.BICUBIC), np.float32).copy()


ALL = 'x="-40" y="-40" width="440" height="560"'


def wood(draw: Random) -> str:
    """Planks."""
    tone = draw.choice(("#c29a6b", "#9a7149", "#d6bd97", "#7b5a40", "#b8a58c"))
    wide = draw.choice((46, 60, 78))
    planks = ""
    for k in range(-1, 460 // wide + 1):
        x, hue = k * wide, mixed(tone, draw.choice(("#3b2414", "#fff2dc")), draw.uniform(0, 0.16))
        planks += f'<rect x="{x}" y="-60" width="{wide}" height="620" fill="{hue}"/><path d="M{x} -60V560" stroke="#20140a" stroke-width="1.5" opacity=".6"/>'
        cut = draw.uniform(0, 480)
        planks += f'<path d="M{x} {cut:.0f}h{wide}" stroke="#20140a" stroke-width="1.3" opacity=".55"/>'
    grain = noise("fractalNoise", 0.16, 0.006, 4, draw.randrange(99), grey(1.0, -0.4), "g")
    turn = draw.choice((0, 90, draw.uniform(-12, 12)))
    return f'<defs>{grain}</defs><g transform="rotate({turn:.1f} 180 240) scale(1.35) translate(-46 -62)">{planks}<rect {ALL} filter="url(#g)" opacity=".7"/></g>'


def linen(draw: Random) -> str:
    """A bed sheet or a table cloth, creased."""
    tone = draw.choice(("#e9e4da", "#d9d6cf", "#dfe3e2", "#cfc6b8", "#b9c0bd", "#e6d9cc"))
    folds = (
        f'<filter id="f" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="0.005 0.008" numOctaves="2" '
        f'seed="{draw.randrange(99)}"/><feDiffuseLighting surfaceScale="6" lighting-color="{tone}"><feDistantLight azimuth="{draw.uniform(190, 260):.0f}" '
        f'elevation="58"/></feDiffuseLighting></filter>'
    )
    return f'<defs>{folds}</defs><rect {ALL} fill="{tone}"/><rect {ALL} filter="url(#f)" opacity=".6"/>'


def tiles(draw: Random) -> str:
    """A café floor."""
    one, two = draw.choice(
        (("#e9e3d6", "#33383d"), ("#dfd3bd", "#8c4b38"), ("#e8e6df", "#54748a"), ("#efe6d2", "#63735b"))
    )
    p = draw.choice((44, 60, 76))
    pattern = f'<pattern id="t" width="{p}" height="{p}" patternUnits="userSpaceOnUse" patternTransform="rotate({draw.choice((0, 45, 38))})"><rect width="{p}" height="{p}" fill="{one}"/><rect width="{p / 2}" height="{p / 2}" fill="{two}"/><rect x="{p / 2}" y="{p / 2}" width="{p / 2}" height="{p / 2}" fill="{two}"/><path d="M0 0H{p}M0 {p / 2}H{p}M0 0V{p}M{p / 2} 0V{p}" stroke="#8d877b" stroke-width="1.2"/></pattern>'
    dirt = noise("fractalNoise", 0.02, 0.03, 4, draw.randrange(99), grey(1.1, -0.45), "d")
    return f'<defs>{pattern}{dirt}</defs><rect {ALL} fill="url(#t)"/><rect {ALL} filter="url(#d)"/>'


def concrete(draw: Random) -> str:
    """A pavement or a cast floor."""
    tone = draw.choice(("#a7a6a1", "#8f9294", "#b9b4aa", "#77787a"))
    spots = noise("fractalNoise", 0.03, 0.03, 5, draw.randrange(99), grey(1.4, -0.55), "s")
    fine = noise("fractalNoise", 0.7, 0.7, 2, draw.randrange(99), grey(1.2, -0.5), "n")
    x, y = draw.uniform(40, 320), draw.uniform(60, 420)
    joints = f'<path d="M{x:.0f} -40V560M-40 {y:.0f}H420" stroke="#3c3c3c" stroke-width="2.2" opacity=".5"/>'
    return f'<defs>{spots}{fine}</defs><rect {ALL} fill="{tone}"/><rect {ALL} filter="url(#s)"/><rect {ALL} filter="url(#n)"/>{joints}'


def grass(draw: Random) -> str:
    """A lawn."""
    blades = "".join(
        f'<path d="M{draw.uniform(-10, 370):.0f} {draw.uniform(-10, 490):.0f}q{draw.uniform(-6, 6):.0f} -8 {draw.uniform(-9, 9):.0f} -{draw.uniform(12, 22):.0f}" '
        f'stroke="{draw.choice(("#5f8a3c", "#3f6a2c", "#86a753", "#2f5425"))}" stroke-width="2.2" fill="none"/>'
        for _ in range(900)
    )
    return f'<rect {ALL} fill="#4d7434"/>{blades}'


def rug(draw: Random) -> str:
    """A patterned rug on a floor."""
    a, b, c = draw.choice(
        (("#7d2f2b", "#d8b98c", "#27405c"), ("#2f4c5f", "#dccfb4", "#a8553a"), ("#c9b79b", "#7a4a3a", "#4f5d4c"))
    )
    p = draw.choice((48, 64))
    diamond = f'<pattern id="r" width="{p}" height="{p}" patternUnits="userSpaceOnUse"><rect width="{p}" height="{p}" fill="{a}"/><path d="M{p / 2} 4L{p - 4} {p / 2}L{p / 2} {p - 4}L4 {p / 2}Z" fill="{b}"/><path d="M{p / 2} 15L{p - 15} {p / 2}L{p / 2} {p - 15}L15 {p / 2}Z" fill="{c}"/></pattern>'
    pile = noise("fractalNoise", 0.5, 0.8, 3, 8, grey(1.5, -0.55), "p")
    return f'<defs>{diamond}{pile}</defs><rect {ALL} fill="url(#r)"/><rect {ALL} filter="url(#p)"/>'


SURFACES = (wood, linen, tiles, concrete, grass, rug)
