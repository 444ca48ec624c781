"""What a customer writes into their account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.accounts.models import Address, AppToken, PostalAddress

if TYPE_CHECKING:
    from django.contrib.auth.models import User

AUTOCOMPLETE = {
    "name": "name",
    "line1": "address-line1",
    "line2": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
    "phone": "tel",
}


class AddressForm(forms.ModelForm):
    """An address of the book; browsers know how to fill it in."""

    class Meta:
        model = Address
        fields = [*PostalAddress.PARTS, "usual"]
        labels = {"usual": _("This is my usual address.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, token in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = token


class TokenForm(forms.ModelForm):
    """What the token is for."""

    class Meta:
        model = AppToken
        fields = ["name"]
        labels = {"name": _("What the app is called")}


class PasswordForm(forms.Form):
    """The password once more, before something that cannot be undone."""

    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuses another one."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(gettext("This is not your password. Nothing was deleted."))
        return password
