"""Request ids, and who the request speaks for."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.backoffice.tests.world import superuser_client
from apps.core.models import AuditEntry
from apps.core.viewer import Grant, GrantToken
from apps.core.web.middleware import (
    CART_COOKIE,
    ORDER_GRANTS_SESSION_KEY,
    request_viewer,
    token_viewer,
)
from marketplace.tests.world import make_user

CART = Grant("cart", uuid.uuid4())
ORDER = Grant("order", uuid.uuid4(), 3)


@pytest.mark.parametrize("sent", ["request-0001", "a" * 8, "A.b_c-9" * 9 + "x"])
def test_request_id_that_was_sent_is_kept(sent: str) -> None:
    assert Client().get("/ping", headers={"X-Request-Id": sent})["X-Request-Id"] == sent


@pytest.mark.parametrize(
    "sent", ["", "short", "a" * 65, "has space", "новый-номер", "a\tb" * 4, "<script>x"]
)
def test_request_id_that_is_not_plain_is_replaced(sent: str) -> None:
    found = Client().get("/ping", headers={"X-Request-Id": sent})["X-Request-Id"]
    assert found != sent
    assert len(uuid.UUID(found).hex) == 32


@pytest.mark.django_db
def test_deed_in_a_request_carries_its_id_and_address() -> None:
    person = make_user("p@people.example")
    superuser_client().get(
        f"/backoffice/accounts/user/{person.pk}/change/",
        headers={"X-Request-Id": "request-0001"},
        REMOTE_ADDR="203.0.113.9",
    )

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.request_id, entry.ip) == (
        "accounts.user_viewed",
        "request-0001",
        "203.0.113.9",
    )


def _request(cookies: dict[str, str] | None = None, **headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().get("/", headers=named)
    request.COOKIES.update(cookies or {})
    request.user = AnonymousUser()
    return request


def test_page_takes_a_cart_from_its_cookie_and_an_order_from_the_session() -> None:
    request = _request({CART_COOKIE: GrantToken.write(CART), settings.SESSION_COOKIE_NAME: "x"})
    request.session = {ORDER_GRANTS_SESSION_KEY: [GrantToken.write(ORDER), "forged"]}  # type: ignore[assignment]

    assert request_viewer(request).grants == {CART, ORDER}


def test_api_takes_tokens_from_headers_and_never_from_cookies() -> None:
    with_cookie = _request({CART_COOKIE: GrantToken.write(CART)})
    with_headers = _request(
        X_Cart_Token=GrantToken.write(CART), X_Order_Token=GrantToken.write(ORDER)
    )

    assert token_viewer(with_cookie, AnonymousUser()).grants == frozenset()
    assert token_viewer(with_headers, AnonymousUser()).grants == {CART, ORDER}


@pytest.mark.parametrize(
    "token",
    ["", "x", GrantToken.write(ORDER), GrantToken.write(CART) + "x"],
    ids=["empty", "one letter", "of an order", "with a letter more"],
)
def test_token_that_does_not_fit_grants_nothing_and_breaks_nothing(token: str) -> None:
    assert request_viewer(_request({CART_COOKIE: token})).grants == frozenset()
    assert token_viewer(_request(X_Cart_Token=token), AnonymousUser()).grants == frozenset()


@pytest.mark.django_db
def test_page_that_asks_nothing_about_its_visitor_costs_no_session_query() -> None:
    client = Client()
    client.get("/en/info/about/")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/en/info/about/")
    assert answer.status_code == 200
    assert [q["sql"] for q in captured if "session" in q["sql"]] == []


@pytest.mark.django_db
def test_session_of_a_stranger_shows_no_orders(client: Client) -> None:
    """Order tokens in a session count only where the request brought that session."""
    request: Any = _request()
    request.session = {ORDER_GRANTS_SESSION_KEY: [GrantToken.write(ORDER)]}
    assert request_viewer(request).grants == frozenset()
