"""Pages in Chromium: opened once, looked at on a desktop in light and on a phone in dark.

Nothing may stick out at the side, down to the narrowest phone, the console has nothing to say, and axe
finds nothing serious. Set KEEP_LOOKS=1 to keep the pictures under var/screenshots.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from marketplace.local_stack import VAR

if TYPE_CHECKING:
    from apps.accounts.models import User

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: dict[str, Any] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
NARROW: Any = {"width": 320, "height": 640}
LOOKS = (("desktop", "light"), ("phone", "dark"))
WATCH = """
document.addEventListener("securitypolicyviolation", event =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
# Behaviors are bound (where a page has any) and no part is still on its way.
IS_QUIET = """() => !document.querySelector(".htmx-request")
  && (!document.querySelector("[data-behavior]") || document.documentElement.hasAttribute("data-bound")
      || !document.querySelector("script[type=module]"))"""
# Colours that are on their way from one scheme to the other are no colours yet.
SERIOUS = """async () => {
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  const {violations} = await axe.run(document, {resultTypes: ["violations"]});
  return violations
    .filter(({impact}) => ["serious", "critical"].includes(impact))
    .flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id} ${html.slice(0, 160)} ${failureSummary}`));
}"""
# What goes beyond the right edge and makes the page scroll: the outermost first.
STICKING_OUT = """() => {
  const wider = document.documentElement.scrollWidth - innerWidth;
  if (wider <= 0) return "";
  const isClipped = (one) => one !== document.body
    && (getComputedStyle(one).overflowX !== "visible" || isClipped(one.parentElement));
  const found = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility()
    && one.getBoundingClientRect().right > innerWidth + 0.5 && !isClipped(one.parentElement));
  return [`${wider} px too wide`, ...found.map((one) => one.outerHTML.slice(0, 99))].slice(0, 5).join(" | ");
}"""
# What a box hides to the right of it, where nobody gets to; words for the ear alone are no content, and in a
# field one can move on.
CUT_OFF = """() => [...document.body.querySelectorAll("*:not(input)")].filter((one) => one.checkVisibility()
    && ["hidden", "clip"].includes(getComputedStyle(one).overflowX) && one.clientWidth > 1
    && one.scrollWidth > one.clientWidth + 1 && !one.closest(".visually-hidden"))
  .slice(0, 3).map((one) => one.outerHTML.slice(0, 99)).join(" | ")"""
# This server has no live process behind it, and the back office names no icon.
ABSENT = ("WebSocket", "favicon.ico")


@pytest.fixture
def server(committed_db: None) -> Iterator[LiveServer]:
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the ORM rests while Playwright's loop runs."""
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def open_page(browser: Browser, session: str, server: LiveServer, **given: Any) -> Page:
    """A page of a visitor of their own, signed in by a session unless it is empty.

    It looks in the currency of the tests' world: a checkout that is opened in another is quoted anew.
    """
    context = browser.new_context(**given)
    cookies = {"currency": "UZS"} | ({settings.SESSION_COOKIE_NAME: session} if session else {})
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    context.add_init_script(WATCH)
    return context.new_page()


@contextmanager
def visit(session: str, server: LiveServer, **given: Any) -> Iterator[Page]:
    with chromium() as browser:
        yield open_page(browser, session, server, **given)


def session_of(user: "User") -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def walk(server: LiveServer, paths: Mapping[str, Mapping[str, str]], *, prefix: str) -> list[str]:
    """Look at every page and return what is wrong; `paths`: session -> name -> address."""
    faults: list[str] = []

    def hear(page: Page, text: str) -> None:
        if not any(word in text for word in ABSENT):
            faults.append(f"{page.url}: {text}")

    def listen(page: Page, said: ConsoleMessage) -> None:
        if said.type == "error":
            hear(page, f"{said.text} {said.location['url']}")

    with chromium() as browser:
        for session, named in paths.items():
            page = open_page(browser, session, server, reduced_motion="reduce")
            page.on("pageerror", lambda error, page=page: hear(page, str(error)))
            page.on("console", lambda said, page=page: listen(page, said))
            for name, path in named.items():
                faults += look(page, server.url + path, f"{prefix}-{name}")
            page.context.close()
    return list(dict.fromkeys(faults))


def look(page: Page, address: str, name: str) -> list[str]:
    """Load a page once and see it as LOOKS say."""
    page.set_viewport_size(SIZES["desktop"])
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    page.wait_for_function(IS_QUIET)
    status = answer.status if answer else 0
    found = [] if status == 200 else [f"{name}: status {status}"]
    for size, scheme in LOOKS:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        found += [f"{name}, {size}, {scheme}: {fault}" for fault in serious(page)]
        keep(page, f"{name}-{size}-{scheme}")
        found += sticking_out(page, f"{name}, {size}")
    page.set_viewport_size(NARROW)
    narrow = f"{name}, {NARROW['width']} px"
    return found + sticking_out(page, narrow) + cut_off(page, narrow)


def serious(page: Page) -> list[str]:
    """What axe holds for serious or critical, contrast among it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(SERIOUS)
    return found


def sticking_out(page: Page, name: str) -> list[str]:
    """What makes the page scroll sideways; a table may scroll in a box of its own."""
    wide = page.evaluate(STICKING_OUT)
    return [f"{name}: {wide}"] if wide else []


def cut_off(page: Page, name: str) -> list[str]:
    """What the back office hides at the side; the shop crops pictures on purpose."""
    if "/backoffice/" not in page.url:
        return []
    hidden = page.evaluate(CUT_OFF)
    return [f"{name} cuts off {hidden}"] if hidden else []


def keep(page: Page, name: str) -> None:
    if os.environ.get("KEEP_LOOKS"):
        page.screenshot(path=VAR / "screenshots" / f"{name}.png", full_page=True)
