"""Help for tests: a sandbox in a thread, the payer's browser, the control calls.

A fixture starts one: `with running_sandbox(settings) as sandbox: ...`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from apps.payments.providers import provider_of
from apps.payments.providers.stripe_provider import StripeProvider
from apps.sandbox.stripe.server import Sandbox


class Payer:
    """A browser without JavaScript on the hosted page."""

    def __init__(self, page_url: str) -> None:
        self.page_url = page_url
        self._http = httpx.Client(timeout=10, follow_redirects=False)

    def open(self) -> httpx.Response:
        return self._http.get(self.page_url)

    def pay(self, card: str = "4242424242424242") -> httpx.Response:
        return self._http.post(self.page_url, data={"action": "pay", "card": card})

    def go_back(self) -> httpx.Response:
        return self._http.post(self.page_url, data={"action": "cancel"})

    def approve(self) -> httpx.Response:
        return self._http.post(f"{self.page_url}/secure", data={"action": "approve"})

    def reject(self) -> httpx.Response:
        return self._http.post(f"{self.page_url}/secure", data={"action": "reject"})


class Payee:
    """A browser without JavaScript on the onboarding page."""

    def __init__(self, page_url: str) -> None:
        self.page_url = page_url
        self._http = httpx.Client(timeout=10, follow_redirects=False)

    def open(self) -> httpx.Response:
        return self._http.get(self.page_url)

    def tell(self, bank: str = "000123456789") -> httpx.Response:
        return self._http.post(self.page_url, data={"action": "verify", "bank": bank})

    def fail_the_checks(self) -> httpx.Response:
        return self._http.post(self.page_url, data={"action": "restrict"})


class RunningSandbox(Sandbox):
    def fault(self, kind: str, on: str = ".*", **more: Any) -> None:
        self.faults.add({"kind": kind, "on": on, **more})

    def charged(self) -> list[dict[str, Any]]:
        return list(self.store.record()["charges"])

    def refunded_minor(self) -> int:
        refunds = self.store.record()["refunds"]
        return sum(row["amount"] for row in refunds if row["status"] != "failed")

    def dispute(self, intent_id: str, **more: Any) -> dict[str, Any]:
        """Let the payer's bank dispute the charge of an intent."""
        with self.store.lock:
            return self.engine.disputes.open({"charge": intent_id, **more})

    def decide(self, dispute: dict[str, Any], outcome: str) -> None:
        """Let the bank decide a dispute: "won" or "lost"."""
        with self.store.lock:
            self.engine.disputes.decide(dispute, outcome)

    def transfers(self) -> list[dict[str, Any]]:
        return list(self.store.transfers.values())

    def payouts(self) -> list[dict[str, Any]]:
        return list(self.store.payouts.values())

    def settle_payouts(self) -> None:
        """Let every payout come to what its bank stands for."""
        with self.store.lock:
            for payout in self.payouts():
                self.engine.connect.settle_payout(payout)

    def paid_out(self) -> dict[str, int]:
        """Sum what reached banks and did not come back, by our payout's id."""
        sums: dict[str, int] = {}
        for payout in self.payouts():
            if payout["status"] in ("pending", "in_transit", "paid"):
                name = payout["metadata"]["payout_id"]
                sums[name] = sums.get(name, 0) + payout["amount"]
        return sums

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        return [
            event for event in list(self.store.events.values()) if event["type"].startswith(kind)
        ]


def forget_provider() -> None:
    """Let the next call build the provider's client anew, from the settings as they are then."""
    provider = provider_of("stripe")
    if isinstance(provider, StripeProvider):
        provider.close()
    provider_of.cache_clear()


@contextmanager
def running_sandbox(settings: Any, *, webhook_url: str = "") -> Iterator[RunningSandbox]:
    """Start a sandbox on a free port and point the provider's client at it."""
    sandbox = RunningSandbox(
        webhook_url=webhook_url,
        secret=settings.STRIPE_WEBHOOK_SECRETS[0],
        connect_secret=settings.STRIPE_CONNECT_WEBHOOK_SECRETS[0],
    )
    sandbox.start()
    settings.STRIPE_API_BASE = sandbox.url
    forget_provider()
    try:
        yield sandbox
    finally:
        sandbox.stop()
        forget_provider()
