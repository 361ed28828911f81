"""A running shop for browser tests: servers and processes of its own, the demo world, Chromium."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from marketplace.local_stack import VAR
from marketplace.local_stack.postgres import LocalPostgres
from marketplace.local_stack.processes import ROOT, Shop
from marketplace.local_stack.valkey import LocalValkey

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
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
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
SCREENSHOTS = VAR / "screenshots"


@dataclass
class RunningShop:
    """Addresses of the running shop and a way to run its commands."""

    url: str
    stripe_url: str
    environment: dict[str, str]
    processes: Shop

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_faults(self, **faults: object) -> None:
        """Switch the payment sandbox's faults; no argument switches all off."""
        request = urllib.request.Request(
            f"{self.stripe_url}/_sandbox/faults",
            data=json.dumps(faults).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """Start the whole shop with the demo world; prove its books at the end."""
    folder = tmp_path_factory.mktemp("shop")
    postgres = LocalPostgres(folder / "postgres", is_durable=False)
    valkey = LocalValkey(folder / "valkey")
    postgres.start()
    owner_url, app_url = postgres.ensure_database("karvon")
    lines: list[str] = []
    processes = Shop(var=folder, on_line=lambda name, line: lines.append(f"{name}: {line}"))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "DATABASE_URL": app_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": valkey.start(),
        # Pictures, once drawn, are shared with later runs.
        "VAR_DIR": str(VAR),
        **processes.environment(),
    }
    running = RunningShop(processes.site_url, processes.stripe_url, environment, processes)
    try:
        running.manage("migrate", "--database", "owner", "--verbosity", "0")
        running.manage("prepare")
        running.manage("seed_demo")
        processes.start(environment)
        assert processes.is_up(), "\n".join(lines[-50:])
        yield running
        assert "hold" in running.manage("verify_invariants")
    finally:
        processes.stop()
        valkey.stop()
        postgres.stop()
        (VAR / "e2e.log").write_text("\n".join(lines))


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


class Visitor:
    """One person with a browser of their own; what its console says is kept."""

    def __init__(self, context: BrowserContext, shop: RunningShop, name: str) -> None:
        self.context = context
        self.shop = shop
        self.name = name
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.shop.url}{path}", wait_until="load")
        return self.page

    def shoot(self, name: str) -> None:
        """Keep a full-page screenshot under var/screenshots."""
        target: Path = SCREENSHOTS / f"{name}-{self.name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(target), full_page=True)


@pytest.fixture(params=["desktop", "phone"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, shop: RunningShop
) -> Iterator[Visitor]:
    """A visitor on a desktop, then one on a phone."""
    context = browser.new_context(**(DESKTOP if request.param == "desktop" else PHONE))
    context.set_default_timeout(15_000)
    yield Visitor(context, shop, request.param)
    context.close()


@pytest.fixture
def desktop(browser: Browser, shop: RunningShop) -> Iterator[Visitor]:
    context = browser.new_context(**DESKTOP)
    context.set_default_timeout(15_000)
    yield Visitor(context, shop, "desktop")
    context.close()
