"""Delivery promises in words, for pages that are the same for every visitor.

They name the earliest day and the lowest price; checkout counts for the buyer's own address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.types import DispatchPoint
from apps.core.formats import format_day, in_sentence
from apps.core.money import Money
from apps.logistics.rules import handed_over_on
from apps.logistics.selectors import fastest_by_kind, fastest_days
from apps.logistics.types import Parcel
from apps.storefront.currency import shown

HOME_COUNTRY = settings.DELIVERY_COUNTRIES[0]


@dataclass(frozen=True, slots=True)
class DeliveryPromise:
    kind: str
    label: str
    day: str
    price: Money


def from_day(day: date, *, now: datetime) -> str:
    """Write the earliest day: "From tomorrow", "From Thu, 26 Nov"."""
    today = timezone.localdate(now)
    match (day - today).days:
        case 0:
            return _("From today")
        case 1:
            return _("From tomorrow")
    return _("From %(day)s") % {"day": in_sentence(format_day(day, today))}


def leaves_on(point: DispatchPoint, handling_days: int, now: datetime) -> date:
    return handed_over_on(
        now.astimezone(ZoneInfo(point.time_zone)),
        handling_days=handling_days,
        cutoff_hour=point.cutoff_hour,
        working_days=point.working_days,
    )


def card_promise(point: DispatchPoint, *, handling_days: int, now: datetime) -> str:
    """Return the earliest day in the home country, or nothing where no tariff leads there."""
    days = fastest_days(point.country, HOME_COUNTRY)
    if days is None:
        return ""
    minute = now.replace(second=0, microsecond=0)
    return _card_promise(point, handling_days, days, minute, get_language() or "en")


# Cards of a grid leave from few places, and days and cutoffs begin with a minute.
@lru_cache(maxsize=1024)
def _card_promise(
    point: DispatchPoint, handling_days: int, days: int, now: datetime, _language: str
) -> str:
    return from_day(leaves_on(point, handling_days, now) + timedelta(days=days), now=now)


def delivery_promises(
    point: DispatchPoint,
    *,
    handling_days: int,
    parcels: Sequence[Parcel],
    now: datetime,
    currency: str,
) -> list[DeliveryPromise]:
    """Return the earliest day and the lowest price of each kind of delivery."""
    labels = {"COURIER": _("Courier to the door"), "PICKUP": _("Pickup point")}
    leaves = leaves_on(point, handling_days, now)
    return [
        DeliveryPromise(
            kind=way.kind,
            label=labels.get(way.kind, way.kind),
            day=from_day(leaves + timedelta(days=way.days), now=now),
            price=shown(way.price, currency),
        )
        for way in fastest_by_kind(
            from_country=point.country, to_country=HOME_COUNTRY, parcels=parcels
        )
    ]
