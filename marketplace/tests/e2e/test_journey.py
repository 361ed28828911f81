"""One order from the cart to the seller's bank: everybody in a browser of their own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from marketplace.tests.e2e import traders
from marketplace.tests.e2e.shop import RunningShop
from marketplace.tests.e2e.visitors import PAYING_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

LetIn = Callable[..., Visitor]
# Its account stays as the demo made it; test_payouts changes the other seller's.
SHOP = traders.MOSCOW
# What it brings its seller is more than the least payout.
LEAST_CENTS = 15_00


def _person(let_in: LetIn, email: str, name: str = "desktop") -> Visitor:
    visitor = let_in(name)
    visitor.sign_in(email)
    return visitor


def test_order_goes_from_the_cart_to_the_sellers_bank(shop: RunningShop, let_in: LetIn) -> None:
    buyer = _person(let_in, traders.BUYER, "phone")
    seller = _person(let_in, traders.OWNERS[SHOP])
    courier = _person(let_in, traders.COURIER, "phone")

    buyer.add_from_page(shop.take(SHOP, least_cents=LEAST_CENTS))
    order = traders.buy(buyer)
    buyer.page.evaluate("window.isFirstLoad = true")
    buyer.shoot("journey-paid")
    _send(seller, buyer.page, order)
    _bring(courier, buyer, order)
    assert buyer.page.evaluate("window.isFirstLoad") is True
    _receive(buyer, order)
    _read_receipt(buyer)

    yours = _settled_sum(seller, order)
    _see_every_sum(_person(let_in, traders.STAFF), shop.backstage.order_id(number=order))
    shop.backstage.let_settlement_be_due(number=order)
    _pay_out(seller, order, yours)


def _status(page: Page, words: str) -> None:
    expect(page.locator(".page-head .status")).to_have_text(words, timeout=PAYING_MS)


def _send(seller: Visitor, watched: Page, order: str) -> None:
    """Confirm and hand over; the buyer's open page follows."""
    page = seller.page
    traders.open_desk(seller, "What to do")
    seller.shoot("seller-home")
    traders.open_row(seller, "Orders", order)
    seller.shoot("seller-order-new")
    page.get_by_role("button", name="Confirm the order").click()
    _status(page, "Being prepared")
    seller.shoot("seller-order-confirmed")
    _status(watched, "Being prepared")
    page.get_by_role("button", name="Hand over the parcel").click()
    _status(page, "On its way")
    seller.shoot("seller-order-sent")
    _status(watched, "On its way")


def _bring(courier: Visitor, buyer: Visitor, order: str) -> None:
    """Take, set out, deliver with the code that the buyer's page shows."""
    shipment = buyer.page.get_by_role("region", name=order, exact=True).locator(".order-shipment")
    parcel = shipment.get_attribute("aria-label") or ""
    buyer.shoot("journey-sent")
    courier.open("/en/courier/")
    courier.shoot("courier-offers")
    traders.take(courier, parcel)
    courier.shoot("courier-taken")
    traders.set_out(courier)
    expect(shipment).to_contain_text("is on the way to you", timeout=PAYING_MS)
    courier.shoot("courier-out")
    buyer.shoot("journey-out")
    code = shipment.locator(".order-shipment__digits").inner_text()
    assert re.fullmatch(r"\d{6}", code)
    traders.deliver(courier, code)
    courier.shoot("courier-done")
    _status(buyer.page, "Delivered")
    buyer.shoot("journey-delivered")


def _receive(buyer: Visitor, order: str) -> None:
    parcel = buyer.page.get_by_role("region", name=order, exact=True)
    parcel.get_by_text("Everything is right").click()
    parcel.get_by_role("button", name="Confirm receipt").click()
    expect(buyer.page.get_by_role("status").filter(has_text="The seller is paid")).to_be_visible()
    expect(parcel).to_contain_text("You have it, and the seller is paid.")
    buyer.shoot("journey-received")


