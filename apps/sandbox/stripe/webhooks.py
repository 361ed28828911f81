"""Signed webhooks, delivered by a thread of their own, with retries and with faults on demand."""

import heapq
import hmac
import json
import threading
import time
from hashlib import sha256
from typing import Any

import httpx
import structlog

from apps.sandbox.stripe.faults import WEBHOOK_KINDS, Fault, Faults
from apps.sandbox.stripe.store import Store

log = structlog.get_logger(__name__)

RETRY_AFTER = (1.0, 5.0, 30.0, 120.0)
STALE_SECONDS = 301


def sign(body: bytes, *, secret: str, at: int) -> str:
    """Return the value of `Stripe-Signature` for a body."""
    message = str(at).encode() + b"." + body
    return f"t={at},v1={hmac.new(secret.encode(), message, sha256).hexdigest()}"


def body_of(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, indent=2).encode()


class Deliverer:
    """One thread sends in order of due time; a refused delivery is tried again.

    Events of connected accounts go to connect/ below the address and carry another secret.
    """

    def __init__(
        self, *, store: Store, faults: Faults, url: str, secret: str, connect_secret: str
    ) -> None:
        self.url, self.secret = url, secret
        self.connect_secret = connect_secret
        self._store, self._faults = store, faults
        self._queue: list[tuple[float, int, str, int, Fault | None]] = []
        self._wake = threading.Condition()
        self._counter = 0
        self._is_busy = False
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="stripe-webhooks")

    def start(self) -> None:
        self._thread.start()
        for event_id, event in list(self._store.events.items()):
            if event["pending_webhooks"]:
                self._put(event_id, 0.0)

    def stop(self) -> None:
        with self._wake:
            self._is_stopped = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(15)

    def send(self, event: dict[str, Any]) -> None:
        fault = self._faults.take(WEBHOOK_KINDS, event["type"])
        if fault and fault.kind == "lost":
            return
        later = fault.seconds if fault and fault.kind in ("delay", "reorder") else 0.0
        self._put(event["id"], later, fault)
        if fault and fault.kind == "duplicate":
            self._put(event["id"], fault.seconds)

    def clear(self) -> None:
        with self._wake:
            self._queue.clear()

    def wait(self, timeout_seconds: float = 10) -> bool:
        """Wait until nothing is due any more; true when that came in time."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            with self._wake:
                if not self._queue and not self._is_busy:
                    return True
            time.sleep(0.02)
        return False

    def _put(
        self, event_id: str, later: float, fault: Fault | None = None, attempt: int = 0
    ) -> None:
        with self._wake:
            self._counter += 1
            entry = (time.monotonic() + later, self._counter, event_id, attempt, fault)
            heapq.heappush(self._queue, entry)
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._is_stopped and not self._due():
                    self._wake.wait(self._pause())
                if self._is_stopped:
                    return
                _at, _number, event_id, attempt, fault = heapq.heappop(self._queue)
                self._is_busy = True
            try:
                self._deliver(event_id, attempt, fault)
            finally:
                with self._wake:
                    self._is_busy = False

    def _due(self) -> bool:
        return bool(self._queue) and self._queue[0][0] <= time.monotonic()

    def _pause(self) -> float | None:
        return max(self._queue[0][0] - time.monotonic(), 0) if self._queue else None

    def _deliver(self, event_id: str, attempt: int, fault: Fault | None) -> None:
        event = self._store.events.get(event_id)
        if event is None or not self.url:
            return
        body = body_of(event)
        at = self._store.now() - (STALE_SECONDS if fault and fault.kind == "stale" else 0)
        is_connected = bool(event.get("account"))
        url = f"{self.url}connect/" if is_connected else self.url
        secret = self.connect_secret if is_connected else self.secret
        if fault and fault.kind == "bad_signature":
            secret = "whsec_forged"  # noqa: S105  it opens nothing
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": sign(body, secret=secret, at=at),
        }
        try:
            status = httpx.post(url, content=body, headers=headers, timeout=20).status_code
        except httpx.HTTPError as error:
            log.info("webhook_not_delivered", event_id=event_id, error=str(error))
            status = 0
        if 200 <= status < 300:  # noqa: PLR2004  any success counts
            with self._store.lock:
                event["pending_webhooks"] = 0
                self._store.save()
        elif attempt < len(RETRY_AFTER) and not fault:
            self._put(event_id, RETRY_AFTER[attempt], None, attempt + 1)
