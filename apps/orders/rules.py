"""Pure rules of trade: moves of an order, checks of input, the quote's digest."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from apps.core.money import CURRENCIES, Money
from apps.orders.types import ClockTerms, OrderStatus

S = OrderStatus
# The same table stands in the trigger of migrations/0002_guards.py; a test compares them.
ALLOWED_MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.CREATED: frozenset({S.PAID, S.CANCELLED}),
    S.PAID: frozenset({S.PROCESSING, S.CANCELLED}),
    S.PROCESSING: frozenset({S.SHIPPED, S.CANCELLED}),
    S.SHIPPED: frozenset({S.DELIVERED, S.RETURNED}),
    S.DELIVERED: frozenset({S.RETURNED}),
    S.CANCELLED: frozenset(),
    S.RETURNED: frozenset(),
}

# What a checkout copies from an address, with the greatest length of each.
ADDRESS_FIELDS = {
    "recipient_name": 150,
    "phone": 20,
    "country": 2,
    "region": 100,
    "city": 100,
    "street": 150,
    "house": 30,
    "apartment": 30,
    "postcode": 12,
    "note": 300,
}
REQUIRED_FOR_COURIER = ("recipient_name", "phone", "country", "city", "street", "house")
REQUIRED_FOR_PICKUP = ("recipient_name", "phone", "country", "city")


# Of the rate that a line keeps (OrderLine.fx_rate).
RATE_DECIMALS = 8


def may_move(current: OrderStatus, target: OrderStatus) -> bool:
    return target in ALLOWED_MOVES[current]


def clocks_from(
    status: OrderStatus, *, now: datetime, handling_days: int, terms: ClockTerms
) -> dict[str, datetime | None]:
    """Return the clocks that run from the moment an order came to `status`; the others stand still.

    To send it there is the time that the slowest offer promised, counted in whole days, and
    `ship_hours` more. What a delivered order waits for is its contract's term (services.fulfilment).
    """
    clocks: dict[str, datetime | None] = {"confirm_by": None, "ship_by": None}
    if status == S.PAID:
        clocks["confirm_by"] = now + timedelta(hours=terms.confirm_hours)
    elif status == S.PROCESSING:
        clocks["ship_by"] = now + timedelta(days=handling_days, hours=terms.ship_hours)
    elif status in {S.CANCELLED, S.RETURNED}:
        clocks["release_due_at"] = None
    return clocks


def missing_fields(address: Mapping[str, Any], *, needs_door: bool) -> list[str]:
    """Return the required fields of an address that are empty."""
    required = REQUIRED_FOR_COURIER if needs_door else REQUIRED_FOR_PICKUP
    return [name for name in required if not str(address.get(name, "")).strip()]


def rate_told(rate: Decimal, *, source: str, target: str) -> tuple[Money, Money]:
    """Return one unit of the dearer of two currencies and its worth in the other, at a line's rate.

    `rate` is units of `target` for one of `source`, kept with RATE_DECIMALS. Turned over it is no more
    exact than it was kept: as many digits, half to even. Then half to even to the minor unit.
    """
    dear, cheap, worth = source, target, rate
    if rate < 1:
        digits = len(str(int(rate.scaleb(RATE_DECIMALS))))
        dear, cheap = target, source
        worth = Context(prec=digits, rounding=ROUND_HALF_EVEN).divide(Decimal(1), rate)
    minor = worth.scaleb(CURRENCIES[cheap].exponent).to_integral_value(rounding=ROUND_HALF_EVEN)
    return Money.from_major("1", dear), Money(int(minor), cheap)


def digest(payload: Mapping[str, Any]) -> str:
    """SHA-256 of a quote in canonical JSON."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
