"""Colours with names, and which go together."""

from colorsys import rgb_to_hls

COLOURS = {
    "Ink": "#1f2a44", "Black": "#1d1d20", "Charcoal": "#3c4046", "Graphite": "#5c6167", "Stone": "#b3ad9f", "Fog": "#cdd1d0",
    "Chalk": "#f0ebe0", "Ivory": "#f3edda", "Ecru": "#e4d8be", "Oat": "#d8c6a6", "Sand": "#ccb386", "Camel": "#b98a55",
    "Tobacco": "#87583a", "Chestnut": "#6b3f2c", "Cocoa": "#4d3229", "Terracotta": "#c76d4e", "Rust": "#b2522d",
    "Clay": "#a8634f", "Paprika": "#c5402f", "Cherry": "#a5222f", "Burgundy": "#6a1f2e", "Rose": "#c97f86",
    "Blush": "#e4b9b1", "Fuchsia": "#b4376f", "Plum": "#5c3050", "Aubergine": "#3e2540", "Mauve": "#9c7993",
    "Lilac": "#b9a7cf", "Lavender": "#8e8bbf", "Cornflower": "#5d84c4", "Cobalt": "#2c4ea2", "Midnight": "#17233a",
    "Denim": "#466388", "Slate": "#65788a", "Powder": "#b9cbdc", "Sky": "#93bfdb", "Petrol": "#1d4b5c", "Teal": "#1f6b70",
    "Jade": "#3d8d76", "Mint": "#b3d5bd", "Sage": "#9aac8b", "Fern": "#4f7b4b", "Forest": "#254a38", "Bottle": "#1c3c34",
    "Moss": "#56693b", "Olive": "#6c6b38", "Lime": "#b9bf5a", "Butter": "#efdc93", "Saffron": "#e2b23d",
    "Mustard": "#cfa033", "Apricot": "#e69c5c", "Peach": "#efb88f", "Tangerine": "#dd6f33",
}  # fmt: skip
ORDER = tuple(COLOURS)
WASHES = {
    "Raw indigo": "#222f4e", "Mid blue": "#4a6d97", "Light wash": "#8fadc8", "Washed black": "#333439", "Ash grey": "#7d8288",
    "Ecru": "#e2d8c0", "Vintage blue": "#5f82a3", "Bleached": "#bacbd8", "Rinse": "#2d4670", "Bottle": "#24433a",
    "Rust": "#a5583a", "Dusty pink": "#cda3a0", "Khaki": "#8a8560", "Stone": "#b4ab98", "Plum": "#573349", "Teal": "#2f5f66",
}  # fmt: skip
_LIGHT = ("Chalk", "Ecru", "Blush", "Sky", "Butter", "Mint", "Peach", "Lilac", "Fog", "Saffron", "Apricot", "Powder")
_DARK = (
    "Ink",
    "Forest",
    "Burgundy",
    "Rust",
    "Petrol",
    "Cobalt",
    "Charcoal",
    "Plum",
    "Paprika",
    "Chestnut",
    "Teal",
    "Moss",
)


def lightness(colour: str) -> float:
    """0 black .. 1 white, as the eye weighs it."""
    r, g, b = channels(colour)
    return float((0.3 * r + 0.59 * g + 0.11 * b) / 255)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green, blue 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two; `share` of the other."""
    values = (round(a + (b - a) * share) for a, b in zip(channels(one), channels(other), strict=True))
    return "#" + "".join(f"{v:02x}" for v in values)


def darker(colour: str, share: float = 0.2) -> str:
    """The colour, deeper."""
    return mixed(colour, "#0c0d14", share)


def lighter(colour: str, share: float = 0.2) -> str:
    """The colour, paler."""
    return mixed(colour, "#fffaf2", share)


def companions(base: str) -> tuple[str, ...]:
    """Colours that stand out on the base by lightness, the calmest first: neutrals and neighbours in hue."""
    pool = _DARK if lightness(base) > 0.48 else _LIGHT
    apart = [COLOURS[n] for n in pool if abs(lightness(COLOURS[n]) - lightness(base)) > 0.22]
    return tuple(sorted(apart, key=lambda c: _clash(c, base)))


def _clash(one: str, other: str) -> float:
    """How far two hues lie apart, 0..0.5, counting for less the greyer either colour is."""
    (h1, _, s1), (h2, _, s2) = (rgb_to_hls(*(v / 255 for v in channels(c))) for c in (one, other))
    apart = abs(h1 - h2)
    return min(apart, 1 - apart) * s1 * s2
