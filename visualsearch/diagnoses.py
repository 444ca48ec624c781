"""What the catalogue doctor says, in the language of whoever reads it. docs/keeping.md says it at length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from visualsearch.modelsdoctor import Ailment, Finding

if TYPE_CHECKING:
    from django.utils.functional import Promise

MEANINGS: dict[str, Promise | str] = {
    Ailment.NOTHING: _(
        "No garment was found in these pictures: tables of sizes, care labels, rooms; or garments that the detector "
        "does not know. Searches with a garment do not meet them."
    ),
    Ailment.TWIN: _(
        "Two products show the same picture. Shoppers find both beside each other and wonder. Is one of them a "
        "duplicate, or did a picture go to the wrong product?"
    ),
    Ailment.CATEGORY: _(
        "What is in the picture is worn elsewhere than the things in its category. Either the product lies on the "
        "wrong shelf, or the picture is of another one."
    ),
    Ailment.COLOUR: _(
        "The name of the colour is far from every colour of the garment: a slip in a sheet, or the picture of another "
        "colour. Names that the shop does not know are passed over."
    ),
    Ailment.SMALL: _("Too few pixels for a product page, and for a search to see details by."),
    Ailment.BLURRED: _("Out of focus, shaken, or a small picture that was made large."),
    "waived": _(
        "You said that these are no problem. Each counts again when the file of its picture is replaced by another."
    ),
}
SENTENCES = {
    Ailment.NOTHING: _("No garment was found in it."),
    Ailment.TWIN: _("It is the same picture as one of {product}."),
    Ailment.CATEGORY: _("Its category is worn {worn}; it looks like something that is worn {looks}."),
    Ailment.COLOUR: _("It is called {names}; none of its main colours comes near that."),
    Ailment.SMALL: _("It has {width} x {height} pixels; the shorter side should have {least}."),
    Ailment.BLURRED: _("Its sharpness is {sharpness:.3f}; sharp pictures have {least} and more."),
}
WORN = {
    "upper": _("above the waist"),
    "lower": _("below the waist"),
    "full": _("from top to bottom"),
    "feet": _("on the feet"),
    "bag": _("as a bag"),
    "head": _("on the head"),
}


def sentence(finding: Finding) -> str:
    """What is wrong with this picture."""
    facts: dict[str, Any] = finding.facts | {"product": finding.other.product.name if finding.other else ""}
    if "names" in facts:
        facts["names"] = ", ".join(facts["names"])
    for name in ("worn", "looks"):
        if name in facts:
            facts[name] = WORN.get(facts[name], facts[name])
    return str(SENTENCES[Ailment(finding.kind)]).format(**facts)


def counts() -> list[tuple[str, str, int]]:
    """Of each kind its key, its name, and how many pictures have it."""
    there = Counter(Finding.objects.still().order_by().values_list("kind", flat=True))
    return [(kind.value, str(kind.label), there[kind.value]) for kind in Ailment]
