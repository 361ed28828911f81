"""The whole way in a browser that runs no scripts: every step is a link or a form."""

import re

import pytest
from playwright.sync_api import expect

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]


def test_guest_without_scripts_browses_buys_and_pays(plain: Visitor) -> None:
    page, shop = plain.page, plain.shop
    first, second = (shop.take(seller) for seller in SELLERS)
    plain.open("/en/")
    page.get_by_role("link", name="Catalogue").locator("visible=true").first.click()
    page.get_by_role("link", name="Tableware", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableware")
    page.get_by_role("group", name="Color").get_by_role("checkbox").first.check()
    page.get_by_role("button", name=re.compile("^Show ")).click()
    expect(page.get_by_role("list", name="Applied filters").get_by_role("link")).to_have_count(2)
    page.get_by_role("searchbox", name="Search the shop").fill("taepot")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("this is what was found for teapot")).to_be_visible()

    for card in (first, second):
        plain.open(card["path"])
        page.get_by_role("button", name="Add to cart").locator("visible=true").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cart")
    line = plain.line(first)
    line.get_by_role("spinbutton").fill("2")
    line.get_by_role("button", name="Update").click()
    expect(plain.line(first).get_by_role("spinbutton")).to_have_value("2")
    plain.shoot("cart-without-scripts")

    page.get_by_role("link", name="Go to checkout").click()
    plain.fill_destination(email="plain@people.example")
    plain.choose_ways(dict.fromkeys(SELLERS, "Courier to the door"))
    plain.press_pay()
    plain.pay_with("Payment goes through")
    plain.is_back()
    plain.sees_paid()
    plain.shoot("order-without-scripts")
    [group] = shop.backstage.orders_of(email="plain@people.example")
    assert [order["status"] for order in group["orders"]] == ["PAID", "PAID"]
