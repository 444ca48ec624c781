"""The ways to pay that `PAYMENTS` names, as django-payments wants to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from environ import Env

TRIAL = "trial"
LABELS = {TRIAL: gettext_noop("Trial payment"), "stripe": gettext_noop("Card"), "paypal": "PayPal"}
SITES = {"stripe": ["https://checkout.stripe.com"], "paypal": ["https://www.paypal.com"]}  # that forms lead to
VARIABLES = {
    "api_key": "STRIPE_SECRET_KEY",
    "endpoint_secret": "STRIPE_WEBHOOK_SECRET",
    "client_id": "PAYPAL_CLIENT_ID",
    "secret": "PAYPAL_SECRET",
}
SANDBOX = "https://www.sandbox.paypal.com"


def configured(names: Iterable[str], env: Env, *, production: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    """PAYMENT_VARIANTS. Raises ImproperlyConfigured where one is unknown, its keys are missing, or none is named."""
    names = list(names)
    if not names:
        raise ImproperlyConfigured("Set PAYMENTS to stripe, paypal or both in production; trial takes no money.")
    if unknown := set(names) - set(LABELS):
        raise ImproperlyConfigured(f"PAYMENTS names {', '.join(sorted(unknown))}; known are {', '.join(LABELS)}.")
    if production and TRIAL in names and len(names) > 1:
        raise ImproperlyConfigured("PAYMENTS names trial beside a real provider: anybody could buy for nothing.")
    return {name: (PROVIDERS[name], _settings(name, env)) for name in names}


def sites(variants: Iterable[str], *, sandbox: bool) -> list[str]:
    """Where a form may lead, for the Content-Security-Policy."""
    found = [site for name in variants for site in SITES.get(name, [])]
    return [*found, SANDBOX] if sandbox and "paypal" in variants else found


def _settings(name: str, env: Env) -> dict[str, Any]:
    stripe = {
        "api_key": env("STRIPE_SECRET_KEY", default=""),
        "endpoint_secret": env("STRIPE_WEBHOOK_SECRET", default=""),
    }
    paypal = {"client_id": env("PAYPAL_CLIENT_ID", default=""), "secret": env("PAYPAL_SECRET", default="")}
    keys = {"stripe": stripe, "paypal": paypal}.get(name, {})
    if lacking := [VARIABLES[key] for key, value in keys.items() if not value]:
        raise ImproperlyConfigured(f"PAYMENTS needs {', '.join(lacking)}: see .env.example.")
    if name == "paypal":
        host = "api-m.sandbox.paypal.com" if env.bool("PAYPAL_SANDBOX", default=False) else "api-m.paypal.com"
        return {**keys, "endpoint": f"https://{host}"}
    return keys


PROVIDERS = {
    TRIAL: "shop.payments.providers.trial.TrialProvider",
    "stripe": "shop.payments.providers.stripe.Stripe",
    "paypal": "payments.paypal.PaypalProvider",
}
