"""The lists of the back office on a phone: behind one button, by mouse and by keyboard."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.backoffice.tests.world import superuser_client
from marketplace.tests.looks import SIZES, cut_off, serious, server, sticking_out, visit

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ORDERS = reverse("admin:orders_order_changelist")


def test_phone_reaches_every_list_through_the_menu(server: LiveServer) -> None:
    session = superuser_client().cookies[settings.SESSION_COOKIE_NAME].value

    with visit(session, server, viewport=SIZES["phone"]) as page:
        page.goto(server.url + ORDERS)
        menu, lists = page.get_by_role("button", name="Menu"), page.locator("#nav-sidebar")
        expect(lists).to_be_hidden()

        menu.focus()
        page.keyboard.press("Enter")

        expect(lists).to_be_visible()
        current = lists.locator("[aria-current=page]")
        expect(current).to_have_text("Orders")
        faults = serious(page) + sticking_out(page, "menu") + cut_off(page, "menu")
        page.keyboard.press("Escape")
        expect(lists).to_be_hidden()
        menu.click()
        lists.get_by_role("link", name="Payouts", exact=True).click()
        page.wait_for_url("**/payments/payout/")

    assert faults == []


def test_desktop_has_the_lists_beside_the_page_and_no_button(server: LiveServer) -> None:
    session = superuser_client().cookies[settings.SESSION_COOKIE_NAME].value

    with visit(session, server, viewport=SIZES["desktop"]) as page:
        page.goto(server.url + ORDERS)

        expect(page.locator("#nav-sidebar")).to_be_visible()
        expect(page.get_by_role("button", name="Menu")).to_be_hidden()
