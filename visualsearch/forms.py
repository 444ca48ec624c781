"""The part of a photo as people type it: four percentages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from visualsearch.ml.types import FULL_FRAME, Box

SIDES = {
    "left": gettext_lazy("Left edge"),
    "top": gettext_lazy("Upper edge"),
    "right": gettext_lazy("Right edge"),
    "bottom": gettext_lazy("Lower edge"),
}


class CropForm(forms.Form):
    """Where the part begins and ends, from the left and from the top, in percent of the upright photo."""

    left, top, right, bottom = (forms.FloatField(label=side, min_value=0, max_value=100) for side in SIDES.values())

    @classmethod
    def around(cls, box: Box) -> CropForm:
        """The form to begin with: at this box, or a fair part of the middle where that is the whole photo."""
        box = Box(0.2, 0.2, 0.8, 0.8) if box == FULL_FRAME else box
        return cls(initial={name: f"{100 * side:.1f}" for name, side in zip(SIDES, box.as_list(), strict=True)})

    def clean(self) -> dict[str, Any]:
        """The edges must lie apart, and in this order."""
        sides = super().clean() or {}
        if len(sides) == len(SIDES) and not (sides["left"] < sides["right"] and sides["top"] < sides["bottom"]):
            sentence = gettext("The left edge must be less than the right one, and the upper less than the lower one.")
            raise forms.ValidationError(sentence, code="empty")
        return sides

    @property
    def box(self) -> Box:
        """The part of a valid form, in fractions."""
        return Box(*(self.cleaned_data[name] / 100 for name in SIDES))
