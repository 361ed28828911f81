"""A running shop for browser tests, Chromium, and people in front of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from marketplace.tests.e2e.shop import RunningShop, running_shop
from marketplace.tests.e2e.visitors import DESKTOP, PHONE, Visitor
from marketplace.tests.looks import CHROMIUM, FLAGS

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    with running_shop(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Drive browsers for these tests alone: its loop on this thread would stop other tests' ORM."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@contextmanager
def _visitor(browser: Browser, shop: RunningShop, name: str, **options: Any) -> Iterator[Visitor]:
    """Let somebody in who is new to the rate limits; at the end no console may have complained."""
    shop.backstage.forget_limits()
    shop.forget_faults()
    context = browser.new_context(**(PHONE if name == "phone" else DESKTOP) | options)
    context.set_default_timeout(PATIENCE_MS)
    visitor = Visitor(context, shop, name)
    yield visitor
    context.close()
    assert visitor.complaints == []


@pytest.fixture(params=["desktop", "phone"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, shop: RunningShop
) -> Iterator[Visitor]:
    """A visitor on a desktop, then one on a phone."""
    with _visitor(browser, shop, request.param) as found:
        yield found


@pytest.fixture
def desktop(browser: Browser, shop: RunningShop) -> Iterator[Visitor]:
    with _visitor(browser, shop, "desktop") as found:
        yield found


@pytest.fixture
def plain(browser: Browser, shop: RunningShop) -> Iterator[Visitor]:
    """A visitor whose browser runs no scripts."""
    with _visitor(browser, shop, "desktop", java_script_enabled=False) as found:
        yield found


@pytest.fixture
def let_in(browser: Browser, shop: RunningShop) -> Iterator[Callable[..., Visitor]]:
    """Let further people in, each with a browser of their own."""
    with ExitStack() as stack:
        yield lambda name="desktop", **options: stack.enter_context(
            _visitor(browser, shop, name, **options)
        )
