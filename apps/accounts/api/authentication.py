"""Apps sign in through allauth's headless API and send its session token."""

from typing import Any

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class AppSessionAuthentication(BaseAuthentication):
    """`X-Session-Token`: a token that does not fit is refused, not ignored."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        token = request.headers.get("X-Session-Token")
        if not token:
            return None
        found = authenticate_by_x_session_token(token)
        if found is None:
            raise AuthenticationFailed
        user, _session = found
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
