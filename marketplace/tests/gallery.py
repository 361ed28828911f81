"""`make looks`: pictures of every kind of page of a running demo, in each language, size and scheme.

Everybody follows the links that they see from their first page, so what is pictured is what people get to; of
each route the first few addresses are taken. `var/looks/index.html` shows the pictures side by side.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright

from marketplace.local_stack import VAR
from marketplace.tests.e2e.shop import PASSWORD
from marketplace.tests.looks import CHROMIUM, FLAGS, IS_QUIET, SIZES, sticking_out

FOLDER = VAR / "looks"
SCHEMES = ("light", "dark")
EACH_ROUTE, OF_ORDERS = 1, 4
MANY = re.compile(r"^en/(seller/)?orders/<")
LINK = re.compile(r'href="(/(?:en|backoffice)/[^"#]*)')
# No page of ours, or one that a click on it would change.
NOT_FOLLOWED = re.compile(r"/jsi18n/|/evidence/|logout|/file/")
# Generated pages of the back office: these models stand for the others.
OFFICE_GENERATED = re.compile(
    r"^backoffice/(?!orders/(order|dispute)/|payments/(payout|journalentry)/|catalog/product/|\w+/$)\w+/"
)


@dataclass(frozen=True)
class Person:
    email: str
    start: tuple[str, ...]
    buys: bool = False


PEOPLE = {
    "guest": Person(
        "",
        ("/", "/no-such-page/", "/search/?q=qwertyuiop", "/search/?q=lamp", "/cart/", "/checkout/"),
        buys=True,
    ),
    "buyer": Person(
        "aziza@karvon.example",
        ("/me/", "/orders/", "/cart/", "/checkout/", "/favourites/"),
        buys=True,
    ),
    "seller": Person("owner.tashkent@karvon.example", ("/seller/",)),
    "courier": Person("courier@karvon.example", ("/courier/",)),
    "clerk": Person("clerk@karvon.example", ("/pickup/",)),
    "staff": Person("admin@karvon.example", ("/backoffice/",)),
}


@dataclass
class Found:
    """`pages`: name -> address without its language."""

    pages: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    routes: Counter[str] = field(default_factory=Counter)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make looks", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--languages", nargs="+", default=["en", "ru", "uz"])
    parser.add_argument("--people", nargs="+", default=list(PEOPLE), choices=PEOPLE)
    options = parser.parse_args()
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        taken = set()
        for name in options.people:
            person = PEOPLE[name]
            found = _crawl(browser, options.url, person, taken)
            taken |= set(found.routes)
            sys.stdout.write(f"{name}: {len(found.pages)} pages\n")
            for language in options.languages:
                with _signed_in(browser, options.url, person, language) as page:
                    for kind, path in found.pages.items():
                        faults += _picture(page, options.url, f"{name}-{kind}", path, language)
        browser.close()
    _write_index(options.languages)
    sys.stdout.write("\n".join([*faults, f"{FOLDER / 'index.html'}\n"]))
    return 1 if faults else 0


@contextmanager
def _signed_in(browser: Browser, url: str, person: Person, language: str) -> Iterator[Page]:
    context = browser.new_context(
        reduced_motion="reduce", viewport=SIZES["desktop"], locale=language
    )
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}])
    page = context.new_page()
    if person.email:
        page.goto(f"{url}/{language}/account/login/")
        page.locator("[name=login]").fill(person.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda address: "/login/" not in address)
    if person.buys:
        page.goto(f"{url}/{language}/c/teapots/?in_stock=1")
        page.locator("main .card__link").first.click()
        page.locator("main form[action*='cart/add'] button[type=submit]:visible").first.click()
        page.wait_for_function(IS_QUIET)
    yield page
    context.close()


def _crawl(browser: Browser, url: str, person: Person, taken: set[str]) -> Found:
    found = Found()
    with _signed_in(browser, url, person, "en") as page:
        waiting = [f"/en{path}" if "backoffice" not in path else path for path in person.start]
        for path in waiting:
            _note(found, path, set(), most=9)
        while waiting:
            path = waiting.pop(0)
            answer = page.request.get(url + path)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            for link in LINK.findall(answer.text()):
                address = unescape(link)
                if not NOT_FOLLOWED.search(address) and _note(found, address, taken):
                    waiting.append(address)
    return found


def _note(found: Found, address: str, taken: set[str], most: int = 0) -> bool:
    """Take an address down unless there are enough of its kind; tell whether it is new."""
    path = urlsplit(address).path
    if path in found.seen and "?" not in address:
        return False
    found.seen.add(path)
    with translation.override("en"):
        try:
            route = resolve(path).route
        except Resolver404:
            route = "no-page"
    if OFFICE_GENERATED.search(route):
        route = re.sub(r"^backoffice/\w+/\w+/", "backoffice/generated/", route)
    kind = f"{route}?" if "?" in address else route
    most = most or (OF_ORDERS if MANY.search(route) else EACH_ROUTE)
    if route in taken or found.routes[kind] >= most:
        return False
    found.routes[kind] += 1
    name = (
        re.sub(r"<(?:\w+:)?(\w+)>", r"\1", kind)
        .strip("^$/")
        .replace("/", "-")
        .replace("?", "query")
    )
    found.pages[f"{name.removeprefix('en-') or 'home'}-{found.routes[kind]}"] = address
    return True


def _picture(page: Page, url: str, name: str, path: str, language: str) -> list[str]:
    page.set_viewport_size(SIZES["desktop"])
    page.goto(url + re.sub(r"^/en/", f"/{language}/", path))
    page.wait_for_function(IS_QUIET)
    faults = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        faults += sticking_out(page, f"{name} {language} {size}")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(50)
            file = FOLDER / f"{name}--{size}-{scheme}-{language}.png"
            page.screenshot(path=file, full_page=True, animations="disabled")
    return faults


def _write_index(languages: list[str]) -> None:
    names = sorted({file.name.partition("--")[0] for file in FOLDER.glob("*.png")})
    looks = [f"{size}-{scheme}-{one}" for size in SIZES for scheme in SCHEMES for one in languages]
    rows = "".join(
        f"<h2>{escape(name)}</h2><p>"
        + "".join(
            f'<a href="{name}--{look}.png"><img loading="lazy" src="{name}--{look}.png"></a>'
            for look in looks
        )
        for name in names
    )
    style = "p{display:flex;gap:8px;overflow-x:auto;align-items:start}img{height:600px}"
    (FOLDER / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><style>{style}</style>{rows}"
    )


if __name__ == "__main__":
    sys.exit(main())
