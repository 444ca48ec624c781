"""Designs: every product is one seeded point in the space of kinds, cuts, prints and colours.

A design depends on its seed and its own index alone, so any of any number can be made by itself. Indices are laid out in
blocks, one of every kind in a block; within a kind, prints take turns and colours walk by the golden ratio, so that the first
few hundred products differ as much as they can.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from .chance import dice, spread
from .kinds import KINDS, Kind
from .palette import COLOURS, ORDER, WASHES, companions
from .wording import BRANDS, described, name_of


@dataclass(frozen=True, slots=True)
class Colourway:
    """A named colouring: the cloth's ground and the two colours that go with it."""

    name: str
    base: str
    accent: str
    second: str


@dataclass(frozen=True, slots=True)
class Design:
    """One product, before it is drawn. The first colourway is the pictured one."""

    seed: int
    index: int
    slug: str
    sku: str
    kind: str
    label: str
    position: str
    category: tuple[str, ...]
    cut: Mapping[str, str]
    print: str
    colourways: tuple[Colourway, ...]
    name: str
    description: str
    brand: str
    material: str
    weave: str
    price: Decimal
    was: Decimal | None
    sizes: tuple[str, ...]
    stock: Mapping[tuple[str, str], int]


def design(seed: int, index: int) -> Design:
    """The design at `index` >= 0 of the catalogue `seed`."""
    step, slot = divmod(index, len(KINDS))
    kind = KINDS[dice(seed, "block", step).sample(range(len(KINDS)), len(KINDS))[slot]]
    draw, habit = dice(seed, index), dice(seed, kind.name)
    start, turn = habit.random(), habit.randrange(len(kind.prints))
    printed = kind.prints[(step + turn) % len(kind.prints)]
    wearer = draw.choice(kind.wearers)
    cut = _cut(kind, step + turn, wearer, draw)
    words, weave = _material(kind, cut, draw)
    colourways = _colourways(kind, step, start, draw)
    brand = draw.choice(BRANDS)
    name = name_of(step, habit.randrange(61), cut, printed, kind.nouns, kind.name)
    price, was = _price(kind, draw)
    return Design(
        seed, index, _slug(name), f"{kind.code}{seed % 4096:03X}-{index:05d}", kind.name, kind.label, kind.position,
        (wearer, *kind.shelf), cut, printed, colourways, name,
        described(kind.name, cut, printed, words, colourways[0].name, brand, draw), brand, words, weave, price, was,
        kind.sizes, _stock(colourways, kind.sizes, draw),
    )  # fmt: skip


def _cut(kind: Kind, step: int, wearer: str, draw: Random) -> dict[str, str]:
    """The first choice takes turns, the others are drawn."""
    cut = {key: draw.choice(choices) for key, choices in kind.cuts.items()}
    first = next(iter(kind.cuts))
    cut[first] = kind.cuts[first][step % len(kind.cuts[first])]
    if wearer == "Men":
        plain = {
            "cropped": "regular",
            "pump": "loafer",
            "sandal": "sneaker",
            "sun hat": "fedora",
            "cap": "short",
            "scoop": "crew",
            "boat": "crew",
        }
        keys = ("style", "length", "neck", "sleeve") if kind.position != "head" else ("style",)
        plain = plain if kind.position not in ("head", "lower") else {"sun hat": "fedora", "flare": "straight"}
        cut.update({key: plain[cut[key]] for key in keys if cut.get(key) in plain})
    return cut


def _material(kind: Kind, cut: Mapping[str, str], draw: Random) -> tuple[str, str]:
    """Material in words, and its weave; some styles know no other."""
    fixed = {
        "sun hat": ("braided straw", "straw"), "beanie": ("merino knit", "knit"), "trucker": ("denim", "denim"), "quilted": ("recycled nylon", "satin"), "blazer": ("wool blend", "wool"),
        "loafer": ("calf leather", "leather"), "boot": ("oiled leather", "leather"), "beret": ("boiled wool", "wool"), "fedora": ("wool felt", "suede"), "satchel": ("grained leather", "leather"),
    }  # fmt: skip
    return fixed.get(cut.get("style", ""), draw.choice(kind.materials))


def _colourways(kind: Kind, step: int, start: float, draw: Random) -> tuple[Colourway, ...]:
    book = WASHES if kind.name == "jeans" else COLOURS
    order = tuple(book) if kind.name == "jeans" else ORDER
    first = spread(order, step, start)
    others = draw.sample([name for name in order if name != first], draw.choice((0, 0, 1, 1, 2)))
    return tuple(_colourway(name, book[name], draw) for name in (first, *others))


def _colourway(name: str, base: str, draw: Random) -> Colourway:
    """Two companions: of the colours that stand out on the ground, two of the calmer ones."""
    pool = companions(base)
    accent = draw.choice(pool[:7])
    second = draw.choice([colour for colour in pool[:8] if colour != accent])
    return Colourway(name, base, accent, second)


def _price(kind: Kind, draw: Random) -> tuple[Decimal, Decimal | None]:
    low, high = kind.price
    full = Decimal(round(draw.triangular(low, high, (2 * low + high) / 3))) - Decimal("0.10") * draw.choice((0, 1))
    if draw.random() >= 1 / 6:
        return full, None
    return (full * draw.choice((Decimal("0.6"), Decimal("0.7"), Decimal("0.8")))).quantize(Decimal("1")), full


def _stock(colourways: tuple[Colourway, ...], sizes: tuple[str, ...], draw: Random) -> dict[tuple[str, str], int]:
    return {
        (way.name, size): draw.choice((0, 0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 20)) for way in colourways for size in sizes
    }


def _slug(name: str) -> str:
    plain = name.lower().replace("é", "e")
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
