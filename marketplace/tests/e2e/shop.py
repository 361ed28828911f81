"""A whole shop of its own for browser tests: servers, processes, the demo world."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from marketplace.local_stack import VAR
from marketplace.local_stack.postgres import LocalPostgres
from marketplace.local_stack.processes import ROOT, Shop
from marketplace.local_stack.valkey import LocalValkey
from marketplace.tests.e2e.backstage import Backstage

# The demo's people (docs/demo.md); everybody's password.
PASSWORD = "karvon-demo"
PICKUP_GRAMS = 4000
# A buyer asks for one more of what is in the cart.
LEAST_UNITS = 2
# Relay and money worker stand between asking for a payout and the provider.
PAYOUT_SECONDS = 45
SELLERS = ("Registon Savdo", "Северный базар")


@dataclass
class RunningShop:
    """Addresses of the running shop, what happens behind its pages, and a way to run its commands."""

    url: str
    stripe_url: str
    environment: dict[str, str]
    processes: Shop
    _taken: set[str] = field(default_factory=set)

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

    @cached_property
    def backstage(self) -> Backstage:
        return Backstage(self.environment)

    def fault(self, kind: str, **details: object) -> None:
        """Let the payment sandbox do something wrong: apps/sandbox/stripe/faults.py."""
        self._control("POST", "faults", {"kind": kind, **details})

    def forget_faults(self) -> None:
        self._control("DELETE", "faults", {})

    @contextmanager
    def silent_bank(self) -> Iterator[None]:
        """Keep the provider's webhooks back for as long as the block runs, then deliver them."""
        known = len(self.charged()["events"])
        self.fault("lost", times=1000)
        yield
        self.forget_faults()
        for event in self.charged()["events"][known:]:
            self._control("POST", "resend", {"id": event["id"]})

    def let_bank_pay(self, payout: str) -> None:
        """A payout reaches the bank at once, not in the sandbox's minute; `payout`: our number."""
        deadline = time.monotonic() + PAYOUT_SECONDS
        while not (known := self.backstage.payout_at_provider(number=payout)):
            assert time.monotonic() < deadline, f"the provider was not asked for {payout}"
            time.sleep(0.2)
        self._control("POST", "payout", {"id": known, "status": "paid"})

    def charged(self) -> dict[str, Any]:
        """What the payment provider knows of."""
        record: dict[str, Any] = self._control("GET", "record", None)
        return record

    def _control(self, method: str, name: str, body: dict[str, object] | None) -> Any:
        request = urllib.request.Request(
            f"{self.stripe_url}/_sandbox/{name}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def take(
        self,
        seller: str,
        *,
        in_variants: bool = False,
        least_cents: int = 0,
        has_one_seller: bool = False,
    ) -> dict[str, Any]:
        """Return a product in stock that no other test has taken, as the API shows it to an app.

        It is light enough for a pickup point, costs at least so many US cents, and there are two of it.
        With `has_one_seller` nobody else offers it, so that it can be sold out.

        `path` leads to the page of its cheapest variant, `offer_id` is what its button adds;
        `other` names another variant that the same seller offers best, where that is asked for.
        """
        for card in self._cards:
            if card["seller_name"] != seller or card["product_id"] in self._taken:
                continue
            if card["price"]["amount_minor"] < least_cents:
                continue
            product = self._product(card)
            best = product["offers"][0]
            other = self._other_variant(card, product) if in_variants else ""
            is_light = product["weight_grams"] < PICKUP_GRAMS
            is_alone = len(product["offers"]) == 1 or not has_one_seller
            is_offered = is_alone and _offers_enough(product, seller)
            if is_light and is_offered and (other or not in_variants):
                self._taken.add(card["product_id"])
                path = f"{product['url']}?sku={product['sku']}"
                return card | {"path": path, "offer_id": best["offer_id"], "other": other}
        raise AssertionError(f"the demo world has no further product of {seller}")

    def _product(self, card: dict[str, Any], sku: str = "") -> dict[str, Any]:
        query = f"currency=USD{f'&sku={sku}' if sku else ''}"
        product: dict[str, Any] = self.read(f"products/{card['short_id']}/?{query}")
        return product

    def _other_variant(self, card: dict[str, Any], product: dict[str, Any]) -> str:
        for option in product["axes"][0]["options"] if product["axes"] else ():
            if not option["is_available"] or option["is_selected"]:
                continue
            if _offers_enough(self._product(card, option["sku"]), card["seller_name"]):
                return str(option["label"])
        return ""

    def read(self, address: str) -> Any:
        """Read an address of the API in English."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{address}", headers={"Accept-Language": "en"}
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)

    @cached_property
    def _cards(self) -> list[dict[str, Any]]:
        cards: list[dict[str, Any]] = self.read("products/?limit=100&in_stock=true")["results"]
        return cards


def _offers_enough(product: dict[str, Any], seller: str) -> bool:
    """Tell whether the best offer of the shown variant is the seller's and has more than one unit."""
    offers = product["offers"]
    return bool(offers and offers[0]["seller_name"] == seller and offers[0]["free"] >= LEAST_UNITS)


@contextmanager
def _drawn_pictures(var: Path) -> Iterator[None]:
    """Keep what the seed draws for later runs; everything else of a shop is its own."""
    kept = VAR / "e2e-pictures"
    (kept / "media").mkdir(parents=True, exist_ok=True)
    (var / "media").symlink_to(kept / "media", target_is_directory=True)
    if (notebook := kept / "demo-pictures.json").exists():
        shutil.copy(notebook, var)
    yield
    draft = notebook.with_suffix(f".{os.getpid()}")
    shutil.copy(var / notebook.name, draft)
    draft.replace(notebook)


@contextmanager
def running_shop(folder: Path) -> Iterator[RunningShop]:
    """Start the shop with a small demo world; prove its books at the end."""
    postgres = LocalPostgres(folder / "postgres", is_durable=False)
    valkey = LocalValkey(folder / "valkey")
    postgres.start()
    owner_url, app_url = postgres.ensure_database("karvon")
    log = (folder / "processes.log").open("w", buffering=1)
    processes = Shop(var=folder, on_line=lambda name, line: print(f"{name:>8} | {line}", file=log))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "DATABASE_URL": app_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": valkey.start(),
        "VAR_DIR": str(folder / "var"),
        **processes.environment(),
    }
    running = RunningShop(processes.site_url, processes.stripe_url, environment, processes)
    try:
        running.manage("migrate", "--database", "owner", "--verbosity", "0")
        running.manage("prepare")
        with _drawn_pictures(folder / "var"):
            running.manage("seed_demo", "--per-shelf", "1", "--history", "0")
        processes.start(environment)
        assert processes.is_up(), f"the shop did not start, see {log.name}"
        yield running
        assert "hold" in running.manage("verify_invariants")
    finally:
        if "backstage" in running.__dict__:
            running.backstage.close()
        processes.stop()
        valkey.stop()
        postgres.stop()
        log.close()
