"""The kinds of things the shop sells: where they are worn, what the detector calls them, how they may be cut."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `label` is the detector's class; `cuts` the choices of the cutter; `scale` its print's size."""

    name: str
    label: str
    position: str
    code: str
    nouns: tuple[str, ...]
    shelf: tuple[str, ...]
    cuts: Mapping[str, tuple[str, ...]]
    prints: tuple[str, ...]
    materials: tuple[tuple[str, str], ...]  # words for people, weave to draw
    price: tuple[int, int]
    sizes: tuple[str, ...] = ("XS", "S", "M", "L", "XL")
    wearers: tuple[str, ...] = ("Women", "Men")
    scale: float = 1.0
    span: tuple[float, float] = (290.0, 850.0)


H, V, CHECK, DOT, FLOWER, BLOCK, FADE, LOGO, PLAIN = (
    "horizontal stripes", "vertical stripes", "checks", "dots", "floral", "colour block", "gradient", "logo", "plain",
)  # fmt: skip
WAISTS = ("26", "28", "30", "32", "34", "36")
FEET = ("37", "38", "39", "40", "41", "42", "43")
ONE = ("One size",)
EVERY = (PLAIN, H, LOGO, FLOWER, BLOCK, V, DOT, CHECK, FADE)

KINDS: tuple[Kind, ...] = (
    Kind(
        "t-shirt", "shirt", "upper", "TS", ("T-Shirt", "Tee"), ("Tops", "T-Shirts"),
        {"sleeve": ("short", "short", "long", "cap", "elbow", "three-quarter"), "neck": ("crew", "v", "scoop", "crew", "boat"), "fit": ("regular", "boxy", "slim", "relaxed"),
         "length": ("regular", "cropped", "regular", "long"), "pocket": ("none", "chest", "none"), "trim": ("self", "contrast", "self")},
        (H, PLAIN, LOGO, BLOCK, DOT, V, FLOWER, FADE, CHECK), (("organic cotton jersey", "jersey"), ("slub linen jersey", "linen"), ("heavy cotton", "jersey")), (19, 49),
    ),
    Kind(
        "shirt", "shirt", "upper", "SH", ("Shirt", "Overshirt"), ("Tops", "Shirts"),
        {"sleeve": ("long", "short", "rolled", "long"), "collar": ("classic", "camp", "band", "button-down"), "fit": ("regular", "relaxed", "slim", "boxy"),
         "length": ("regular", "regular", "long", "cropped"), "pocket": ("one", "none", "two"), "trim": ("self", "self", "contrast"), "closure": ("buttons",), "buttons": ("light", "dark")},
        (CHECK, V, PLAIN, FLOWER, H, DOT, BLOCK, LOGO, FADE), (("washed linen", "linen"), ("cotton poplin", "poplin"), ("brushed twill", "twill")), (45, 99),
    ),
    Kind(
        "blouse", "shirt", "upper", "BL", ("Blouse",), ("Tops", "Blouses"),
        {"sleeve": ("balloon", "flutter", "bishop", "puff", "bell"), "neck": ("bow", "v", "frill", "peter pan", "round", "scoop"), "fit": ("regular", "relaxed"),
         "length": ("regular", "cropped", "long"), "closure": ("none", "buttons")},
        (FLOWER, DOT, PLAIN, FADE, V, CHECK, H, BLOCK, LOGO), (("silk satin", "satin"), ("viscose crêpe", "satin"), ("cotton voile", "poplin")), (49, 129), wearers=("Women",),
    ),
    Kind(
        "jacket", "jacket", "upper", "JA", ("Jacket",), ("Outerwear", "Jackets"),
        {"style": ("bomber", "trucker", "blazer", "quilted"), "fit": ("regular", "slim", "relaxed"), "closure": ("one button", "two buttons"), "thread": ("gold", "tonal")},
        (PLAIN, CHECK, BLOCK, V, LOGO, PLAIN, FLOWER, H, FADE, DOT), (("cotton twill", "twill"), ("recycled nylon", "satin"), ("denim", "denim"), ("wool blend", "wool")), (89, 219),
    ),
    Kind(
        "coat", "jacket", "upper", "CO", ("Coat",), ("Outerwear", "Coats"),
        {"length": ("knee", "midi", "short"), "closure": ("double breasted", "single breasted"), "belt": ("none", "belt"), "pocket": ("flap", "slant"), "fit": ("regular", "relaxed", "slim")},
        (PLAIN, CHECK, PLAIN, V, BLOCK, DOT, FADE, H, FLOWER), (("boiled wool", "wool"), ("double-faced wool", "wool"), ("cotton gabardine", "twill")), (159, 349), span=(290.0, 1250.0), scale=1.15,
    ),
    Kind(
        "hoodie", "shirt", "upper", "HO", ("Hoodie",), ("Tops", "Sweatshirts"),
        {"closure": ("pullover", "zip", "pullover"), "pocket": ("kangaroo", "kangaroo", "none"), "length": ("regular", "cropped", "long"), "fit": ("regular", "relaxed", "slim")},
        (LOGO, PLAIN, BLOCK, H, FADE, LOGO, CHECK, DOT, V, FLOWER), (("loopback cotton", "jersey"), ("brushed fleece", "suede"), ("waffle cotton", "knit")), (49, 99),
    ),
    Kind(
        "short dress", "dress", "full", "DS", ("Mini Dress", "Day Dress"), ("Dresses", "Short"),
        {"length": ("mini", "knee"), "neck": ("v", "round", "square", "boat", "scoop"), "sleeve": ("short", "strap", "none", "long", "elbow"), "skirt": ("a-line", "tiered", "pleated", "straight"),
         "waist": ("seam", "belt"), "puff": ("plain", "puff"), "closure": ("none", "buttons")},
        (FLOWER, H, DOT, PLAIN, CHECK, FADE, V, BLOCK, LOGO), (("cotton poplin", "poplin"), ("linen", "linen"), ("viscose", "satin")), (59, 139), wearers=("Women",), span=(290.0, 1100.0),
    ),
    Kind(
        "long dress", "dress", "full", "DL", ("Maxi Dress", "Evening Dress"), ("Dresses", "Long"),
        {"length": ("midi", "maxi"), "neck": ("deep v", "square", "boat", "round", "v"), "sleeve": ("strap", "long", "none", "elbow", "short"), "skirt": ("pleated", "a-line", "tiered", "straight"),
         "waist": ("belt", "seam"), "puff": ("plain", "puff"), "closure": ("none", "none", "buttons")},
        (PLAIN, FLOWER, FADE, V, DOT, BLOCK, H, CHECK, LOGO), (("silk satin", "satin"), ("linen blend", "linen"), ("crêpe", "satin")), (89, 249), wearers=("Women",), span=(290.0, 1500.0), scale=1.15,
    ),
    Kind(
        "trousers", "pants", "lower", "TR", ("Trousers", "Chinos"), ("Bottoms", "Trousers"),
        {"fit": ("straight", "wide", "tapered", "slim", "relaxed"), "length": ("full", "ankle", "cropped"), "pleats": ("flat", "pleated"), "hem": ("plain", "turn-up", "plain"), "style": ("tailored", "tailored", "drawcord")},
        (PLAIN, CHECK, V, PLAIN, LOGO, BLOCK, FADE, H, DOT, FLOWER), (("wool flannel", "wool"), ("cotton twill", "twill"), ("linen", "linen")), (55, 139), WAISTS, span=(640.0, 1600.0),
    ),
    Kind(
        "jeans", "pants", "lower", "JE", ("Jeans",), ("Bottoms", "Jeans"),
        {"fit": ("straight", "slim", "wide", "flare", "tapered"), "length": ("full", "ankle", "cropped"), "thread": ("gold", "tonal", "white"), "hem": ("plain", "turn-up")},
        (PLAIN, FADE, PLAIN, BLOCK, V, PLAIN, FADE, LOGO), (("selvedge denim", "denim"), ("stretch denim", "denim"), ("rigid denim", "denim")), (59, 129), WAISTS, span=(640.0, 1600.0),
    ),
    Kind(
        "shorts", "shorts", "lower", "SO", ("Shorts",), ("Bottoms", "Shorts"),
        {"fit": ("straight", "wide", "relaxed"), "length": ("mid", "bermuda", "short"), "style": ("tailored", "drawcord"), "hem": ("plain", "turn-up")},
        (PLAIN, V, FLOWER, CHECK, H, LOGO, DOT, BLOCK, FADE), (("cotton twill", "twill"), ("linen", "linen"), ("seersucker", "poplin")), (29, 69), WAISTS, span=(640.0, 1080.0), scale=0.9,
    ),
    Kind(
        "skirt", "skirt", "lower", "SK", ("Skirt",), ("Bottoms", "Skirts"),
        {"style": ("a-line", "pleated", "pencil", "tiered"), "length": ("mini", "midi", "knee", "maxi"), "closure": ("none", "none", "buttons")},
        (CHECK, PLAIN, FLOWER, DOT, H, FADE, V, BLOCK, LOGO), (("wool twill", "twill"), ("satin", "satin"), ("cotton", "poplin"), ("linen", "linen")), (39, 119), wearers=("Women",), span=(640.0, 1250.0),
    ),
    Kind(
        "shoes", "shoe", "feet", "FT", ("Shoes",), ("Shoes",),
        {"style": ("sneaker", "boot", "loafer", "high-top", "pump", "sandal"), "sole": ("white", "gum", "dark", "chunky"), "toe": ("plain", "cap", "tassel", "bow"), "closure": ("laces", "elastic"), "heel": ("high", "low")},
        (PLAIN, PLAIN, BLOCK, CHECK, PLAIN, H, FLOWER, DOT, FADE), (("smooth leather", "leather"), ("suede", "suede"), ("canvas", "twill")), (59, 189), FEET, scale=0.5, span=(-150.0, 0.0),
    ),
    Kind(
        "bag", "bag", "bag", "BA", ("Bag",), ("Accessories", "Bags"),
        {"style": ("tote", "satchel", "crossbody", "backpack", "bucket"), "trim": ("tan", "black", "self", "accent"), "handle": ("long", "short"), "base": ("plain", "leather"), "pocket": ("none", "patch"), "shape": ("camera", "half moon")},
        (PLAIN, H, LOGO, CHECK, FLOWER, BLOCK, DOT, V, FADE), (("waxed canvas", "twill"), ("grained leather", "leather"), ("cotton canvas", "linen")), (39, 179), ONE, scale=0.72, span=(0.0, 340.0),
    ),
    Kind(
        "hat", "hat", "head", "HA", ("Hat",), ("Accessories", "Hats"),
        {"style": ("cap", "beanie", "bucket", "fedora", "sun hat", "beret"), "trim": ("self", "contrast"), "top": ("plain", "pompom")},
        (PLAIN, H, LOGO, CHECK, DOT, FLOWER, BLOCK, PLAIN, V, FADE), (("wool felt", "wool"), ("cotton twill", "twill"), ("merino", "knit")), (19, 79), ONE, scale=0.42, span=(-50.0, 130.0),
    ),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
