"""Ways back: a return that the seller accepts, and a dispute of which staff decide a part."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from marketplace.tests.e2e import traders
from marketplace.tests.e2e.shop import RunningShop
from marketplace.tests.e2e.visitors import PAYING_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

LetIn = Callable[..., Visitor]
SHOP = traders.TASHKENT
COMPLAINT = "The handle is broken off; the box was whole."
ANSWER = "It left our warehouse in one piece, the picture of the packing is at hand."
DECISION = "The picture shows the damage. A half goes back, the buyer keeps the goods."


def _order_that_arrived(buyer: Visitor) -> str:
    """Sign in and buy; the order is brought behind the pages, the buyer's page follows."""
    buyer.sign_in(traders.BUYER)
    buyer.add_from_page(buyer.shop.take(SHOP))
    order = traders.buy(buyer)
    buyer.shop.backstage.deliver_order(number=order)
    expect(_status(buyer)).to_have_text("Delivered", timeout=PAYING_MS)
    return order


def _status(visitor: Visitor) -> Locator:
    return visitor.page.locator(".page-head .status")


def _refunded(shop: RunningShop) -> int:
    return sum(charge["refunded"] for charge in shop.charged()["charges"])


def test_return_before_the_release_is_accepted_and_the_money_goes_back(
    shop: RunningShop, let_in: LetIn
) -> None:
    buyer, seller = let_in("phone"), let_in()
    seller.sign_in(traders.OWNERS[SHOP])
    order = _order_that_arrived(buyer)
    buyer.shoot("return-order")
    before = _refunded(shop)
    number = _ask_for_return(buyer, order)

    page = seller.page
    traders.open_desk(seller, "What to do")
    seller.shoot("seller-home-return")
    traders.open_desk(seller, "Returns")
    seller.shoot("seller-returns")
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(COMPLAINT)
    expect(page.get_by_role("img", name="Picture 1")).to_have_js_property("complete", value=True)
    seller.shoot("seller-return-asked")
    page.get_by_role("button", name="Take it back").click()
    expect(_status(seller)).to_have_text("The buyer sends it")
    seller.shoot("seller-return-agreed")

    _send_back(buyer)
    page.reload()
    seller.shoot("seller-return-coming")
    page.get_by_role("button", name="It has arrived").click()
    expect(page.get_by_role("heading", name="What came back")).to_be_visible()
    seller.shoot("seller-return-inspect")
    page.get_by_role("button", name="Decide and refund").click()
    expect(_status(seller)).to_have_text("Money returned")
    seller.shoot("seller-return-done")
    _see_refund(buyer, seller, order, before)


def _ask_for_return(buyer: Visitor, order: str) -> str:
    page = buyer.page
    page.get_by_role("region", name=order, exact=True).get_by_role(
        "link", name="Return something"
    ).click()
    buyer.shoot("return-form")
    page.get_by_label("It came damaged").check()
    page.get_by_label("What happened").fill(COMPLAINT)
    page.get_by_label("Pictures").set_input_files(traders.photo())
    page.get_by_role("button", name="Ask for the return").click()
    expect(_status(buyer)).to_have_text("Waits for the seller")
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    buyer.shoot("return-asked")
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Return ")


def _send_back(buyer: Visitor) -> None:
    page = buyer.page
    page.reload()
    expect(_status(buyer)).to_have_text("To be sent back")
    buyer.shoot("return-agreed")
    page.get_by_label("Who carries it").fill("UzPost")
    page.get_by_label("Tracking number").fill("UZ123456789")
    page.get_by_role("button", name="I have sent it").click()
    expect(_status(buyer)).to_have_text("On its way back")
    buyer.shoot("return-sent")


def _see_refund(buyer: Visitor, seller: Visitor, order: str, before: int) -> None:
    """Both see the same sum, and the provider gave back exactly that."""
    page = buyer.page
    page.reload()
    expect(_status(buyer)).to_have_text("Money returned")
    told = page.locator(".order-now__money").inner_text()
    buyer.shoot("return-refunded")
    refund = re.sub(r" goes back.*", "", told.strip())
    expect(seller.page.get_by_role("main")).to_contain_text(refund)
    page.get_by_role("link", name=order, exact=True).click()
    expect(_status(buyer)).to_have_text("Returned")
    expect(page.get_by_role("main")).to_contain_text("The whole sum goes back")
    buyer.shoot("return-order-refunded")
    buyer.open("/en/returns/")
    buyer.shoot("returns")
    for _ in range(40):
        if (back := _refunded(buyer.shop) - before) == traders.units_of(refund):
            break
        page.wait_for_timeout(500)
    assert back == traders.units_of(refund)


