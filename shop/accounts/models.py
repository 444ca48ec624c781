"""What a customer leaves with the shop: addresses, and tokens of apps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField


class PostalAddress(models.Model):
    """Where something goes. Orders keep a copy of their own: an address that changes later changes no order."""

    name = models.CharField(_("name"), max_length=100)
    line1 = models.CharField(_("street and number"), max_length=150)
    line2 = models.CharField(_("apartment, company"), max_length=150, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = CountryField(_("country"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    PARTS = ("name", "line1", "line2", "postcode", "city", "region", "country", "phone")

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        """As it stands on a parcel, without the phone."""
        town = " ".join(filter(None, [self.postcode, self.city]))
        land = countries.name(str(self.country))
        return [line for line in (self.name, self.line1, self.line2, town, self.region, land) if line]


class Address(PostalAddress):
    """An address of a customer's address book; at most one is the usual one."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="addresses")
    usual = models.BooleanField(_("usual"), default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-usual", "-created", "-id"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(usual=True), name="address_one_usual"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class AppToken(models.Model):
    """Lets an app ask in its owner's name. The token itself is shown once; only its SHA-256 is kept."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="app_tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("app token")
        verbose_name_plural = _("app tokens")

    def __str__(self) -> str:
        return self.name
