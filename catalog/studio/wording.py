"""Words: names and descriptions that follow from a design."""

from collections.abc import Mapping
from random import Random

BRANDS = (
    "Halvorsen & Rye",
    "Maren Ode",
    "Tidewright",
    "Loom & Larch",
    "Osterly",
    "Verrano Studio",
    "Pell Street",
    "Aldergate",
    "Northmoor",
    "Little Quay",
)
FIRST = (
    "Alma", "Bram", "Cleo", "Dorian", "Elin", "Fenn", "Greta", "Hollis", "Ines", "Jonas", "Kaia", "Linus", "Mira", "Nils", "Odette", "Piers",
    "Quill", "Runa", "Soren", "Thea", "Una", "Viggo", "Willa", "Xenia", "Yara", "Zeno", "Anouk", "Bodil", "Cato", "Della", "Emil", "Freya",
    "Gideon", "Hedda", "Ivo", "Juno", "Kester", "Lotte", "Magnus", "Nora", "Otis", "Petra", "Rufus", "Saskia", "Tove", "Ulla", "Vera", "Wren",
    "Yves", "Zora", "Astrid", "Basil", "Clemence", "Dag", "Esme", "Florian", "Gwen", "Hugo", "Isolde", "Jasper", "Karin",
)  # fmt: skip
SECOND = (
    "Bay", "Harbour", "Meadow", "Field", "Grove", "Coast", "Ridge", "Lane", "Garden", "Valley", "Quay", "Moor", "Brook", "Heath", "Isle", "Dune",
    "Cove", "Fjord", "Orchard", "Terrace", "Mill", "Glen", "Marsh",
)  # fmt: skip
_PRINTED = {
    "plain": "", "horizontal stripes": "Striped", "vertical stripes": "Pinstripe", "checks": "Checked", "dots": "Dotted", "floral": "Floral",
    "colour block": "Colour-Block", "gradient": "Ombré", "logo": "Graphic",
}  # fmt: skip
_PRINT_SENTENCE = {
    "plain": "One honest colour, dyed in the piece so that it deepens with every wash.",
    "horizontal stripes": "Stripes run straight around and meet at the seams.",
    "vertical stripes": "Fine upright stripes lengthen the line.",
    "checks": "The check is woven, not printed, and matched at the seams.",
    "dots": "Scattered dots keep it light on its feet.",
    "floral": "Our own flowers, drawn by hand and strewn across the cloth.",
    "colour block": "Blocks of colour are cut and joined panel by panel.",
    "gradient": "Dip-dyed by hand: the colour drifts from one shade into the next.",
    "logo": "A small sign of the season is printed in water-based ink.",
}
_USE = {
    "t-shirt": "the one you reach for first", "shirt": "for the desk and for the weekend after it", "blouse": "soft enough for evenings, easy enough for mornings",
    "jacket": "the layer between you and the weather", "coat": "built for real winters", "hoodie": "warm, quiet and made to be worn out of the house",
    "short dress": "one piece and you are dressed", "long dress": "moves when you do", "trousers": "cut clean and easy to dress up or down", "jeans": "worn in by you, not by a machine",
    "shorts": "for the long light days", "skirt": "with room to walk", "shoes": "resoleable, and comfortable from the first day", "bag": "takes everything and keeps its shape", "hat": "packs flat and springs back",
}  # fmt: skip
_SAID = {
    "style": "{}",
    "fit": "{} fit",
    "sleeve": "{} sleeves",
    "neck": "{} neck",
    "collar": "{} collar",
    "length": "{} length",
    "skirt": "{} skirt",
    "sole": "{} sole",
}
_SPOKEN = {"none": "no", "v": "V", "bermuda": "knee", "strap": "slim strap"}


def name_of(step: int, start: int, cut: Mapping[str, str], printed: str, nouns: tuple[str, ...], kind: str) -> str:
    """A name no other design of the seed has: `step` counts the designs of this kind, and each step has its own model."""
    step += start
    model = FIRST[step % len(FIRST)]
    turn = step // len(FIRST)
    if turn:
        model += " " + SECOND[(turn - 1) % len(SECOND)]
    if turn > len(SECOND):
        model += f" {1 + (turn - 1) // len(SECOND)}"
    return " ".join(word for word in (model, _PRINTED[printed], noun(cut, nouns, kind, step)) if word)


def noun(cut: Mapping[str, str], nouns: tuple[str, ...], kind: str, step: int) -> str:
    """What the thing is called: by its style where the style has a name of its own."""
    style = cut.get("style", "")
    named = {
        "blazer": "Blazer", "bomber": "Bomber Jacket", "trucker": "Trucker Jacket", "quilted": "Quilted Jacket", "sneaker": "Sneakers", "high-top": "High-Tops",
        "boot": "Boots", "loafer": "Loafers", "pump": "Pumps", "sandal": "Sandals", "tote": "Tote", "satchel": "Satchel", "crossbody": "Crossbody Bag",
        "backpack": "Backpack", "cap": "Cap", "beanie": "Beanie", "fedora": "Fedora", "sun hat": "Sun Hat", "beret": "Beret",
    }  # fmt: skip
    if style in named and kind in ("jacket", "shoes", "bag", "hat"):
        return named[style]
    if style == "bucket":
        return "Bucket Bag" if kind == "bag" else "Bucket Hat"
    if kind == "skirt":
        return {"a-line": "A-Line", "pleated": "Pleated", "pencil": "Pencil", "tiered": "Tiered"}[style] + " Skirt"
    return ("Zip " if kind == "hoodie" and cut["closure"] == "zip" else "") + nouns[step % len(nouns)]


def described(
    kind: str, cut: Mapping[str, str], printed: str, material: str, colour: str, brand: str, draw: Random
) -> str:
    """Three sentences: what it is, how it is cut, how it is coloured."""
    said = [
        form.format(_SPOKEN.get(cut[key], cut[key]))
        for key, form in _SAID.items()
        if key in cut and cut[key] not in ("none", "regular", "plain")
    ]
    cutting = ", ".join(said[:3]) or "regular fit"
    care = draw.choice(
        ("Machine wash cold.", "Wash seldom, air often.", "Wash at 30 degrees, dry flat.", "Wipe or brush clean.")
    )
    opening = draw.choice(("Made from {m} in {c}, {u}.", "{c} {m}: {u}.", "In {c} {m}, {u}."))
    first = opening.format(m=material, c=colour.lower() if opening[0] != "{" else colour, u=_USE[kind])
    return f"{first} Cut with {cutting}. {_PRINT_SENTENCE[printed]} {care} By {brand}."
