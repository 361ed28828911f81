"""Delivery options from tariff tables, and pickup points. Nothing here calls a carrier."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from apps.core.money import Money
from apps.logistics.models import DeliveryTariff, PickupPoint
from apps.logistics.rules import chargeable_grams
from apps.logistics.types import DeliveryOption, FastestDelivery, Parcel

KEEP_SECONDS = 60
_kept: tuple[float, dict[tuple[str, str], list[DeliveryTariff]]] | None = None


def _tariffs(from_country: str, to_country: str) -> list[DeliveryTariff]:
    """The tariffs between two countries. The whole table is kept in the process for a minute: a few hundred rows."""
    global _kept  # noqa: PLW0603  a process-wide cache
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        by_way: dict[tuple[str, str], list[DeliveryTariff]] = {}
        for row in DeliveryTariff.objects.select_related("zone").order_by("up_to_grams"):
            by_way.setdefault((row.from_country, row.zone.country), []).append(row)
        _kept = (time.monotonic(), by_way)
    return _kept[1].get((from_country, to_country), [])


def forget_tariffs() -> None:
    global _kept  # noqa: PLW0603  a process-wide cache
    _kept = None


def delivery_options(
    *,
    from_country: str,
    to_country: str,
    to_city: str,
    parcels: Sequence[Parcel],
    handed_over_on: date,
) -> list[DeliveryOption]:
    """Return the ways to deliver, cheapest first: the city's zone where it has one, else the country's.

    Empty when no tariff goes there or the parcel is heavier than every tariff.
    """
    grams = chargeable_grams(parcels)
    city = to_city.strip().casefold()
    found: dict[tuple[str, str], tuple[int, DeliveryTariff]] = {}
    for tariff in _tariffs(from_country, to_country):
        zone = tariff.zone
        if zone.city and zone.city.casefold() != city:
            continue
        if tariff.up_to_grams < grams:
            continue
        rank = 0 if zone.city else 1
        key = (tariff.carrier, tariff.kind)
        if key not in found or rank < found[key][0]:
            found[key] = (rank, tariff)
    options = [
        DeliveryOption(
            kind=tariff.kind,
            carrier=tariff.carrier,
            price=Money(tariff.price_minor, tariff.currency),
            weight_grams=grams,
            promised_from=handed_over_on + timedelta(days=tariff.min_days),
            promised_to=handed_over_on + timedelta(days=tariff.max_days),
        )
        for _rank, tariff in found.values()
    ]
    return sorted(options, key=lambda option: (option.price.minor, option.kind))


def fastest_days(from_country: str, to_country: str) -> int | None:
    """Return the fewest days on the road between two countries, for promises on cards."""
    days = [tariff.min_days for tariff in _tariffs(from_country, to_country)]
    return min(days, default=None)


def fastest_by_kind(
    *, from_country: str, to_country: str, parcels: Sequence[Parcel]
) -> list[FastestDelivery]:
    """Return, for each kind that can carry the parcels, its fewest days and its lowest price."""
    grams = chargeable_grams(parcels)
    by_kind: dict[str, list[DeliveryTariff]] = {}
    for tariff in _tariffs(from_country, to_country):
        if tariff.up_to_grams >= grams:
            by_kind.setdefault(tariff.kind, []).append(tariff)
    return [
        FastestDelivery(
            kind=kind,
            days=min(tariff.min_days for tariff in tariffs),
            price=min(
                (Money(tariff.price_minor, tariff.currency) for tariff in tariffs),
                key=lambda price: price.minor,
            ),
        )
        for kind, tariffs in sorted(by_kind.items())
    ]


def pickup_points(country: str, city: str = "") -> list[PickupPoint]:
    rows = PickupPoint.objects.filter(country=country, is_active=True)
    if city:
        rows = rows.filter(city__iexact=city)
    return list(rows.order_by("city", "code"))


def pickup_point(point_id: UUID) -> PickupPoint | None:
    return PickupPoint.objects.filter(id=point_id, is_active=True).first()
