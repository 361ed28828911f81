"""Faults on demand: what the next calls and deliveries do wrong."""

import random
import re
import threading
from dataclasses import asdict, dataclass
from typing import Any

CALL_KINDS = (
    "error_before",
    "error_after",
    "timeout_before",
    "timeout_after",
    "rate_limit",
    "html",
    "conflict",
)
WEBHOOK_KINDS = ("duplicate", "delay", "lost", "reorder", "bad_signature", "stale")
EFFECT_KINDS = ("wrong_amount", "refund_pending", "refund_fails")


@dataclass
class Fault:
    """`on` is a pattern over "POST /v1/refunds", an event type or an effect; `times` counts down.

    `percent` below 100 lets it come in that share of the cases, by chance.
    """

    kind: str
    on: str = ".*"
    times: int = 1
    seconds: float = 0
    amount: int = 0
    percent: int = 100


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self._chance = random.Random(14)

    def add(self, given: dict[str, Any]) -> Fault:
        """:raises ValueError: unknown kind or field"""
        if given.get("kind") not in CALL_KINDS + WEBHOOK_KINDS + EFFECT_KINDS:
            raise ValueError(f"unknown fault {given.get('kind')!r}")
        try:
            fault = Fault(**given)
            re.compile(fault.on)
        except (TypeError, re.error) as error:
            raise ValueError(str(error)) from error
        with self._lock:
            self._pending.append(fault)
        return fault

    def take(self, kinds: tuple[str, ...], where: str) -> Fault | None:
        """Use up one turn of the first fault of these kinds that concerns `where`."""
        with self._lock:
            for fault in self._pending:
                if fault.kind not in kinds or fault.times < 1 or not re.fullmatch(fault.on, where):
                    continue
                if self._chance.randrange(100) < fault.percent:
                    fault.times -= 1
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._pending if fault.times > 0]
