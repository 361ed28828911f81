"""The first screen of a phone on a slow line: nothing jumps, and it weighs little."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Response

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

MOST_SHIFT = 0.05
MOST_BYTES = 150_000
# What a phone gets far from the town: 1.6 Mbit/s, 150 ms there and back.
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(
    [entry.value, ...entry.sources.map(({node}) => node?.outerHTML?.slice(0, 80))]);
}).observe({type: "layout-shift", buffered: true});
"""


def _weight(answers: list[Response]) -> int:
    """Bytes as a proxy sends them: texts compressed, pictures not counted."""
    counted = 0
    for answer in answers:
        kind = answer.header_value("content-type") or ""
        if not answer.ok or kind.startswith("image/"):
            continue
        body = answer.body()
        counted += len(body) if kind.startswith("font/") else len(gzip.compress(body))
    return counted


def _opened(phone: Visitor, path: str) -> tuple[list[list[Any]], int]:
    """What jumped while a page came, and what it weighs."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    phone.page.on("response", keep)
    phone.open(path)
    phone.page.wait_for_load_state("networkidle")
    phone.page.remove_listener("response", keep)
    return phone.page.evaluate("window.shifts"), _weight(answers)


def test_first_screen_stands_still_and_is_light(let_in: Callable[..., Visitor]) -> None:
    phone = let_in("phone")
    page, card = phone.page, phone.shop.take(SELLERS[0])
    phone.add_from_page(card)
    line = phone.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.add_init_script(SHIFTS)
    found, heavy = {}, {}

    for path in ("/en/", "/en/c/tableware/", card["path"], "/en/cart/", "/en/checkout/"):
        shifts, weight = _opened(phone, path)
        if sum(shift[0] for shift in shifts) > MOST_SHIFT:
            found[path] = shifts
        if weight > MOST_BYTES:
            heavy[path] = weight

    assert (found, heavy) == ({}, {})
