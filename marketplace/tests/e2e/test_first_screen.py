"""The first screen of a phone on a slow line: nothing jumps, and it weighs little."""

from collections.abc import Callable

import pytest

from marketplace.tests.e2e.shop import SELLERS
from marketplace.tests.e2e.visitors import Visitor
from marketplace.tests.first_screen import opened, slow_down

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

MOST_SHIFT = 0.05
MOST_BYTES = 150_000


def test_first_screen_stands_still_and_is_light(let_in: Callable[..., Visitor]) -> None:
    phone = let_in("phone")
    card = phone.shop.take(SELLERS[0])
    phone.add_from_page(card)
    slow_down(phone.page)
    found = {}

    for path in ("/en/", "/en/c/tableware/", card["path"], "/en/cart/", "/en/checkout/"):
        screen = opened(phone.page, f"{phone.shop.url}{path}")
        if screen.shift > MOST_SHIFT or screen.weight > MOST_BYTES:
            found[path] = screen

    assert found == {}
