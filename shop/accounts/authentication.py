"""How an app says whose it is: `Authorization: Bearer vit_...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from shop.accounts import tokens

if TYPE_CHECKING:
    from rest_framework.request import Request


class AppTokens(BaseAuthentication):
    """The owner of the token, and the token."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """None for a request without such a field. Raises `AuthenticationFailed` for a token that is none."""
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        found = tokens.holder(words[1]) if len(words) == 2 else None
        if found is None:
            raise AuthenticationFailed(gettext("This token is not known, or was taken back. Make another one."))
        return found.owner, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class AppTokensScheme(OpenApiAuthenticationExtension):
    """For the schema."""

    target_class = "shop.accounts.authentication.AppTokens"
    name = "appToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token that the customer made in their account."}
