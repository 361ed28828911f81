"""Parcels without orders: references are ids that nobody knows here."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from apps.accounts.models import User
from apps.core.models import OutboxEvent
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.logistics.models import Courier, PickupClerk, PickupPoint, Shipment
from apps.logistics.services import delivering, pickup, shipping
from apps.logistics.types import ShipmentItemRequest, ShipmentRequest
from marketplace.tests.world import ADDRESS, make_user

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CITY = "Toshkent"


def request_for(number: str = "K-100011-1-1", **changed: Any) -> ShipmentRequest:
    return replace(
        ShipmentRequest(
            reference_id=uuid4(),
            number=number,
            owner_id=uuid4(),
            kind="COURIER",
            carrier="own",
            address=ADDRESS,
            items=(
                ShipmentItemRequest(
                    line_id=uuid4(),
                    title={"en": "Teapot", "ru": "Чайник", "uz": "Choynak"},
                    sku="T-1",
                    quantity=2,
                ),
            ),
            weight_grams=1_500,
            promised_from=date(2026, 11, 25),
            promised_to=date(2026, 11, 27),
            from_city="Samarqand",
            language="uz",
        ),
        **changed,
    )


def make_point(code: str = "tashkent-1") -> PickupPoint:
    return PickupPoint.objects.create(
        code=code,
        names={"en": "Chorsu", "ru": "Чорсу", "uz": "Chorsu"},
        country="UZ",
        city=CITY,
        address="Navoiy 1",
        hours="09:00-21:00",
        latitude=Decimal("41.31"),
        longitude=Decimal("69.24"),
    )


def make_courier(number: int = 1, city: str = CITY) -> User:
    user = make_user(f"courier{number}@people.example", full_name=f"Sardor {number}")
    Courier.objects.create(user=user, country="UZ", city=city, phone="+998901112233")
    return user


def make_clerk(point: PickupPoint, number: int = 1) -> User:
    user = make_user(f"clerk{number}@people.example", full_name=f"Nargiza {number}")
    PickupClerk.objects.create(user=user, point=point)
    return user


def parcel(number: str = "K-100011-1-1", **changed: Any) -> Shipment:
    """Handed over: offered to couriers of Toshkent, or on its way to the point."""
    shipment = shipping.create_shipment(
        request=request_for(number, **changed), actor=SYSTEM, now=NOW
    )
    return shipping.hand_over(shipment_id=shipment.id, actor=SYSTEM, now=NOW)


def on_the_way(courier: User, number: str = "K-100011-1-1", **changed: Any) -> Shipment:
    """With the courier, who has set out."""
    shipment = parcel(number, **changed)
    actor = viewer_of(courier)
    delivering.take_task(shipment_id=shipment.id, actor=actor, now=NOW)
    return delivering.start_delivery(
        shipment_id=shipment.id, key=f"start-{number}", actor=actor, now=NOW
    )


def on_the_shelf(clerk: User, point: PickupPoint, number: str = "K-100011-1-1") -> Shipment:
    shipment = parcel(number, kind="PICKUP", pickup_point_id=point.id)
    return pickup.arrive_at_point(
        shipment_id=shipment.id, key=f"arrive-{number}", actor=viewer_of(clerk), now=NOW
    )


def wrong(shipment: Shipment) -> str:
    return f"{(int(shipment.handover_code) + 1) % 10**6:06d}"


def steps(shipment: Shipment) -> list[str]:
    return list(shipment.events.order_by("seq").values_list("status", flat=True))


def facts(topic: str) -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(topic=f"logistics.{topic}").order_by("id")
    return list(rows.values_list("payload", flat=True))


def viewer(user: User) -> Viewer:
    return viewer_of(user)
