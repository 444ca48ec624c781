"""Places: what stands behind somebody photographed in town, each an SVG in a 360 x 480 box with the ground below `y`."""

from random import Random

from .backdrops import ALL, grey, noise
from .palette import mixed


def _ground(draw: Random, y: float, tone: str) -> str:
    joints = "".join(
        f'<path d="M{180 + (x - 180) * 0.35:.0f} {y:.0f}L{180 + (x - 180) * 2.2:.0f} 500" stroke="#2c2c2c" stroke-width="1.4" opacity=".35"/>'
        for x in range(-200, 600, 60)
    )
    rows = "".join(
        f'<path d="M-40 {y + (480 - y) * k * k:.0f}H400" stroke="#2c2c2c" stroke-width="1.4" opacity=".3"/>'
        for k in (0.3, 0.5, 0.7, 0.88)
    )
    rough = noise("fractalNoise", 0.3, 0.5, 3, draw.randrange(99), grey(1.1, -0.45), "gr")
    return f'<defs>{rough}</defs><rect x="-40" y="{y:.0f}" width="440" height="300" fill="{tone}"/>{joints}{rows}<rect x="-40" y="{y:.0f}" width="440" height="300" filter="url(#gr)" opacity=".6"/>'


def brick(draw: Random, y: float) -> str:
    """A brick wall with a pavement."""
    tone = draw.choice(("#9c5a44", "#7d4a3c", "#b98d74", "#8e8a86", "#c9b9a6"))
    dark = mixed(tone, "#1d1210", 0.3)
    w, h = 40, 16
    bricks = f'<pattern id="b" width="{w}" height="{h * 2}" patternUnits="userSpaceOnUse"><rect width="{w}" height="{2 * h}" fill="{mixed(tone, "#cfc6ba", 0.5)}"/><rect x="1" y="1" width="{w - 2}" height="{h - 2}" fill="{tone}"/><rect x="{1 - w / 2}" y="{h + 1}" width="{w - 2}" height="{h - 2}" fill="{dark}"/><rect x="{1 + w / 2}" y="{h + 1}" width="{w - 2}" height="{h - 2}" fill="{mixed(tone, dark, 0.4)}"/></pattern>'
    wear = noise("fractalNoise", 0.03, 0.05, 4, draw.randrange(99), grey(1.1, -0.5), "w")
    return f'<defs>{bricks}{wear}</defs><rect {ALL} fill="url(#b)"/><rect {ALL} filter="url(#w)"/>' + _ground(
        draw, y, draw.choice(("#8d8b87", "#a39d92", "#6f7073"))
    )


def foliage(draw: Random, y: float) -> str:
    """A hedge or a park."""
    greens = ("#2d4a2a", "#3f6334", "#587d3f", "#7a9a52", "#1f3822", "#94ad68")
    leaves = "".join(
        f'<ellipse cx="{draw.uniform(-20, 380):.0f}" cy="{draw.uniform(-20, y + 10):.0f}" rx="{draw.uniform(7, 19):.0f}" ry="{draw.uniform(4, 10):.0f}" '
        f'fill="{draw.choice(greens)}" opacity=".9" transform="rotate({draw.uniform(0, 90):.0f} 180 240)"/>' for _ in range(330)
    )  # fmt: skip
    sky = "".join(
        f'<circle cx="{draw.uniform(0, 360):.0f}" cy="{draw.uniform(0, 220):.0f}" r="{draw.uniform(4, 13):.0f}" fill="#e9f0dc" opacity=".55"/>'
        for _ in range(22)
    )
    return f'<rect {ALL} fill="#33502c"/>{leaves}{sky}' + _ground(
        draw, y, draw.choice(("#8a7c63", "#6f8a4c", "#a3947a"))
    )


