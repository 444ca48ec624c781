"""The variants on a product's page. Their stock is counted, with a reason, and never written beside the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import stock
from catalog.models import StockChange, Variant

Reason = StockChange.Reason
KEEPERS = [
    (reason.value, reason.label) for reason in (Reason.COUNTED, Reason.RECEIVED, Reason.RETURNED, Reason.DAMAGED)
]
COLUMNS = ["size", "colour", "sku", "price", "price_before", "weight", "position"]
MOST = 2**31 - 1

if TYPE_CHECKING:
    from django.forms import BaseModelFormSet


class VariantForm(forms.ModelForm):
    """A variant, and how many pieces of it there are: only if the keeper changed that, as others sell meanwhile."""

    pieces = forms.IntegerField(label=_("stock"), min_value=0, max_value=MOST, initial=0, show_hidden_initial=True)
    reason = forms.ChoiceField(label=_("why"), choices=KEEPERS, initial=Reason.COUNTED, required=False)

    class Meta:
        model = Variant
        fields = COLUMNS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["pieces"] = self.instance.stock

    @property
    def counted(self) -> bool:
        """Whether the keeper says another number than the form did."""
        return "pieces" in self.changed_data

    def clean_pieces(self) -> int:
        """Raises ValidationError if some were sold since the page was made."""
        now, name = self.instance.stock, self.add_initial_prefix("pieces")
        if self.instance.pk and self.counted and self.data.get(name, str(now)) != str(now):
            self.data = corrected(self.data, name, now)
            said = gettext("Meanwhile the stock is {pieces}. Look again, and enter what is right.")
            raise forms.ValidationError(said.format(pieces=now))
        return self.cleaned_data["pieces"]

    def save(self, commit: bool = True) -> Variant:
        """Everything but the stock, which `count` says."""
        new = self.instance.pk is None
        variant = super().save(commit=False)
        if commit:
            variant.save(update_fields=None if new else COLUMNS)
        return variant


def corrected(data: Any, name: str, value: int) -> Any:
    """What a browser sent, with another value in one field."""
    data = data.copy()
    data[name] = str(value)
    return data


class VariantInline(admin.TabularInline):
    """What can be bought."""

    model = Variant
    form = VariantForm
    extra = 1
    fields = ["size", "colour", "sku", "price", "price_before", "pieces", "reason", "weight", "position"]


def count(formset: BaseModelFormSet, *, by: Any) -> None:
    """Take down the stock of the variants of a saved formset, where the keeper changed it."""
    for form in formset.forms:
        if isinstance(form, VariantForm) and form.counted and form not in formset.deleted_forms and form.instance.pk:
            reason = form.cleaned_data["reason"] or Reason.COUNTED
            stock.count(form.instance, form.cleaned_data["pieces"], reason=reason, by=by)
