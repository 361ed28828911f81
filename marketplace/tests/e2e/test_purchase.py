"""From the first page to a paid order, as people do it: two sellers, desktop and phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import ADDRESS, PAYING_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

NEW_PASSWORD = "a long walk at dusk"


def _browse(visitor: Visitor) -> None:
    """Tree, filters, suggestions, a typo."""
    page = visitor.page
    visitor.open("/en/")
    visitor.shoot("home")
    visitor.choose_currency("UZS")
    visitor.choose_currency("USD")
    visitor.choose_language("Русский")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    visitor.choose_language("English")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    if visitor.is_phone:
        visitor.go_to("Catalogue")
        tree = page.get_by_role("main")
    else:
        page.get_by_role("button", name="Catalogue").click()
        tree = page.locator("#catalogue-menu")
        tree.get_by_role("link", name="Home and kitchen").first.hover()
    shelf = tree.get_by_role("link", name="Tableware", exact=True)
    expect(shelf).to_be_visible()
    visitor.shoot("catalogue")
    shelf.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableware")
    visitor.shoot("listing")
    _filter(visitor)
    _search(visitor)


def _filter(visitor: Visitor) -> None:
    page = visitor.page
    found = page.locator(".listing__count")
    everything = int(re.findall(r"\d+", found.inner_text())[0])
    if visitor.is_phone:
        page.get_by_text("Filters").locator("visible=true").first.click()
    choice = page.get_by_role("group", name="Color").get_by_role("checkbox").first
    promised = int(re.findall(r"\d+", choice.locator("..").inner_text())[-1])
    assert 0 < promised < everything
    choice.check()
    expect(found).to_have_text(re.compile(rf"^{promised} products?$"))
    if visitor.is_phone:
        visitor.shoot("filters")
        with page.expect_response(re.compile(r"/c/tableware/\?")):
            page.get_by_role("button", name=f"Show {promised}").click()
    cards = page.get_by_role("main").get_by_role("article")
    expect(cards).to_have_count(promised)
    visitor.shoot("listing-filtered")
    page.get_by_role("list", name="Applied filters").get_by_role("link").first.click()
    expect(found).to_have_text(f"{everything} products")


def _search(visitor: Visitor) -> None:
    page = visitor.page
    field = page.get_by_role("combobox", name="Search the shop")
    field.press_sequentially("teap")
    suggestions = page.get_by_role("listbox")
    expect(suggestions.get_by_role("option", name="teapot", exact=True)).to_be_visible()
    visitor.shoot("suggestions")
    visitor.search("taepot")
    expect(page.get_by_text("this is what was found for teapot")).to_be_visible()
    titles = page.get_by_role("main").get_by_role("article")
    assert "teapot" in titles.first.inner_text().lower()
    visitor.shoot("search-typo")


def _choose_variant(visitor: Visitor, card: dict[str, Any]) -> None:
    """Open a product that comes in several variants, choose another one, put it into the cart."""
    page = visitor.page
    visitor.open(card["path"])
    visitor.shoot("product")
    axis = page.get_by_role("main").get_by_role("group").first
    axis.get_by_role("link", name=card["other"], exact=True).click()
    expect(axis.locator("[aria-current]")).to_contain_text(card["other"])
    expect(axis).to_contain_text(f": {card['other']}")
    visitor.press_add()


def _register(visitor: Visitor, email: str) -> None:
    """Sign up, confirm by the letter in the demo's mailbox, sign in; the cart comes along."""
    page = visitor.page
    visitor.go_to("Account" if visitor.is_phone else "Sign in")
    to_signup = page.get_by_role("link", name="Create an account")
    expect(to_signup).to_be_visible()
    visitor.shoot("sign-in")
    to_signup.click()
    page.get_by_label("Name").fill("Aziza Karimova")
    page.get_by_label(re.compile("^E-?mail$")).fill(email)
    page.get_by_label("Password").fill(NEW_PASSWORD)
    visitor.shoot("sign-up")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    visitor.shoot("mail-sent")
    visitor.read_mail(email, re.compile(""))
    visitor.shoot("letter")
    page.get_by_role("main").get_by_role("link", name=re.compile("confirm")).click()
    page.get_by_role("main").get_by_role("button").click()
    if "/account/login/" in page.url or page.get_by_label("Password").count():
        visitor.sign_in(email, NEW_PASSWORD)


