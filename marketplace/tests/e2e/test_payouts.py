"""An owner's payout in a whole shop: the account that the demo has, the request, the bank, the change."""

import re

import pytest
from playwright.sync_api import expect

from apps.core.tests.beside import until
from marketplace.tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

OWNER = "owner.tashkent@karvon.example"
PROVIDER_MS = 60_000


def test_owner_is_paid_out_and_changes_the_account(desktop: Visitor) -> None:
    desktop.sign_in(OWNER)
    page = desktop.open("/en/seller/")
    page.get_by_role("link", name="Finance").first.click()
    page.get_by_role("link", name="Payouts", exact=True).click()
    expect(page.get_by_text("STRIPE TEST BANK ···· 6789").first).to_be_visible()
    page.get_by_role("button", name="Pay out").click()
    expect(page.get_by_text(re.compile("is asked for"))).to_be_visible()

    def is_paid() -> bool:
        page.reload()
        return page.locator(".page-head .status").inner_text() == "Paid out"

    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Payout ")
    desktop.shop.let_bank_pay(number)
    until(is_paid, "paid out", every=1)
    desktop.shoot("payout-paid")
    page.get_by_role("link", name="Payouts", exact=True).first.click()
    page.get_by_role("link", name="Account and schedule").click()
    page.locator("summary", has_text="Change account").click()
    expect(page.get_by_text("Then they wait for 3 days")).to_be_visible()
    page.get_by_role("button", name="Change account").click()
    # The page of the provider is there by itself, without a reload.
    told = page.get_by_role("link", name="Tell the bank’s details")
    told.click(timeout=PROVIDER_MS)
    page.get_by_role("button", name="Pass the checks", exact=True).click()
    expect(page.get_by_text("Thank you")).to_be_visible()

    def is_on_hold() -> bool:
        page.reload()
        return "payouts start again" in page.content()

    until(is_on_hold, "on hold", every=1)
    letter = desktop.read_mail(OWNER, re.compile("···· 6789"))
    assert "/uz/seller/" in letter
