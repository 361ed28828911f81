"""From the first page to a paid order, as people do it: two sellers, desktop and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from marketplace.tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]

PAY = re.compile(r"^Pay\b")


def _products_of_two_sellers(page: Page, shop_url: str) -> list[str]:
    """Return addresses of two products in stock whose buy boxes are of different sellers."""
    answer = page.request.get(f"{shop_url}/api/v1/products/?limit=60&in_stock=true")
    assert answer.ok, answer.text()
    by_seller: dict[str, str] = {}
    for row in answer.json()["results"]:
        if not row["has_choice"]:
            by_seller.setdefault(row["seller_name"], f"/en/p/{row['slug']}-{row['short_id']}/")
    assert len(by_seller) >= 2, by_seller
    return list(by_seller.values())[:2]


def _add_to_cart(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    page.locator('form[action$="/cart/add/"] button[type=submit]:visible').first.click()
    page.wait_for_load_state("networkidle")


def _fill_checkout(visitor: Visitor, email: str | None) -> None:
    page = visitor.page
    if email:
        page.get_by_label(re.compile("e-mail", re.IGNORECASE)).first.fill(email)
    for name, value in {
        "recipient_name": "Aziza Karimova",
        "phone": "+998901234567",
        "city": "Toshkent",
        "street": "Bobur",
        "house": "12",
    }.items():
        page.locator(f"[name={name}]").first.fill(value)
    page.locator("select[name=country]").select_option("UZ")


def _place(visitor: Visitor) -> None:
    """Go through the parts of the checkout until the button names the sum, then press it."""
    page = visitor.page
    for _ in range(4):
        pay = page.get_by_role("button", name=PAY)
        if pay.count() and pay.first.is_visible():
            break
        page.locator("main form button[type=submit]:visible").last.click()
        page.wait_for_load_state("load")
    visitor.shoot("checkout-pay")
    page.get_by_role("button", name=PAY).first.click()


def _reach_hosted_page(visitor: Visitor) -> None:
    """Wait for the payment page to lead to the provider's."""
    visitor.page.wait_for_url(re.compile(re.escape(visitor.shop.stripe_url)), timeout=45_000)


def test_guest_buys_from_two_sellers_and_sees_the_payment_arrive(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/en/")
    visitor.shoot("home")
    for path in _products_of_two_sellers(page, visitor.shop.url):
        _add_to_cart(visitor, path)
        visitor.shoot("product")
    visitor.open("/en/cart/")
    visitor.shoot("cart")
    visitor.open("/en/checkout/")
    _fill_checkout(visitor, f"guest-{visitor.name}@people.example")
    visitor.shoot("checkout")
    _place(visitor)
    _reach_hosted_page(visitor)
    visitor.shoot("hosted-page")

    # The bank's word comes three seconds after the buyer: the page must change by itself.
    visitor.shop.set_faults(webhook_delay_seconds=3)
    page.get_by_role("button", name=re.compile("pay", re.IGNORECASE)).first.click()
    page.wait_for_url(re.compile(re.escape(visitor.shop.url)), timeout=30_000)
    expect(page.locator("main")).to_contain_text("Paid", timeout=45_000)
    visitor.shop.set_faults()
    visitor.shoot("order")

    assert page.locator("main").get_by_text(re.compile("K-1\\d{5}-[12]")).count() >= 2
    assert visitor.complaints == []
