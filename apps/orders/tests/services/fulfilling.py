"""Paid orders and what becomes of their parcels, for tests of fulfilment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from apps.accounts.models import User
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.logistics.models import Courier, Shipment
from apps.logistics.services import delivering
from apps.logistics.services.shipping import mark_returned
from apps.logistics.types import FailureReason
from apps.orders.models import Order, OrderLine
from apps.orders.services import fulfilment
from apps.orders.tests.services.world import capture, now, pay, place
from apps.sellers.models import SellerMember
from marketplace.tests.world import World, make_user


def paid_orders(world: World, **given: Any) -> list[Order]:
    """Place, pay, and let the facts arrive; the orders by number."""
    group = place(world, **given)
    capture(pay(world, group).id, group)
    deliver_all()
    return list(group.orders.order_by("number"))


def paid_order(world: World, **given: Any) -> Order:
    return paid_orders(world, **given)[0]


def owner(number: int = 1) -> Viewer:
    return viewer_of(User.objects.get(email=f"owner{number}@sellers.example"))


def member(world: World, role: str, seller: int = 0) -> Viewer:
    user = make_user(f"{role.lower()}{seller}@sellers.example")
    SellerMember.objects.create(seller=world.sellers[seller], user=user, role=role)
    return viewer_of(user)


def confirmed_order(world: World, **given: Any) -> Order:
    order = paid_order(world, **given)
    return fulfilment.confirm_order(order_id=order.id, actor=owner(), now=now())


def ship(
    order: Order, items: dict[UUID, int] | None = None, actor: Viewer | None = None
) -> Shipment:
    shipment = fulfilment.ship_order(
        order_id=order.id, items=items, actor=actor or owner(), now=now()
    )
    deliver_all()
    return shipment


def courier(city: str = "Toshkent") -> Viewer:
    """The one courier of a city."""
    found = Courier.objects.filter(city=city).select_related("user").first()
    if found is None:
        user = make_user(f"courier-{city.lower()}@people.example")
        found = Courier.objects.create(user=user, country="UZ", city=city, phone="+998901112233")
    return viewer_of(found.user)


def set_out(shipment: Shipment) -> Viewer:
    actor = courier(shipment.city)
    delivering.take_task(shipment_id=shipment.id, actor=actor, now=now())
    key = f"out-{shipment.id}"
    delivering.start_delivery(shipment_id=shipment.id, key=key, actor=actor, now=now())
    return actor


def arrive(shipment: Shipment) -> None:
    """Let the parcel reach its buyer, and the fact everybody."""
    bring(shipment)
    deliver_all()


def bring(shipment: Shipment) -> None:
    actor = set_out(shipment)
    delivering.deliver(
        shipment_id=shipment.id,
        code=shipment.handover_code,
        key=f"in-{shipment.id}",
        actor=actor,
        now=now(),
    )


def refuse(shipment: Shipment) -> None:
    """Let the buyer refuse the parcel at the door and the seller get it back, and the facts everybody."""
    give_back(shipment)
    deliver_all()


def give_back(shipment: Shipment) -> None:
    actor = set_out(shipment)
    delivering.fail_attempt(
        shipment_id=shipment.id,
        reason=FailureReason.REFUSED,
        key=f"no-{shipment.id}",
        actor=actor,
        now=now(),
    )
    mark_returned(shipment_id=shipment.id, actor=SYSTEM, now=now())


def delivered_order(world: World, **given: Any) -> Order:
    order = confirmed_order(world, **given)
    arrive(ship(order))
    return fresh(order)


def fresh(order: Order) -> Order:
    return Order.objects.select_related("group", "seller").get(id=order.id)


def quantities(order: Order) -> list[tuple[int, int, int, int]]:
    """(shipped, delivered, cancelled, returned) of each line in the order of placing."""
    rows = OrderLine.objects.filter(order=order).order_by("id")
    return list(
        rows.values_list(
            "shipped_quantity", "delivered_quantity", "cancelled_quantity", "returned_quantity"
        )
    )


def later(**delta: float) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)