def city(draw: Random, y: float) -> str:
    """House fronts, windows, a few lights."""
    body, x = "", -30.0
    while x < 390:
        wide = draw.uniform(60, 120)
        tone = draw.choice(("#b7a48d", "#8796a3", "#c9bba8", "#6c6f78", "#a57f6a", "#d3c9b8", "#55606b"))
        body += f'<rect x="{x:.0f}" y="-40" width="{wide:.0f}" height="560" fill="{tone}"/>'
        for wy in range(10, int(y) - 60, 58):
            for k in range(max(1, int(wide // 34))):
                glass = draw.choice(("#39434f", "#56697a", "#2c333c", "#e8cf94"))
                body += f'<rect x="{x + 10 + k * 34:.0f}" y="{wy}" width="20" height="36" fill="{glass}"/>'
        shop = draw.choice(("#7c2f2a", "#274b46", "#2b3550", "#caa24a"))
        body += f'<rect x="{x:.0f}" y="{y - 62:.0f}" width="{wide:.0f}" height="17" fill="{shop}"/><rect x="{x + 8:.0f}" y="{y - 45:.0f}" width="{wide - 16:.0f}" height="45" fill="#2e3338"/>'
        x += wide
    lights = "".join(
        f'<circle cx="{draw.uniform(0, 360):.0f}" cy="{draw.uniform(140, y):.0f}" r="{draw.uniform(3, 9):.0f}" fill="{draw.choice(("#ffd98a", "#fff1cf", "#f2a65a", "#c8e0ff"))}" opacity=".6"/>'
        for _ in range(16)
    )
    return body + lights + _ground(draw, y, draw.choice(("#7b7b7d", "#96928b")))


def plaster(draw: Random, y: float) -> str:
    """A painted wall with a door or a window."""
    tone = draw.choice(("#d9b98f", "#c9806a", "#9fb4b0", "#e4dccb", "#8aa0b8", "#d5a9a0", "#b9bf9a"))
    stains = noise("fractalNoise", 0.012, 0.02, 5, draw.randrange(99), grey(1.1, -0.5), "p")
    x, door = draw.choice((-30, 20, 230, 270)), draw.choice(("#2f4a44", "#5a3527", "#26344c", "#7d7a73"))
    panel = (
        f'<rect x="{x}" y="{y - 270:.0f}" width="112" height="270" fill="{mixed(door, "#ffffff", 0.5)}"/><rect x="{x + 8}" y="{y - 262:.0f}" width="96" height="262" fill="{door}"/>'
        + "".join(
            f'<rect x="{x + 18 + 42 * i}" y="{y - 250 + 84 * j:.0f}" width="34" height="70" fill="{mixed(door, "#000000", 0.25)}"/>'
            for i in (0, 1)
            for j in (0, 1, 2)
        )
    )
    return f'<defs>{stains}</defs><rect {ALL} fill="{tone}"/>{panel}<rect {ALL} filter="url(#p)"/>' + _ground(
        draw, y, draw.choice(("#a59f93", "#8b8f90", "#c2b8a3"))
    )


def cafe(draw: Random, y: float) -> str:
    """A room with shelves, lamps and a wooden floor."""
    wall = draw.choice(("#40524a", "#d8cdb9", "#5b4a42", "#9aa7a3"))
    body = f'<rect {ALL} fill="{wall}"/>'
    for sy in (70, 150, 230):
        body += f'<rect x="-20" y="{sy}" width="420" height="7" fill="#6d4b31"/>'
        x = -10.0
        while x < 380:
            w, h = draw.uniform(6, 20), draw.uniform(18, 52)
            body += f'<rect x="{x:.0f}" y="{sy - h:.0f}" width="{w:.0f}" height="{h:.0f}" rx="2" fill="{draw.choice(("#b2522d", "#d9c9a3", "#3b5b66", "#8b2f38", "#cfa033", "#e8e2d4", "#4c6a45"))}"/>'
            x += w + draw.uniform(2, 18)
    body += "".join(
        f'<circle cx="{x}" cy="36" r="15" fill="#ffe6b0" opacity=".9"/><path d="M{x} -20V24" stroke="#222" stroke-width="2"/>'
        for x in (70, 190, 310)
    )
    table = f'<rect x="{draw.choice((-50, 250))}" y="{y - 80:.0f}" width="150" height="12" fill="#8a5f3c"/>'
    return body + _ground(draw, y, draw.choice(("#8f6a48", "#b59a78", "#5f4a3a"))) + table


PLACES = (brick, foliage, city, plaster, cafe)
