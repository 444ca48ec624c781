"""The checkout's form: who, where to, how, and how it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from shop.accounts.models import PostalAddress
from shop.orders.models import Order
from shop.payments import paying
from shop.prices import reckoning
from shop.templatetags.money import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop.prices.models import Voucher
    from shop.prices.reckoning import Offer, Piece

AUTOCOMPLETE = {
    "email": "email",
    "name": "shipping name",
    "line1": "shipping address-line1",
    "line2": "shipping address-line2",
    "postcode": "shipping postal-code",
    "city": "shipping address-level2",
    "region": "shipping address-level1",
    "country": "shipping country",
    "phone": "shipping tel",
}


class CheckoutForm(forms.ModelForm):
    """All that an order needs of the customer. What it costs is not in it: `agreed` is only compared."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    agreed = forms.DecimalField(max_digits=10, decimal_places=2, widget=forms.HiddenInput, required=False)
    method = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect, label=_("Shipping"))
    payment = forms.ChoiceField(widget=forms.RadioSelect, label=_("Payment"))

    class Meta:
        model = Order
        fields = ["email", *PostalAddress.PARTS, "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"phone": _("Only for the parcel service, if it has a question.")}

    def __init__(self, *args: Any, pieces: Sequence[Piece], voucher: Voucher | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"country": settings.SHOP_COUNTRY, "key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name, token in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        self.pieces, self.voucher = pieces, voucher
        self._choices("country", offered())
        self.country = self._country()
        self.offers: list[Offer] = reckoning.offers(pieces, self.country, voucher=voucher)
        self._choices("method", [(offer.method.pk, _said(offer)) for offer in self.offers])
        self._choices("payment", paying.ways())
        self.offer = self._offer()
        self.initial.setdefault("method", self.offer.method.pk if self.offer else None)
        self.initial.setdefault("payment", next((name for name, _label in paying.ways()), None))

    @property
    def sums(self) -> reckoning.Reckoning:
        """What it costs with what is chosen so far."""
        method = self.offer.method if self.offer else None
        return reckoning.reckon(self.pieces, country=self.country, method=method, voucher=self.voucher)

    @property
    def address(self) -> dict[str, str]:
        """What was written, for the order."""
        return {part: str(self.cleaned_data[part]) for part in PostalAddress.PARTS}

    def clean(self) -> dict[str, Any] | None:
        if not self.offers:
            self.add_error("country", gettext("We do not ship there, or not so much. Choose another country."))
        return super().clean()

    def _choices(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _country(self) -> str:
        asked = self.data.get("country") if self.is_bound else self.initial.get("country")
        return str(asked) if str(asked) in countries else settings.SHOP_COUNTRY

    def _offer(self) -> Offer | None:
        asked = self.data.get("method", "") if self.is_bound else ""
        chosen = next((offer for offer in self.offers if str(offer.method.pk) == asked), None)
        return chosen or (self.offers[0] if self.offers else None)


def offered() -> list[tuple[str, str]]:
    """The countries that the shop ships to, by code and name in the page's language, the shop's own first."""
    codes = reckoning.countries()
    known = [(code, name) for code, name in countries if codes is None or code in codes]
    return sorted(known, key=lambda country: country[0] != settings.SHOP_COUNTRY)


def _said(offer: Offer) -> str:
    method = offer.method
    price = money(offer.price) if offer.price else gettext("free")
    days = gettext("{name}: {price}, with you in {first} to {last} working days")
    return days.format(name=method.name, price=price, first=method.days_from, last=method.days_to)
