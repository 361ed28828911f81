"""Parcels as a courier and a clerk read them. The handover code is never among it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.texts import in_language
from apps.core.formats import format_day, format_moment, in_sentence
from apps.logistics.models import CourierTask, Shipment
from apps.logistics.types import ShipmentStatus

GRAMS_IN_KILOGRAM = 1000
# From here on a parcel on the shelf is marked: it goes back soon.
SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownItem:
    title: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A parcel that the courier holds, with everything needed at the door.

    `key` names the command that this page may send; a page that is loaded anew has another.
    """

    id: UUID
    number: str
    recipient: str
    phone: str
    street: str
    city: str
    note: str
    navigate_url: str
    promise: str
    weight: str
    items: tuple[ShownItem, ...]
    is_started: bool
    is_another_try: bool
    key: str


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """What a courier sees before taking a parcel: where to, how heavy; nobody's name or door."""

    id: UUID
    number: str
    street: str
    city: str
    from_city: str
    weight: str
    promise: str
    unit_count: int


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """A parcel at a pickup point."""

    id: UUID
    number: str
    recipient: str
    status: str
    tone: str
    term: str
    is_term_near: bool
    items: tuple[ShownItem, ...]
    is_coming: bool
    is_on_shelf: bool
    is_going_back: bool
    key: str


def shown_stop(task: CourierTask) -> ShownStop:
    shipment = task.shipment
    address = shipment.address
    return ShownStop(
        id=shipment.id,
        number=shipment.number,
        recipient=address.get("recipient_name", ""),
        phone=address.get("phone", ""),
        street=_street(address),
        city=shipment.city,
        note=address.get("note", ""),
        navigate_url=geo_url(address, shipment.city),
        promise=in_sentence(format_day(shipment.promised_to)),
        weight=_weight(shipment),
        items=_items(shipment),
        is_started=shipment.status == ShipmentStatus.OUT_FOR_DELIVERY,
        is_another_try=shipment.failed_attempts > 0,
        key=uuid4().hex,
    )


def shown_offer(task: CourierTask) -> ShownOffer:
    shipment = task.shipment
    return ShownOffer(
        id=shipment.id,
        number=shipment.number,
        street=shipment.address.get("street", ""),
        city=shipment.city,
        from_city=shipment.from_city,
        weight=_weight(shipment),
        promise=in_sentence(format_day(shipment.promised_to)),
        unit_count=sum(item.quantity for item in shipment.items.all()),
    )


_TONES = {
    ShipmentStatus.IN_TRANSIT: "info",
    ShipmentStatus.READY_FOR_PICKUP: "success",
    ShipmentStatus.DELIVERED: "success",
    ShipmentStatus.RETURNING: "warning",
}


def shown_parcel(shipment: Shipment, now: datetime) -> ShownParcel:
    status = ShipmentStatus(shipment.status)
    until = shipment.storage_until
    is_on_shelf = status == ShipmentStatus.READY_FOR_PICKUP
    return ShownParcel(
        id=shipment.id,
        number=shipment.number,
        recipient=shipment.address.get("recipient_name", ""),
        status=str(status.label),
        tone=_TONES.get(status, "neutral"),
        term=format_moment(until) if until and is_on_shelf else "",
        is_term_near=bool(is_on_shelf and until and until - now <= SOON),
        items=_items(shipment),
        is_coming=status == ShipmentStatus.IN_TRANSIT,
        is_on_shelf=is_on_shelf,
        is_going_back=status == ShipmentStatus.RETURNING,
        key=uuid4().hex,
    )


def geo_url(address: dict[str, Any], city: str) -> str:
    """Return a geo: address (RFC 5870, with the query that map programs read) for the door."""
    latitude, longitude = address.get("latitude"), address.get("longitude")
    if latitude and longitude:
        return f"geo:{latitude},{longitude}?q={latitude},{longitude}"
    parts = (address.get("street"), address.get("house"), city, address.get("country"))
    return "geo:0,0?q=" + quote(", ".join(str(part) for part in parts if part))


def _street(address: dict[str, Any]) -> str:
    line = " ".join(part for part in (address.get("street"), address.get("house")) if part)
    if apartment := address.get("apartment"):
        line += ", " + _("apt. %(number)s") % {"number": apartment}
    return line


def _weight(shipment: Shipment) -> str:
    kilograms = f"{shipment.weight_grams / GRAMS_IN_KILOGRAM:.1f}".removesuffix(".0")
    if get_language() != "en":
        kilograms = kilograms.replace(".", ",")
    return _("%(weight)s kg") % {"weight": kilograms}


def _items(shipment: Shipment) -> tuple[ShownItem, ...]:
    language = get_language() or "en"
    return tuple(
        ShownItem(in_language(item.title, language) or item.sku, item.quantity)
        for item in shipment.items.all()
    )
