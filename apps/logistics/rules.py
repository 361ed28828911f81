"""Chargeable weight, promised dates, the moves of a parcel."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from apps.logistics.types import FailureReason, Parcel, ShipmentStatus

S = ShipmentStatus

# Cubic millimetres per kilogram: the common 1:5000 (cm3/kg).
VOLUMETRIC_DIVISOR = 5_000_000
ROUND_TO_GRAMS = 100

MAX_ATTEMPTS = 3


def chargeable_grams(parcels: Sequence[Parcel]) -> int:
    """Return the greater of real and volumetric weight, rounded up to 100 g."""
    real = sum(parcel.weight_grams * parcel.quantity for parcel in parcels)
    volume = sum(p.length_mm * p.width_mm * p.height_mm * p.quantity for p in parcels)
    grams = max(real, -(-volume * 1000 // VOLUMETRIC_DIVISOR))
    return -(-grams // ROUND_TO_GRAMS) * ROUND_TO_GRAMS


def handed_over_on(
    placed_at: datetime, *, handling_days: int, cutoff_hour: int, working_days: Collection[int]
) -> date:
    """Return the warehouse's local day on which an order leaves it.

    `placed_at` in the warehouse's zone. Placed after the cut-off, or on a day off, it counts from the
    next working day; each handling day is a working day.
    """
    days = set(working_days) or {1, 2, 3, 4, 5, 6, 7}
    day = placed_at.date()
    if placed_at.hour >= cutoff_hour:
        day += timedelta(days=1)
    while day.isoweekday() not in days:
        day += timedelta(days=1)
    for _ in range(handling_days):
        day += timedelta(days=1)
        while day.isoweekday() not in days:
            day += timedelta(days=1)
    return day


# The same table stands in the trigger of migrations/0003_guards.py; a test compares them.
ALLOWED_MOVES: dict[ShipmentStatus, frozenset[ShipmentStatus]] = {
    S.CREATED: frozenset({S.ACCEPTED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.RETURNING, S.LOST}),
    S.IN_TRANSIT: frozenset({S.READY_FOR_PICKUP, S.RETURNING, S.LOST}),
    S.OUT_FOR_DELIVERY: frozenset({S.DELIVERED, S.ACCEPTED, S.RETURNING, S.LOST}),
    S.READY_FOR_PICKUP: frozenset({S.DELIVERED, S.RETURNING, S.LOST}),
    S.RETURNING: frozenset({S.RETURNED, S.LOST}),
    S.DELIVERED: frozenset(),
    S.RETURNED: frozenset(),
    S.LOST: frozenset(),
    S.CANCELLED: frozenset(),
}


def may_move(current: ShipmentStatus, target: ShipmentStatus) -> bool:
    return target in ALLOWED_MOVES[current]


def goes_back(reason: FailureReason, failed_attempts: int) -> bool:
    """Tell whether a parcel returns after this failure: refused, or tried MAX_ATTEMPTS times."""
    return reason == FailureReason.REFUSED or failed_attempts >= MAX_ATTEMPTS


class Place(Protocol):
    country: str
    city: str


def is_same_city(one: Place, other: Place) -> bool:
    """Compare cities as people write them: capitals and spaces around do not count."""
    cities = (one.city.strip().casefold(), other.city.strip().casefold())
    return one.country == other.country and cities[0] == cities[1]
