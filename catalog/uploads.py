"""Pictures that a keeper sends with a form: several at once, and none is lost because of another one."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog import images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

KEPT_SECONDS = 3600
KEPT_BYTES = 64 * 1024 * 1024  # in all, between two tries of one form
ACCEPT = "image/jpeg,image/png,image/webp,image/avif,image/gif,image/heic"


class Upload(NamedTuple):
    """A picture that was looked at and will be taken."""

    name: str
    data: bytes


def look_at(file: UploadedFile) -> Upload:
    """Read an uploaded picture. Raises PictureRefused."""
    if file.size and file.size > images.MAX_BYTES:  # without reading what may be any amount
        images.refuse_size(file.size, images.MAX_BYTES)
    data = file.read()
    images.accept(data, side=images.MIN_SIDE)
    return Upload(file.name or "", data)


def keep(uploads: Sequence[Upload]) -> str:
    """Keep good pictures while their form is corrected: browsers forget chosen files. Gives a token, "" if too many."""
    if not uploads or sum(len(upload.data) for upload in uploads) > KEPT_BYTES:
        return ""
    token = secrets.token_urlsafe(16)
    cache.set(_key(token), [tuple(upload) for upload in uploads], KEPT_SECONDS)
    return token


def kept(token: str) -> list[Upload]:
    """The pictures of a token; none once its time is over."""
    uploads = cache.get(_key(token), []) if re.fullmatch(r"[\w-]{22}", token, re.ASCII) else []
    return [Upload(*upload) for upload in uploads]


def _key(token: str) -> str:
    return f"kept-pictures:{token}"


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures. Its value are those that are good; `refusals` of the others are for the form to show."""

    widget = ManyFilesInput(attrs={"accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Looked:
        """Never raises for a picture: the good ones would be gone with the bad ones."""
        looked = Looked([], [])
        for file in data or []:
            try:
                looked.good.append(look_at(file))
            except images.PictureRefused as refusal:
                looked.refusals.append(f"{file.name}: {refusal.message}")
        return looked


class Looked(NamedTuple):
    """What a PicturesField found."""

    good: list[Upload]
    refusals: list[str]


class PictureField(forms.FileField):
    """One picture, as an Upload."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """Raises ValidationError with the sentence of the refusal."""
        if not data:
            return None
        try:
            return look_at(data)
        except images.PictureRefused as refusal:
            raise ValidationError(f"{data.name}: {refusal.message}", code=refusal.code) from refusal


class ProductForm(forms.ModelForm):
    """A product with pictures to add. Good pictures of a form that has errors are kept until it is sent again."""

    new_pictures = PicturesField(
        label=_("Add pictures"),
        help_text=_("Several at once: JPEG, PNG, WebP, AVIF, GIF or HEIC, up to 15 MB each."),
        required=False,
    )

    uploads: list[Upload]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        looked = cleaned.get("new_pictures") or Looked([], [])
        for refusal in looked.refusals:
            self.add_error("new_pictures", refusal)
        self.uploads = [*kept(self.data.get("kept_pictures", "")), *looked.good]
        return cleaned
