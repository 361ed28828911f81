"""What the people of one order do to it: buyer, seller, courier, staff, each at pages of their own."""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import PAYING_MS, Visitor

TASHKENT, MOSCOW = SELLERS
BUYER = "olivia@karvon.example"
OWNERS = {TASHKENT: "owner.tashkent@karvon.example", MOSCOW: "owner.moscow@karvon.example"}
COURIER, STAFF = "courier@karvon.example", "admin@karvon.example"


def photo() -> FilePayload:
    """A picture as a phone would take it."""
    content = io.BytesIO()
    Image.new("RGB", (640, 480), (150, 60, 40)).save(content, "JPEG")
    return {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def buy(buyer: Visitor) -> str:
    """Pay for what is in a signed-in buyer's cart; return the number of the only order in it."""
    buyer.go_to_checkout()
    buyer.page.get_by_role("button", name="Deliver here").click()
    expect(buyer.page.get_by_role("button", name="Go on to payment")).to_be_visible()
    buyer.page.get_by_role("button", name="Go on to payment").click()
    buyer.press_pay()
    buyer.pay_with("Payment goes through")
    buyer.is_back()
    buyer.sees_paid()
    return f"{buyer.order_number}-1"


def open_desk(seller: Visitor, section: str) -> None:
    """Go to a section of the seller centre by its menu."""
    if "/en/seller/" not in seller.page.url:
        seller.open("/en/seller/")
    menu = seller.page.get_by_role("navigation", name="Seller centre")
    menu.get_by_role("link", name=section, exact=True).click()
    expect(seller.page.get_by_role("heading", level=1)).to_have_text(section)


def open_row(seller: Visitor, section: str, number: str) -> None:
    """Open what a section lists under a number."""
    open_desk(seller, section)
    seller.page.get_by_role("link", name=number, exact=True).click()
    expect(seller.page.get_by_role("heading", level=1)).to_contain_text(number)


def take(courier: Visitor, parcel: str) -> None:
    """Take a parcel that is offered; it becomes the next stop when there is no other."""
    page = courier.page
    page.get_by_role("button", name=f"Take {parcel}").click()
    expect(page.get_by_role("button", name=f"Take {parcel}")).to_be_hidden()
    expect(page.locator(".desk-stop")).to_contain_text(parcel)


def set_out(courier: Visitor) -> None:
    courier.page.get_by_role("button", name="I have it and set out").click()
    expect(courier.page.get_by_label("Code that the buyer says")).to_be_visible(timeout=PAYING_MS)


def deliver(courier: Visitor, code: str) -> None:
    """Type the code that the buyer said and slide to the end, as the keyboard does it."""
    page = courier.page
    page.get_by_label("Code that the buyer says").fill(code)
    page.get_by_role("slider").press("End")
    expect(page.get_by_label("Code that the buyer says")).to_be_hidden(timeout=PAYING_MS)


def open_money(staff: Visitor, order_id: str) -> None:
    staff.open(f"/backoffice/orders/order/{order_id}/money/")


def sum_of(row: Locator) -> str:
    return row.get_by_role("cell").last.inner_text()


def renewed_until(visitor: Visitor, wanted: Locator) -> Locator:
    """Load a page that does not renew itself until a worker's deed shows on it."""
    for _ in range(40):
        if wanted.count():
            break
        visitor.page.wait_for_timeout(500)
        visitor.page.reload()
    return wanted


def units_of(text: str) -> int:
    """Read a sum as it is written: the digits without its currency's habits."""
    return int(re.sub(r"\D", "", text))
