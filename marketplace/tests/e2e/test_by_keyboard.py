"""The whole way by Tab, Enter, arrows and letters: every stop shows where one is."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import ADDRESS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

STOPS = 120
# An outline of its own, or of what stands for it: the frame around it, or the sign beside it.
UNSEEN = """() => {
  const one = document.activeElement;
  if (one === document.body || one.tabIndex < 0) return "";
  const signs = [one, one.parentElement, one.closest("label"), one.nextElementSibling].filter(Boolean);
  const isOutlined = signs.some((sign) => {
    const {outlineStyle, outlineWidth} = getComputedStyle(sign);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  const box = one.getBoundingClientRect();
  const isThere = box.bottom > 0 && box.top < innerHeight;
  return isOutlined && isThere ? "" : one.outerHTML.slice(0, 160);
}"""


def _tab_to(page: Page, wanted: Locator) -> None:
    """Go on by Tab until it has the focus, looking at every stop on the way."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN)
        assert unseen == "", f"nobody sees the focus on {unseen}"
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{STOPS} stops do not lead to {wanted}")


def _press(page: Page, wanted: Locator) -> None:
    _tab_to(page, wanted)
    page.keyboard.press("Enter")


def _skip_to_content(page: Page) -> None:
    _press(page, page.get_by_role("link", name="Skip to content"))
    expect(page.get_by_role("main")).to_be_focused()


def _fill_destination(visitor: Visitor, email: str) -> None:
    page = visitor.page
    _tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(email)
    fields = {"Country": "Uzbekistan", **ADDRESS}
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(UNSEEN) == ""
        label = page.evaluate("document.activeElement.labels?.[0]?.textContent.trim() ?? ''")
        for name in [name for name in fields if label.startswith(name)]:
            page.keyboard.type(fields.pop(name))
        if page.evaluate("document.activeElement.type") == "submit" and not fields:
            break
    expect(page.get_by_role("button", name="Go on to delivery")).to_be_focused()
    page.keyboard.press("Enter")


def test_guest_buys_by_keyboard_alone(desktop: Visitor) -> None:
    page, shop = desktop.page, desktop.shop
    card = shop.take(SELLERS[0])
    desktop.open("/en/")
    _tab_to(page, page.get_by_role("combobox", name="Search the shop"))
    page.keyboard.type(card["title"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q="))

    _skip_to_content(page)
    _press(page, page.get_by_role("main").get_by_role("link", name=card["title"]).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(card["title"])
    _skip_to_content(page)
    _press(page, page.get_by_role("button", name="Add to cart").locator("visible=true").first)
    expect(page.get_by_role("status").filter(has_text="It is in your cart")).to_be_visible()
    header = page.get_by_role("navigation", name="Yours")
    _press(page, header.get_by_role("link", name=re.compile("^Cart")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cart")
    _press(page, page.get_by_role("link", name="Go to checkout"))
    expect(page.get_by_role("heading", name="Where to")).to_be_visible()

    _fill_destination(desktop, "keys@people.example")
    ways = page.get_by_role("group", name=re.compile("Parcel from")).get_by_role("radio")
    expect(ways.first).to_be_visible()
    chosen = ways.locator("visible=true").and_(page.locator(":checked"))
    _tab_to(page, chosen if chosen.count() else ways.first)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    _press(page, page.get_by_role("button", name="Go on to payment"))
    expect(desktop.pay_button).to_be_visible()
    _press(page, desktop.pay_button)

    desktop.reach_hosted_page()
    test_card = page.get_by_label("Test card")
    test_card.focus()
    page.keyboard.type(test_card.get_by_role("option", name="Payment goes through").inner_text())
    desktop.pay_button.focus()
    page.keyboard.press("Enter")
    desktop.is_back()
    desktop.sees_paid()
    [group] = shop.backstage.orders_of(email="keys@people.example")
    assert [order["status"] for order in group["orders"]] == ["PAID"]
