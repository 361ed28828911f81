"""People at the shop's pages: what they see and press, in the words and roles of the page."""

import re
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from marketplace.local_stack import VAR
from marketplace.tests.e2e.shop import PASSWORD, RunningShop

SCREENSHOTS = VAR / "screenshots"
# A screenshot taken in the middle of a transition would break it off.
_EVERYBODY: dict[str, Any] = {"locale": "en-US", "reduced_motion": "reduce"}
DESKTOP: dict[str, Any] = {**_EVERYBODY, "viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    **_EVERYBODY,
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
# Relay, money worker and sandbox stand between two pages of a payment.
PAYING_MS = 45_000
ADDRESS = {
    "Recipient": "Aziza Karimova",
    "Phone": "+998 90 123 45 67",
    "City": "Toshkent",
    "Street": "Bobur",
    "House": "12",
}

# What htmx logs when a page is left before an answer came. A failed answer has other names.
LEFT_WHILE_LOADING = ("htmx:sendAbort", "htmx:afterRequest")


class Visitor:
    """One person with a browser of their own; what its console complains about is kept."""

    def __init__(self, context: BrowserContext, shop: RunningShop, name: str) -> None:
        self.context = context
        self.shop = shop
        self.name = name
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.sockets: list[str] = []
        self.expects: list[str] = []
        self._watch(self.page)
        context.on("page", self._watch)

    @property
    def width(self) -> int:
        return int((self.page.viewport_size or {})["width"])

    @property
    def is_phone(self) -> bool:
        return self.name == "phone"

    def _watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._listen)

    def _hear(self, message: Any) -> None:
        expected = (*self.expects, *LEFT_WHILE_LOADING)
        if message.type == "error" and not any(word in message.text for word in expected):
            self.complaints.append(f"{message.text} at {message.location.get('url')}")

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.sockets.append(str(frame)))

    def open(self, path: str, *, until: Literal["load", "domcontentloaded"] = "load") -> Page:
        self.page.goto(f"{self.shop.url}{path}", wait_until=until)
        return self.page

    def shoot(self, name: str) -> None:
        """Keep a full-page screenshot under var/screenshots; nothing may stick out at the side."""
        self.page.wait_for_load_state("load")
        widest = self.page.evaluate("document.documentElement.scrollWidth")
        assert widest <= self.width, f"{name}: {widest} px wide on a screen of {self.width}"
        target: Path = SCREENSHOTS / f"{name}-{self.width}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(
            path=str(target), full_page=True, animations="disabled", caret="initial"
        )

    # The frame

    def choose_currency(self, code: str) -> None:
        menu = self.page.locator("summary:visible", has_text="Currency:")
        menu.click()
        self.page.get_by_role("button", name=code, exact=True).locator("visible=true").click()
        expect(self.page.locator("summary:visible", has_text="Currency:")).to_contain_text(code)

    def choose_language(self, name: str) -> None:
        footer = self.page.get_by_role("contentinfo")
        footer.get_by_role("link", name=name, exact=True).click()

    def go_to(self, name: str) -> None:
        """Follow a link of the header or, on a phone, of the tab bar."""
        area = "Main pages" if self.is_phone else "Yours"
        found = self.page.get_by_role("navigation", name=area)
        found.get_by_role("link", name=re.compile(rf"^{name}\b")).click()

    def search(self, text: str) -> None:
        field = self.page.get_by_role("combobox", name="Search the shop")
        field.fill(text)
        field.press("Enter")
        self.page.wait_for_url(re.compile(r"/search/\?q="))

    def sees_in_cart(self, count: int) -> None:
        """The count beside the cart, of the header or of the tab bar."""
        area = "Main pages" if self.is_phone else "Yours"
        link = self.page.get_by_role("navigation", name=area).get_by_role(
            "link", name=re.compile(r"^Cart\b")
        )
        expect(link.locator(".count")).to_contain_text(str(count))

    # Accounts

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        page = self.page
        if "/account/login/" not in page.url:
            self.open("/en/account/login/")
        page.get_by_label("Email").or_(page.get_by_label("E-mail")).fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/account/login/" not in url)

    def read_mail(self, to: str, subject: str | re.Pattern[str]) -> str:
        """Open the newest letter to an address in the demo's mailbox and return its text."""
        page = self.page
        row = page.get_by_role("row").filter(has_text=to)
        link = row.get_by_role("link", name=subject).first
        expect(self._opened_until(link, "/mailbox/")).to_be_visible()
        link.click()
        page.wait_for_url(re.compile(r"/mailbox/\d+/$"))
        return page.get_by_role("main").inner_text()

    def _opened_until(self, wanted: Locator, path: str) -> Locator:
        """Open a page that does not renew itself until what a worker is busy with is there."""
        for _ in range(20):
            self.open(path)
            if wanted.count():
                break
        return wanted

    # Buying

    def add_from_page(self, card: dict[str, Any]) -> None:
        """Open a product's page and put it into the cart without leaving it."""
        self.open(card["path"])
        self.press_add()

    def press_add(self) -> None:
        self.page.get_by_role("button", name="Add to cart").locator("visible=true").first.click()
        expect(
            self.page.get_by_role("status").filter(has_text="It is in your cart")
        ).to_be_visible()

    def line(self, card: dict[str, Any]) -> Locator:
        """A line of the cart's page."""
        return self.page.get_by_role("listitem").filter(
            has=self.page.get_by_role("link", name=card["title"], exact=True)
        )

    def go_to_checkout(self) -> None:
        self.open("/en/cart/")
        self.page.get_by_role("link", name="Go to checkout").click()
        expect(self.page.get_by_role("heading", name="Where to")).to_be_visible()

    def fill_destination(self, *, email: str = "", city: str = "", has_door: bool = True) -> None:
        page = self.page
        if email:
            page.get_by_label("E-mail").fill(email)
        for label, value in ADDRESS.items():
            if has_door or label not in {"Street", "House"}:
                page.get_by_label(label).fill(city if city and label == "City" else value)
        page.get_by_label("Country").select_option(label="Uzbekistan")
        page.get_by_role("button", name="Go on to delivery").click()

    def choose_ways(self, ways: dict[str, str]) -> None:
        """Choose a way for each seller's parcel, by the words beside its radio button."""
        for seller, way in ways.items():
            parcel = self.page.get_by_role("group", name=f"Parcel from {seller}")
            parcel.get_by_role("radio", name=re.compile(way)).check()
        self.page.get_by_role("button", name="Go on to payment").click()

    @property
    def pay_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"^Pay\b"))

    def guest_reaches_payment(self, email: str, *cards: dict[str, Any]) -> None:
        """Put goods into the cart and fill the checkout until the button that names the sum."""
        for card in cards:
            self.add_from_page(card)
        self.go_to_checkout()
        self.fill_destination(email=email)
        self.choose_ways({card["seller_name"]: "Courier to the door" for card in cards})
        expect(self.pay_button).to_be_visible()

    def press_pay(self) -> None:
        """Press the shop's button and wait for the provider's page."""
        self.pay_button.click()
        self.reach_hosted_page()

    def reach_hosted_page(self) -> None:
        self.page.wait_for_url(re.compile(re.escape(self.shop.stripe_url)), timeout=PAYING_MS)

    def pay_with(self, card: str) -> None:
        """Choose a test card by its outcome and press the provider's button."""
        label = self.page.get_by_label("Test card")
        label.select_option(label=label.get_by_role("option", name=card).inner_text())
        self.pay_button.click()

    def is_back(self) -> None:
        self.page.wait_for_url(re.compile(re.escape(self.shop.url)), timeout=PAYING_MS)

    def sees_paid(self) -> None:
        """The page leads to the order by itself once the bank has spoken."""
        heading = self.page.get_by_role("heading", level=1, name=re.compile(r"^Order K-"))
        expect(heading).to_be_visible(timeout=PAYING_MS)
        status = self.page.locator(".page-head .status")
        expect(status).to_have_text("Paid", timeout=PAYING_MS)

    @property
    def order_number(self) -> str:
        found = re.search(r"K-\d+", self.page.get_by_role("main").inner_text())
        assert found, self.page.url
        return found[0]
