"""Chargeable weight and promised dates."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from apps.logistics.types import Parcel

# Cubic millimetres per kilogram: the common 1:5000 (cm3/kg).
VOLUMETRIC_DIVISOR = 5_000_000
ROUND_TO_GRAMS = 100


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
