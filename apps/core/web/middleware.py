"""Request context (id, address, metrics), rate limits, the viewer."""

import time
from functools import cache
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from apps.core import rate_limit
from apps.core.api.problems import problem_outside_views
from apps.core.viewer import Grant, GrantExpired, GrantToken, Viewer, viewer_of
from apps.core.web.front import LOOKED_UP
from apps.core.web.requests import ShopRequest
from apps.core.web.traffic import (
    SAFE,
    UNLIMITED,
    GetResponse,
    note_answer,
    open_request,
    route_of,
)

MACHINES = ("/api/", "/_allauth/")
CART_COOKIE = "cart_token"
CART_HEADER = "X-Cart-Token"
ORDER_HEADER = "X-Order-Token"
ORDER_GRANTS_SESSION_KEY = "order_tokens"


class RequestContextMiddleware:
    """Give the request an id and an address that every log line, audit row and event carries.

    An answer that does not say who may keep it is kept by nobody: only views that were made the
    same for everybody say otherwise.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = rate_limit.client_address(request.META)
        request_id = open_request(request.META, address)
        shop_request = cast("ShopRequest", request)
        shop_request.request_id = request_id
        shop_request.client_address = address
        started = time.perf_counter()
        response = self.get_response(request)
        elapsed = time.perf_counter() - started
        response["X-Request-Id"] = request_id
        if not request.path.startswith(UNLIMITED) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        note_answer(
            method=request.method or "",
            path=request.path,
            route=route_of(request),
            status=response.status_code,
            seconds=elapsed,
        )
        return response


class RateLimitMiddleware:
    """SEC-8: pages by address; the API and every write more strictly (settings.RATE_LIMITS)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNLIMITED):
            return self.get_response(request)
        verdict = self._verdict(request)
        if not verdict.is_allowed:
            return self._refuse(request, verdict)
        response = self.get_response(request)
        response["RateLimit-Limit"] = str(verdict.limit)
        response["RateLimit-Remaining"] = str(verdict.remaining)
        return response

    def _verdict(self, request: HttpRequest) -> rate_limit.Verdict:
        if looked_up := request.META.get(LOOKED_UP):
            return cast("rate_limit.Verdict", looked_up.verdict)
        subject = rate_limit.address_subject(cast("ShopRequest", request).client_address)
        if request.path.startswith("/webhooks/"):
            return rate_limit.hit(rule="webhook", subject=subject)
        is_api = request.path.startswith("/api/")
        if is_api and "/suggest" in request.path:
            return rate_limit.hit(rule="suggest", subject=subject)
        if request.method in SAFE and not is_api:
            return rate_limit.hit(rule="page", subject=subject)
        if "login" in request.path or "password" in request.path:
            sign_in = rate_limit.hit(rule="sign_in", subject=subject)
            if not sign_in.is_allowed:
                return sign_in
        account = _account_of(request)
        if account is None:
            return rate_limit.hit(rule="anonymous_write", subject=subject)
        by_address = rate_limit.hit(rule="known_address", subject=subject)
        if not by_address.is_allowed:
            return by_address
        return rate_limit.hit(rule="known_write", subject=account)

    def _refuse(self, request: HttpRequest, verdict: rate_limit.Verdict) -> HttpResponse:
        headers = {
            "Retry-After": str(verdict.retry_after_seconds),
            "RateLimit-Limit": str(verdict.limit),
            "RateLimit-Remaining": "0",
        }
        # The language middleware comes later: a refusal is too early for it.
        translation.activate(translation.get_language_from_request(request, check_path=True))
        detail = _("Too many requests. Wait %(seconds)s seconds and try again.") % {
            "seconds": verdict.retry_after_seconds
        }
        if is_machine(request):
            return problem_outside_views(
                status=429, code="rate_limited", detail=detail, headers=headers
            )
        response = render(request, "errors/429.html", {"detail": detail}, status=429)
        for name, value in headers.items():
            response[name] = value
        return response


def _account_of(request: HttpRequest) -> str | None:
    """Return the account that a session belongs to; a made-up token belongs to none.

    It stands here, before the session middleware, so that a refused request has no effect at all.
    """
    key = request.headers.get("X-Session-Token") if is_machine(request) else None
    key = key or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    account = _session_store()(key).get(SESSION_KEY)
    return str(account) if account else None


@cache
def _session_store() -> type[SessionBase]:
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store


def is_machine(request: HttpRequest) -> bool:
    """Tell whether a program asks, which reads JSON and no pages."""
    return request.path.startswith(MACHINES)


class ViewerMiddleware:
    """Put the viewer on the request: the account, and what its cookies and headers grant."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast("ShopRequest", request).viewer = cast(
            "Viewer", SimpleLazyObject(lambda: request_viewer(request))
        )
        return self.get_response(request)


def request_viewer(request: HttpRequest, account: Any = None) -> Viewer:
    """Build the viewer of a page's request; tokens that do not verify grant nothing."""
    tokens = [
        ("cart", request.headers.get(CART_HEADER) or request.COOKIES.get(CART_COOKIE)),
        ("order", request.headers.get(ORDER_HEADER)),
    ]
    session = getattr(request, "session", None)
    if session is not None and settings.SESSION_COOKIE_NAME in request.COOKIES:
        tokens += [("order", token) for token in session.get(ORDER_GRANTS_SESSION_KEY, [])]
    return viewer_of(account if account is not None else request.user, _grants(tokens))


def token_viewer(request: HttpRequest, account: Any) -> Viewer:
    """Build the viewer of an API request: headers alone, since a browser sends cookies unasked."""
    tokens = [
        ("cart", request.headers.get(CART_HEADER)),
        ("order", request.headers.get(ORDER_HEADER)),
    ]
    return viewer_of(account, _grants(tokens))


def _grants(tokens: list[tuple[str, str | None]]) -> frozenset[Grant]:
    grants = set()
    for kind, token in tokens:
        if not token:
            continue
        try:
            grants.add(GrantToken.read(token, kind=kind))
        except GrantExpired:
            continue
    return frozenset(grants)
