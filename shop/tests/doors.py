"""Every address of the shop by its name, and whom it is for. A new one that is not here fails a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

ANYBODY, LINK, SIGNED_IN, OWNER, PROVIDER = "anybody", "who has the link", "signed in", "its owner", "a provider"

DOORS = {
    ANYBODY: """
        alive ready language home category product sizes find offline service-worker robots sitemap sitemap-index
        favicon new-rss new-atom suggest rendition picture photo-search search-forget-all product-similar product-look
        reviews cart cart-add cart-change cart-remove cart-voucher cart-sizes checkout wishes wish admin-login
        account_login account_logout account_signup account_inactive account_reset_password account_reset_password_done
        account_reset_password_from_key account_reset_password_from_key_done account_confirm_email
        account_email_verification_sent account_confirm_login_code
        api-searches api-products api-product api-similar api-outfit api-categories api-category api-schema api-docs
    """,
    LINK: """
        search search-photo search-small-photo search-crop search-again search-not-it search-forget search-why
        api-search api-objects api-object api-results api-facets api-explain api-feedback
        order order-invoice order-pay order-cancel pay
    """,
    SIGNED_IN: """
        account addresses address-new tokens privacy export erase orders review review-delete
        account_email account_change_password account_set_password account_reauthenticate
        account_request_reauthentication_code account_confirm_reauthentication_code
        api-cart api-cart-lines api-cart-line api-cart-voucher api-orders
    """,
    OWNER: "address address-usual address-delete token-revoke api-order",
    PROVIDER: "process_payment static_process_payment",
}
WHOM = {name: whom for whom, names in DOORS.items() for name in names.split()}


def names() -> set[str]:
    """The names of all addresses but the admin's, which asks each keeper's rights itself, and the API's last resort."""
    return {name for name, path in _walk(get_resolver(), "") if name and not path.startswith("admin/")} | {
        "admin-login"
    }


def _walk(resolver: Any, before: str) -> Iterator[tuple[str | None, str]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, path)
        else:
            yield pattern.name, path
