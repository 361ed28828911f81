"""Every page of the back office in Chromium, as narrow as it gets: the policy has nothing to report, nothing sticks out."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from apps.backoffice.tests.test_registry import list_url, page_url
from apps.backoffice.tests.world import desk_world, superuser_client
from apps.core.admin import AuditedAdmin
from apps.orders.models import Order
from marketplace.tests.looks import NARROW, cut_off, serious, server, sticking_out, visit

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def every_path() -> list[str]:
    """Lists, first rows' pages, forms to add, and the pages of our own."""
    paths = ["/backoffice/", reverse("admin:journals")]
    for model, window in admin.site._registry.items():
        paths += [list_url(model), page_url(model._default_manager.order_by("pk").first())]
        if isinstance(window, AuditedAdmin) and window.can_add:
            paths.append(f"{list_url(model)}add/")
    order = Order.objects.first()
    assert order
    return [*paths, reverse("admin:orders_order_money", args=[order.pk])]


def ask_for_a_reason(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Archive").click()
    page.get_by_label("Reason").wait_for()


def test_no_page_of_the_backoffice_breaks_the_policy_or_scrolls_sideways(
    server: LiveServer,
) -> None:
    desk_world()
    session = superuser_client().cookies[settings.SESSION_COOKIE_NAME].value
    paths = every_path()
    product = next(path for path in paths if "/catalog/product/" in path and "/change/" in path)
    said: list[str] = []
    wide: list[str] = []
    statuses: dict[str, int] = {}

    def listen(message: ConsoleMessage) -> None:
        if "CSP" in message.text or "Content Security Policy" in message.text:
            said.append(f"{page.url}: {message.text}")

    with visit(session, server, viewport=NARROW) as page:
        page.on("console", listen)
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        for path in paths:
            response = page.goto(f"{server.url}{path}")
            statuses[path] = response.status if response else 0
            wide += sticking_out(page, path) + cut_off(page, path)
        ask_for_a_reason(page, f"{server.url}{product}")
        wide += sticking_out(page, "reason") + cut_off(page, "reason") + serious(page)
        policy = page.request.get(f"{server.url}/backoffice/").headers["content-security-policy"]

    assert said == []
    assert wide == [], "\n".join(wide)
    assert {path: status for path, status in statuses.items() if status != 200} == {}
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_crawl_would_see_a_page_that_breaks_the_policy(server: LiveServer) -> None:
    session = superuser_client().cookies[settings.SESSION_COOKIE_NAME].value
    said: list[str] = []
    with visit(session, server) as page:
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{server.url}/backoffice/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"top:0\">x</p>')")
        page.wait_for_timeout(200)

    assert [text for text in said if text.startswith("CSP style-src-attr")] != []


def test_crawl_would_see_a_page_that_is_too_wide_or_hides_a_part(server: LiveServer) -> None:
    session = superuser_client().cookies[settings.SESSION_COOKIE_NAME].value
    put = "text => document.body.insertAdjacentHTML('beforeend', text)"
    broad = '<canvas width="900" height="9"></canvas>'
    with visit(session, server, viewport=NARROW) as page:
        page.goto(f"{server.url}/backoffice/")
        before = sticking_out(page, "fits") + cut_off(page, "fits")
        page.evaluate(put, f'<div class="desk-reason">{broad}</div>')
        hidden = sticking_out(page, "hides") + cut_off(page, "hides")
        page.evaluate(put, broad)
        wide = sticking_out(page, "wide")

    assert before == []
    assert [text[:17] for text in hidden] == ["hides cuts off <d"]
    assert len(wide) == 1
