"""Pure rules of trade: moves of an order, checks of input, the quote's digest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from apps.orders.types import OrderStatus

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


def may_move(current: OrderStatus, target: OrderStatus) -> bool:
    return target in ALLOWED_MOVES[current]


def missing_fields(address: Mapping[str, Any], *, needs_door: bool) -> list[str]:
    """Return the required fields of an address that are empty."""
    required = REQUIRED_FOR_COURIER if needs_door else REQUIRED_FOR_PICKUP
    return [name for name in required if not str(address.get(name, "")).strip()]


def digest(payload: Mapping[str, Any]) -> str:
    """SHA-256 of a quote in canonical JSON."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