def test_dispute_after_the_release_is_answered_and_decided_in_part(
    shop: RunningShop, let_in: LetIn
) -> None:
    buyer, seller, staff = let_in("phone"), let_in(), let_in()
    seller.sign_in(traders.OWNERS[SHOP])
    order = _order_that_arrived(buyer)
    parcel = buyer.page.get_by_role("region", name=order, exact=True)
    parcel.get_by_text("Everything is right").click()
    parcel.get_by_role("button", name="Confirm receipt").click()
    expect(parcel).to_contain_text("the seller is paid")
    before = _refunded(shop)
    number = _open_dispute(buyer, order)

    page = seller.page
    traders.open_desk(seller, "Disputes")
    seller.shoot("seller-disputes")
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(COMPLAINT)
    seller.shoot("seller-dispute-open")
    page.get_by_label("Your words").fill(ANSWER)
    page.get_by_role("button", name="Send").click()
    expect(_status(seller)).to_have_text("The seller has answered")
    seller.shoot("seller-dispute-answered")

    buyer.page.reload()
    buyer.page.get_by_text("Ask the marketplace to decide").click()
    buyer.shoot("dispute-answered")
    buyer.page.get_by_role("button", name="Ask for a decision").click()
    expect(_status(buyer)).to_have_text("The marketplace decides")
    staff.sign_in(traders.STAFF)
    part = _decide(staff, number)
    for side in (buyer, seller):
        side.page.reload()
        expect(_status(side)).to_have_text("Decided")
        main = side.page.get_by_role("main")
        for words in (ANSWER, DECISION, f"{part} goes to the buyer"):
            expect(main).to_contain_text(words)
    buyer.shoot("dispute-decided")
    seller.shoot("seller-dispute-decided")
    for _ in range(40):
        if (back := _refunded(shop) - before) == traders.units_of(part):
            break
        page.wait_for_timeout(500)
    assert back == traders.units_of(part)


def _open_dispute(buyer: Visitor, order: str) -> str:
    page = buyer.page
    page.get_by_role("region", name=order, exact=True).get_by_role(
        "link", name="Open a dispute"
    ).click()
    buyer.shoot("dispute-form")
    page.get_by_label("It is not as described").check()
    page.get_by_label("Your words").fill(COMPLAINT)
    page.get_by_label("Pictures").set_input_files(traders.photo())
    page.get_by_role("button", name="Open the dispute").click()
    expect(_status(buyer)).to_have_text("The seller answers")
    buyer.shoot("dispute-open")
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Dispute ")


def _decide(staff: Visitor, number: str) -> str:
    """Find it by the first page's queue, see what a half does, decide; return the half as written."""
    page = staff.page
    staff.open("/backoffice/")
    page.get_by_role("link", name=re.compile("Disputes to decide")).click()
    staff.shoot("backoffice-disputes")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    staff.shoot("backoffice-dispute")
    page.get_by_role("link", name="Evidence and decision").click()
    staff.shoot("backoffice-desk")
    wanted = page.get_by_label("To the buyer")
    half = round(float(wanted.input_value()) / 2, 2)
    wanted.fill(f"{half:.2f}")
    page.get_by_label("Decision in words").fill(DECISION)
    page.get_by_role("button", name="Show who gets what").click()
    row = page.get_by_role("row").filter(has_text="Back to the buyer")
    expect(row).to_contain_text(f"{half:,.2f}")
    staff.shoot("backoffice-desk-preview")
    part = traders.sum_of(row)
    page.get_by_role("button", name=f"Decide: {part} to the buyer").click()
    expect(page.get_by_text("It is decided. Both sides are told.")).to_be_visible()
    staff.shoot("backoffice-desk-decided")
    return part