def _keep_address(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/en/me/")
    visitor.shoot("account")
    page.get_by_role("link", name=re.compile("^Addresses")).first.click()
    to_form = page.get_by_role("main").get_by_role("link", name="New address")
    expect(to_form).to_be_visible()
    visitor.shoot("addresses-empty")
    to_form.click()
    for label, value in ADDRESS.items():
        page.get_by_label(label).fill(value)
    visitor.shoot("address")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The address is saved.")).to_be_visible()
    visitor.shoot("addresses")


def _change_cart(visitor: Visitor, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Quantity, save for later, back again."""
    page = visitor.page
    visitor.open("/en/cart/")
    for seller in SELLERS:
        expect(page.get_by_role("region", name=seller)).to_be_visible()
    visitor.shoot("cart")
    visitor.line(first).get_by_role("button", name="One more").click()
    expect(page.get_by_text("The quantity is changed.")).to_be_visible()
    expect(visitor.line(first).get_by_role("spinbutton")).to_have_value("2")
    visitor.sees_in_cart(3)
    visitor.line(second).get_by_role("button", name="Save for later").click()
    saved = page.get_by_role("region", name="Saved for later")
    expect(saved).to_contain_text(second["title"])
    visitor.shoot("cart-saved")
    visitor.line(second).get_by_role("button", name="Move to the cart").click()
    expect(page.get_by_role("region", name=second["seller_name"])).to_contain_text(second["title"])


def test_shopper_registers_and_buys_variants_of_two_sellers(visitor: Visitor) -> None:
    page, shop = visitor.page, visitor.shop
    email = f"shopper-{visitor.name}@people.example"
    first, second = (shop.take(seller, in_variants=True) for seller in SELLERS)
    _browse(visitor)

    # A guest fills the cart; it comes along when the guest becomes a customer.
    _choose_variant(visitor, first)
    _choose_variant(visitor, second)
    visitor.sees_in_cart(2)
    _register(visitor, email)
    visitor.sees_in_cart(2)
    _keep_address(visitor)
    _change_cart(visitor, first, second)

    visitor.go_to_checkout()
    visitor.shoot("checkout-where")
    page.get_by_role("button", name="Deliver here").click()
    expect(page.get_by_role("button", name="Go on to payment")).to_be_visible()
    visitor.shoot("checkout-how")
    visitor.choose_ways(dict.fromkeys(SELLERS, "Courier to the door"))
    expect(visitor.pay_button).to_be_visible()
    visitor.shoot("checkout-pay")
    _watch_the_payment(visitor)
    visitor.shoot("order")

    visitor.open("/en/orders/")
    [group] = shop.backstage.orders_of(email=email)
    number = group["number"]
    expect(page.get_by_role("heading", name=f"Order {number}")).to_be_visible()
    visitor.shoot("orders")
    assert [order["status"] for order in group["orders"]] == ["PROCESSING", "SHIPPED"]
    assert group["status"] == "PAID"
    visitor.read_mail(email, f"Order {number} is placed")
    visitor.read_mail(email, f"Order {number} is paid")
    visitor.shoot("letter-paid")


def _watch_the_payment(visitor: Visitor) -> None:
    """Pay with 3-D Secure; what happens then shows on the open page, which is never loaded again."""
    page, shop = visitor.page, visitor.shop
    _press_pay_and_see_it_open(visitor)
    visitor.reach_hosted_page()
    visitor.shoot("hosted-page")
    with shop.silent_bank():
        visitor.pay_with("Bank asks to confirm (3-D Secure)")
        confirm = page.get_by_role("button", name="Confirm the payment")
        expect(confirm).to_be_visible()
        visitor.shoot("hosted-page-secure")
        confirm.click()
        visitor.is_back()
        expect(page.get_by_role("heading", name="We are waiting for the bank")).to_be_visible()
        visitor.shoot("payment-waiting")
        page.get_by_role("link", name="See the order").click()
        status = page.locator(".page-head .status")
        expect(status).to_have_text("Waiting for payment")
        page.evaluate("window.isFirstLoad = true")
    expect(status).to_have_text("Paid", timeout=PAYING_MS)

    number = visitor.order_number
    first, second = (page.get_by_role("region", name=f"{number}-{index}") for index in (1, 2))
    shop.backstage.move_order(number=f"{number}-1", to="PROCESSING")
    expect(first.locator(".status")).to_have_text("Being prepared")
    expect(second.locator(".status")).to_have_text("Paid")
    for step in ("PROCESSING", "SHIPPED"):
        shop.backstage.move_order(number=f"{number}-2", to=step)
    expect(second.locator(".status")).to_have_text("On its way")
    expect(status).to_have_text("Paid, in several parcels")
    assert page.evaluate("window.isFirstLoad") is True
    assert sum('"changed"' in frame for frame in visitor.sockets) >= 3


def _press_pay_and_see_it_open(visitor: Visitor) -> None:
    """The page between ours and the provider's moves on by itself: hold its question for the picture."""
    page, held = visitor.page, list[Route]()
    question = re.compile(r"/payment/\?go=1")

    def hold(route: Route) -> None:
        held.append(route)

    page.route(question, hold)
    visitor.pay_button.click()
    expect(page.get_by_role("heading", name="Opening the payment page")).to_be_visible()
    visitor.shoot("payment-opening")
    page.unroute(question)
    for route in held:
        route.continue_()


def test_guest_buys_for_a_pickup_point_and_opens_the_order_from_the_letter(
    visitor: Visitor, let_in: Callable[..., Visitor]
) -> None:
    page, shop = visitor.page, visitor.shop
    email = f"guest-{visitor.name}@people.example"
    cards = [shop.take(seller) for seller in SELLERS]
    for card in cards:
        visitor.add_from_page(card)
    visitor.go_to_checkout()
    visitor.fill_destination(email=email, has_door=False)
    # Without a street no courier can come; the page says so and keeps the choice open.
    visitor.expects.append("status of 422")
    visitor.choose_ways(dict.fromkeys(SELLERS, "Courier to the door"))
    expect(page.get_by_role("alert")).to_contain_text("The courier needs the street and the house")
    visitor.shoot("checkout-error")
    visitor.choose_ways(dict.fromkeys(SELLERS, "Chorsu"))
    expect(page.get_by_role("main")).to_contain_text("Chorsu")
    visitor.press_pay()
    visitor.pay_with("Payment goes through")
    visitor.is_back()
    visitor.sees_paid()
    visitor.shoot("order-of-guest")
    [group] = shop.backstage.orders_of(email=email)
    assert [order["kind"] for order in group["orders"]] == ["PICKUP", "PICKUP"]

    elsewhere = let_in(visitor.name)
    letter = elsewhere.read_mail(email, f"Order {group['number']} is paid")
    link = re.search(r"http\S+/orders/open/\S+", letter)
    assert link
    elsewhere.page.goto(link[0])
    expect(elsewhere.page.get_by_role("heading", level=1)).to_have_text(f"Order {group['number']}")
    stranger = let_in(visitor.name)
    stranger.expects.append("status of 404")
    stranger.page.goto(page.url)
    expect(stranger.page.get_by_role("main")).not_to_contain_text(group["number"])
    stranger.shoot("not-found")
