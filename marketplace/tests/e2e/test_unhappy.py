"""What goes wrong between the cart and the paid order, and how the pages bring people through."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import PAYING_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

TASHKENT, MOSCOW = SELLERS


def test_declined_card_is_told_and_another_card_pays(desktop: Visitor) -> None:
    page, shop = desktop.page, desktop.shop
    email = "declined@people.example"
    desktop.guest_reaches_payment(email, shop.take(TASHKENT))
    desktop.press_pay()
    desktop.pay_with("Card is declined")
    expect(page.get_by_role("alert")).to_contain_text("The bank did not allow this payment")
    desktop.shoot("hosted-page-declined")

    # Back in the shop the page says that nothing was charged and leads to another try.
    page.get_by_role("button", name="Go back without paying").click()
    desktop.is_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("The bank declined the payment")
    expect(page.get_by_role("main")).to_contain_text("You were not charged")
    desktop.shoot("payment-declined")
    page.get_by_role("link", name="Try again").click()
    desktop.reach_hosted_page()
    desktop.pay_with("Payment goes through")
    desktop.is_back()
    desktop.sees_paid()
    assert [group["status"] for group in shop.backstage.orders_of(email=email)] == ["PAID"]


def test_abandoned_order_expires_on_its_open_page_and_its_stock_returns(
    desktop: Visitor, let_in: Callable[..., Visitor]
) -> None:
    page, shop = desktop.page, desktop.shop
    card, email = shop.take(TASHKENT, has_one_seller=True), "abandoned@people.example"
    shop.backstage.set_free_units(offer_id=card["offer_id"], units=1)
    desktop.guest_reaches_payment(email, card)
    desktop.press_pay()
    page.get_by_role("button", name="Go back without paying").click()
    desktop.is_back()
    page.get_by_role("link", name="See the order").click()
    status = page.locator(".page-head .status")
    expect(status).to_have_text("Waiting for payment")
    desktop.shoot("order-unpaid")
    onlooker = let_in()
    onlooker.open(card["path"])
    expect(onlooker.page.get_by_role("main")).to_contain_text("Sold out")
    onlooker.shoot("product-sold-out")

    shop.backstage.let_hold_run_out(number=desktop.order_number)
    expect(status).to_have_text("Not paid in time", timeout=PAYING_MS)
    expect(page.get_by_role("main")).to_contain_text("The goods went back on sale")
    desktop.shoot("order-expired")
    assert shop.backstage.free_units(offer_id=card["offer_id"]) == 1
    onlooker.open(card["path"])
    expect(onlooker.page.get_by_role("main")).to_contain_text("Only 1 left")
    onlooker.read_mail(email, f"Order {desktop.order_number} was not paid in time")

    # The page that was left open at the provider takes no money any more; paying again holds anew.
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    desktop.reach_hosted_page()
    desktop.pay_with("Payment goes through")
    desktop.is_back()
    desktop.sees_paid()
    assert shop.backstage.free_units(offer_id=card["offer_id"]) == 0


def test_price_and_stock_that_change_before_payment_are_explained(desktop: Visitor) -> None:
    page, shop = desktop.page, desktop.shop
    email = "changed@people.example"
    dearer, gone = shop.take(TASHKENT), shop.take(MOSCOW)
    desktop.guest_reaches_payment(email, dearer, gone)
    before = desktop.pay_button.inner_text().removeprefix("Pay ")

    shop.backstage.raise_price(offer_id=dearer["offer_id"], percent=30)
    desktop.expects.append("status of 409")
    desktop.pay_button.click()
    notice = page.get_by_text(re.compile(r"^The sum was .*, now it is"))
    expect(notice).to_contain_text(f"The sum was {before}")
    after = desktop.pay_button.inner_text().removeprefix("Pay ")
    expect(notice).to_contain_text(f"now it is {after}")
    assert after != before
    desktop.shoot("checkout-dearer")
    assert shop.backstage.orders_of(email=email) == []

    shop.backstage.set_free_units(offer_id=gone["offer_id"], units=0)
    desktop.pay_button.click()
    page.wait_for_url(re.compile(r"/cart/$"))
    expect(desktop.line(gone)).to_contain_text("Sold out or not for sale any more")
    expect(desktop.line(dearer)).to_contain_text("The price was")
    expect(page.get_by_role("link", name="Go to checkout")).to_be_hidden()
    desktop.shoot("cart-news")
    assert shop.backstage.orders_of(email=email) == []

    page.get_by_role("button", name="Accept changes").click()
    expect(page.get_by_role("region", name="Saved for later")).to_contain_text(gone["title"])
    page.get_by_role("link", name="Go to checkout").click()
    desktop.press_pay()
    desktop.pay_with("Payment goes through")
    desktop.is_back()
    desktop.sees_paid()
    [group] = shop.backstage.orders_of(email=email)
    assert [order["number"] for order in group["orders"]] == [f"{group['number']}-1"]


def test_pay_pressed_twice_and_in_two_tabs_is_one_order(desktop: Visitor) -> None:
    shop = desktop.shop
    email = "twice@people.example"
    desktop.guest_reaches_payment(email, shop.take(MOSCOW))
    tab = desktop.context.new_page()
    tab.goto(desktop.page.url)
    sessions = len(shop.charged()["sessions"])

    desktop.pay_button.dblclick()
    desktop.reach_hosted_page()
    tab.get_by_role("button", name=re.compile(r"^Pay\b")).click()
    tab.wait_for_url(re.compile(re.escape(shop.stripe_url)), timeout=PAYING_MS)

    assert tab.url == desktop.page.url
    assert len(shop.charged()["sessions"]) == sessions + 1
    desktop.pay_with("Payment goes through")
    desktop.is_back()
    desktop.sees_paid()
    tab.reload()
    expect(tab.get_by_role("heading", level=1)).to_have_text("This is paid already.")
    [group] = shop.backstage.orders_of(email=email)
    assert group["status"] == "PAID"


def test_payment_whose_webhooks_are_lost_is_found_by_asking(desktop: Visitor) -> None:
    page, shop = desktop.page, desktop.shop
    email = "lost@people.example"
    desktop.guest_reaches_payment(email, shop.take(TASHKENT))
    desktop.press_pay()
    shop.fault("lost", times=1000)
    desktop.pay_with("Payment goes through")
    desktop.is_back()
    expect(page.get_by_role("heading", name="We are waiting for the bank")).to_be_visible()
    [group] = shop.backstage.orders_of(email=email)
    assert group["status"] == "AWAITING_PAYMENT"

    shop.backstage.ask_the_bank(number=group["number"])
    desktop.sees_paid()
    [group] = shop.backstage.orders_of(email=email)
    assert group["status"] == "PAID"
