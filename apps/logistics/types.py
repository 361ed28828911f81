"""Types that cross the edge of logistics."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.money import Money


class DeliveryKind(TextChoices):
    COURIER = "COURIER", pgettext_lazy("delivery kind", "Courier")
    PICKUP = "PICKUP", pgettext_lazy("delivery kind", "Pickup")


class ShipmentStatus(TextChoices):
    """The life of a parcel, in words for its buyer."""

    CREATED = "CREATED", _("Being packed")
    ACCEPTED = "ACCEPTED", _("Handed to delivery")
    IN_TRANSIT = "IN_TRANSIT", _("On the road")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("With the courier")
    READY_FOR_PICKUP = "READY_FOR_PICKUP", _("Waiting at the pickup point")
    DELIVERED = "DELIVERED", pgettext_lazy("parcel", "Delivered")
    RETURNING = "RETURNING", _("On its way back to the seller")
    RETURNED = "RETURNED", _("Back with the seller")
    LOST = "LOST", _("Lost")
    CANCELLED = "CANCELLED", pgettext_lazy("parcel", "Cancelled")


class TaskState(TextChoices):
    """A courier's task; OFFERED ones wait for a courier of their city."""

    OFFERED = "OFFERED", _("Offered")
    TAKEN = "TAKEN", _("Taken")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    RELEASED = "RELEASED", _("Given back")


class FailureReason(TextChoices):
    """Why a courier could not deliver; also the note of the tracking event."""

    NOBODY_HOME = "NOBODY_HOME", _("Nobody was at the address")
    NO_ANSWER = "NO_ANSWER", _("The phone was not answered")
    WRONG_ADDRESS = "WRONG_ADDRESS", _("The address could not be found")
    ANOTHER_DAY = "ANOTHER_DAY", _("The buyer asked for another day")
    NO_CODE = "NO_CODE", _("The buyer had no code")
    DAMAGED = "DAMAGED", _("The parcel is damaged")
    REFUSED = "REFUSED", _("The buyer refused the parcel")


@dataclass(frozen=True, slots=True)
class Parcel:
    """Units of one kind to be packed: weight of one in grams, sides of one in millimetres."""

    quantity: int
    weight_grams: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way to deliver one seller's goods. The price is in the tariff's currency."""

    kind: str
    carrier: str
    price: Money
    weight_grams: int
    promised_from: date
    promised_to: date


@dataclass(frozen=True, slots=True)
class FastestDelivery:
    """The best that a kind of delivery can do between two countries: days on the road, price."""

    kind: str
    days: int
    price: Money


@dataclass(frozen=True, slots=True)
class ShipmentItemRequest:
    """Units of one order line in a parcel. `title` is {language: text}; `image` as on the line."""

    line_id: UUID
    title: dict[str, str]
    sku: str
    quantity: int
    image: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ShipmentRequest:
    """A parcel to be carried. `reference_id` and `owner_id` are opaque here: an order, its seller."""

    reference_id: UUID
    number: str
    owner_id: UUID
    kind: str
    carrier: str
    # Copied from the order: recipient_name, phone, country, city, street, house, ...
    address: dict[str, Any]
    items: tuple[ShipmentItemRequest, ...]
    weight_grams: int
    promised_from: date
    promised_to: date
    from_city: str
    language: str
    pickup_point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ShipmentItemView:
    line_id: UUID
    title: dict[str, str]
    sku: str
    quantity: int
    image: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TrackingView:
    """One step. `note` is a FailureReason or empty; `place` a city or a pickup point's code."""

    seq: int
    status: ShipmentStatus
    at: datetime
    place: str
    note: str


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A parcel as its buyer and its seller see it; the seller's pages leave `handover_code` out.

    `courier_name` and `courier_phone` are filled while the courier is on the way.
    """

    id: UUID
    reference_id: UUID
    number: str
    kind: str
    carrier: str
    status: ShipmentStatus
    handover_code: str
    promised_from: date
    promised_to: date
    failed_attempts: int
    storage_until: datetime | None
    delivered_at: datetime | None
    pickup_point_id: UUID | None
    items: tuple[ShipmentItemView, ...]
    events: tuple[TrackingView, ...]
    courier_name: str = ""
    courier_phone: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    latitude: float
    longitude: float
    at: datetime
