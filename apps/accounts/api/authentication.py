"""Apps sign in through allauth's headless API and send its session token."""

from typing import Any

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


def account_of_token(token: str) -> Any | None:
    """Return the account that a session token stands for, or None where it does not fit."""
    found = authenticate_by_x_session_token(token)
    return found[0] if found else None


class AppSessionAuthentication(BaseAuthentication):
    """`X-Session-Token`: a token that does not fit is refused, not ignored."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        token = request.headers.get("X-Session-Token")
        if not token:
            return None
        account = account_of_token(token)
        if account is None:
            raise AuthenticationFailed
        return account, None

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
