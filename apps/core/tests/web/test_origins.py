"""Forms without a token: the browser's own word on the origin decides, and silence is a no."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.core.web.origins import is_same_origin, same_origin_only

OWN = "http://testserver"


def _request(method: str = "POST", **headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestFactory().generic(method, "/en/cart/add/", headers=named)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "null"},
        {"Origin": OWN},
        {"Referer": f"{OWN}/en/p/thing-1/"},
        {"Origin": OWN, "Referer": "https://evil.example/"},
    ],
)
def test_own_page_is_let_through(headers: dict[str, str]) -> None:
    assert is_same_origin(_request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": ""},
        {"Sec_Fetch_Site": "cross-site", "Origin": OWN},
        {"Origin": "null"},
        {"Origin": "null", "Referer": f"{OWN}/"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://testserver"},
        {"Origin": f"{OWN}:81"},
        {"Origin": f"{OWN}.evil.example"},
        {"Origin": "http://evil.example/testserver"},
        {"Origin": "http://user@testserver"},
        {"Origin": "testserver"},
        {"Origin": f"{OWN}, https://evil.example"},
        {"Referer": "https://evil.example/http://testserver/"},
        {"Referer": "http://[::1"},
    ],
)
def test_foreign_null_or_missing_origin_is_refused(headers: dict[str, str]) -> None:
    assert not is_same_origin(_request(**headers))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_guarded_view_refuses_every_unsafe_method(method: str) -> None:
    called: list[str] = []

    @same_origin_only
    def view(request: HttpRequest) -> HttpResponse:
        called.append(str(request.method))
        return HttpResponse()

    with pytest.raises(PermissionDenied):
        view(_request(method, Origin="https://evil.example"))
    assert called == []
    view(_request(method, Origin=OWN))
    view(_request("GET", Origin="https://evil.example"))
    assert called == [method, "GET"]


def test_guarded_view_needs_no_token() -> None:
    view = same_origin_only(lambda _request: HttpResponse())
    assert view.csrf_exempt is True  # type: ignore[attr-defined]


def test_every_view_without_a_token_is_guarded_by_the_origin_or_a_signature() -> None:
    """csrf_exempt is set in few places: guarded views, the API (no cookies there) and webhooks."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern, URLResolver

    def exempt(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
        found = set()
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                found |= exempt(one.url_patterns, route)
            elif getattr(one.callback, "csrf_exempt", False):
                found.add(route)
        return found

    routes = exempt(get_resolver().url_patterns)
    pages = {route for route in routes if not route.startswith(("api/", "_allauth/app/"))}

    assert pages == {
        "webhooks/stripe/",
        "webhooks/stripe/connect/",
        "en/currency/",
        "en/cart/add/",
        "en/cart/units/",
        "en/favourites/set/",
        "en/p/<uuid:product_id>/viewed/",
        "en/reviews/<uuid:review_id>/helpful/",
    }