def _read_receipt(buyer: Visitor) -> None:
    """The receipt is rendered while its page waits; the file is a PDF."""
    papers = buyer.page.locator("#documents")
    to_page = papers.get_by_role("link", name="Get the PDF").or_(
        papers.get_by_role("link", name="Being prepared")
    )
    if to_page.count():
        to_page.first.click()
        if (prepare := buyer.page.get_by_role("button", name="Prepare")).count():
            prepare.click()
        ready = buyer.page.get_by_role("link", name="Download")
        expect(ready).to_be_visible(timeout=PAYING_MS)
        buyer.shoot("journey-receipt")
    else:
        ready = papers.get_by_role("link", name=re.compile("^Receipt")).first
    answer = buyer.context.request.get(f"{buyer.shop.url}{ready.get_attribute('href')}")
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


def _settled_sum(seller: Visitor, order: str) -> str:
    """The money is pending on the seller's page; return the sum as it is written there."""
    page = seller.page
    traders.open_desk(seller, "Finance")
    row = page.get_by_role("row").filter(has_text=order)
    expect(traders.renewed_until(seller, row)).to_contain_text("Pending")
    seller.shoot("seller-finance-pending")
    yours = row.get_by_role("cell").nth(2).get_by_role("link")
    text = yours.inner_text()
    yours.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Settlement of {order}")
    expect(page.locator(".seller-own").first).to_contain_text(text)
    seller.shoot("seller-settlement")
    return text


def _pay_out(seller: Visitor, order: str, yours: str) -> None:
    """Ask for exactly what this order brought; the bank pays it."""
    page = seller.page
    traders.open_desk(seller, "Finance")
    expect(page.get_by_role("row").filter(has_text=order)).to_contain_text("Available")
    seller.shoot("seller-finance-available")
    page.get_by_role("link", name="Payouts", exact=True).click()
    available = page.locator(".seller-purse__sum")
    before = traders.units_of(available.inner_text())
    seller.shoot("seller-payouts")
    page.get_by_label("Sum").fill(re.sub(r"[^\d.]", "", yours))
    page.get_by_role("button", name="Pay out").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^Payout PO-"))
    number = heading.inner_text().removeprefix("Payout ")
    expect(page.locator(".seller-purse__sum")).to_have_text(yours)
    seller.shoot("seller-payout-asked")
    seller.shop.let_bank_pay(number)
    paid = page.locator(".page-head .status").filter(has_text="Paid out")
    expect(traders.renewed_until(seller, paid)).to_be_visible()
    seller.shoot("seller-payout-paid")
    page.get_by_role("link", name="Payouts", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("Paid out")
    assert traders.units_of(available.inner_text()) == before - traders.units_of(yours)
    seller.shoot("seller-payouts-paid")


def _see_every_sum(staff: Visitor, order_id: str) -> None:
    """The order's money page: the parts sum to what was paid, nothing is left on its accounts."""
    staff.open("/backoffice/")
    staff.shoot("backoffice")
    traders.open_money(staff, order_id)
    staff.shoot("backoffice-order-money")
    promised, split = (_sums(staff.page.locator(".desk-table").nth(index)) for index in (0, 1))
    paid = promised["Buyer pays"]
    assert paid == (
        promised["Marketplace: commission, frozen at placing"]
        + promised["Marketplace: delivery"]
        + promised["Seller: goods less commission"]
    )
    parts = ("Commission", "VAT on the commission", "Delivery", "VAT on the delivery", "Seller")
    assert sum(split[part] for part in parts) == paid
    total = staff.page.locator("tfoot .sum")
    assert traders.units_of(total.inner_text()) == 0


def _sums(table: Any) -> dict[str, int]:
    rows = table.get_by_role("row").all()
    return {
        row.get_by_role("rowheader").inner_text(): traders.units_of(traders.sum_of(row))
        for row in rows
    }
