"""Cancelling and taking back: who may, what goes back to the shelf and what to the buyer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.catalog.models import StockMovement
from apps.core import clock
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, SYSTEM, Viewer
from apps.logistics.services.shipping import report_lost
from apps.orders.models import Order, OrderLine
from apps.orders.services import cancelling
from apps.orders.services.access import UnitsUnavailable
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    delivered_order,
    fresh,
    give_back,
    member,
    owner,
    paid_order,
    quantities,
    refuse,
    ship,
)
from apps.orders.tests.services.world import now, place, units
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.models import Refund
from apps.payments.selectors import escrow_balance
from apps.payments.services.refunds import issue_refund
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
# What make_world asks for a parcel, and for a unit of its first offer.
DELIVERY, UNIT = 25_000_00, 100_000_00


@pytest.fixture
def world() -> World:
    return make_world()


def cancel(order: Order, actor: Viewer, reason: CancelReason = CancelReason.BY_BUYER) -> Order:
    found = cancelling.cancel_order(order_id=order.id, reason=reason, actor=actor, now=now())
    deliver_all()
    return found


def cancel_units(order: Order, items: dict[UUID, int], actor: Viewer | None = None) -> Order:
    found = cancelling.cancel_units(
        order_id=order.id,
        items=items,
        reason=CancelReason.OUT_OF_STOCK,
        actor=actor or owner(),
        now=now(),
    )
    deliver_all()
    return found


def refunded() -> list[int]:
    return list(Refund.objects.order_by("id").values_list("amount_minor", flat=True))


def held(order: Order) -> int:
    return escrow_balance(order.id, order.currency).minor


def lines_of(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order).order_by("id"))


def test_buyer_cancels_a_paid_order_and_gets_everything_back(world: World) -> None:
    order = paid_order(world, quantity=2)
    assert units(world) == (8, 0)

    cancel(order, world.viewer())

    order = fresh(order)
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "BY_BUYER")
    assert (order.confirm_by, order.ship_by) == (None, None)
    assert refunded() == [2 * UNIT + DELIVERY]
    assert held(order) == 0
    assert units(world) == (10, 0)
    movement = StockMovement.objects.get(kind=StockMovement.Kind.CANCEL)
    assert (movement.quantity, movement.actor_id) == (2, world.viewer().user_id)
    assert order.group.status == GroupStatus.PAID
    assert violations() == []


def test_other_seller_s_part_of_the_group_goes_on(world: World) -> None:
    order = paid_order(world, offers=(0, 2))
    other = order.group.orders.exclude(id=order.id).get()

    cancel(order, world.viewer())

    assert fresh(other).status == OrderStatus.PAID
    assert refunded() == [order.total_minor]
    assert held(other) == other.total_minor
    assert violations() == []


def test_cancelling_twice_refunds_once(world: World) -> None:
    order = paid_order(world)
    cancel(order, world.viewer())

    cancel(order, world.viewer())

    assert refunded() == [order.total_minor]
    assert units(world) == (10, 0)
    assert AuditEntry.objects.filter(action="orders.cancel").count() == 1


def test_seller_cancels_what_it_cannot_send(world: World) -> None:
    order = confirmed_order(world)

    cancel(order, owner(), CancelReason.OUT_OF_STOCK)

    assert (fresh(order).status, fresh(order).cancel_reason) == ("CANCELLED", "OUT_OF_STOCK")
    assert refunded() == [order.total_minor]


def test_staff_cancel_with_their_own_words_in_the_audit(world: World) -> None:
    order = confirmed_order(world)
    staff = Viewer(
        user_id=world.sellers[0].id,
        is_staff=True,
        permissions=frozenset({"orders.change_order"}),
    )

    cancelling.cancel_order(
        order_id=order.id,
        reason=CancelReason.BY_STAFF,
        actor=staff,
        now=now(),
        why="The shop is closed.",
    )

    assert fresh(order).cancel_reason == "BY_STAFF"
    assert AuditEntry.objects.get(action="orders.cancel").reason == "The shop is closed."


def test_nobody_cancels_another_s_order(world: World) -> None:
    order = paid_order(world)
    other = world.viewer(make_user("other@people.example"))
    wrong = [
        (ANONYMOUS, CancelReason.BY_BUYER),
        (other, CancelReason.BY_BUYER),
        (owner(), CancelReason.BY_BUYER),
        (world.viewer(), CancelReason.OUT_OF_STOCK),
        (owner(2), CancelReason.BY_SELLER),
        (member(world, "STOCK"), CancelReason.BY_SELLER),
        (member(world, "FINANCE"), CancelReason.BY_SELLER),
        (owner(), CancelReason.BY_STAFF),
        (Viewer(user_id=other.user_id, is_staff=True), CancelReason.BY_STAFF),
    ]

    for actor, reason in wrong:
        with pytest.raises(NotFound):
            cancel(order, actor, reason)
    with pytest.raises(cancelling.ReasonNotAllowed):
        cancel(order, world.viewer(), CancelReason.SELLER_LATE)
    assert fresh(order).status == OrderStatus.PAID
    assert refunded() == []


def test_order_that_is_not_paid_is_not_cancelled_as_a_paid_one(world: World) -> None:
    order = place(world).orders.get()

    with pytest.raises(MoveNotAllowed):
        cancel(order, world.viewer())


def test_nothing_is_cancelled_once_a_parcel_has_left(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    ship(order, {lines_of(order)[0].id: 1})

    with pytest.raises(MoveNotAllowed):
        cancel(order, world.viewer())
    assert refunded() == []
    assert quantities(order) == [(1, 0, 0, 0)]


def test_seller_cancels_some_units_and_the_rest_goes_on(world: World) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=3)
    first, second = lines_of(order)

    cancel_units(order, {first.id: 1, second.id: 3})
    cancel_units(order, {first.id: 1})

    assert fresh(order).status == OrderStatus.PROCESSING
    assert refunded() == [UNIT + 3 * 2 * UNIT, UNIT]
    assert quantities(order) == [(0, 0, 2, 0), (0, 0, 3, 0)]
    assert (units(world, 0), units(world, 1)) == ((9, 0), (10, 0))
    arrive(ship(order))
    assert fresh(order).status == OrderStatus.DELIVERED
    assert held(order) == UNIT + DELIVERY
    assert violations() == []


def test_cancelling_the_last_units_cancels_the_order_with_its_delivery(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    line = lines_of(order)[0]

    cancel_units(order, {line.id: 1})
    cancel_units(order, {line.id: 1})

    assert fresh(order).status == OrderStatus.CANCELLED
    assert refunded() == [UNIT, UNIT + DELIVERY]
    assert units(world) == (10, 0)
    assert violations() == []


def test_units_that_are_not_there_are_not_cancelled(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    line = lines_of(order)[0]
    ship(order, {line.id: 1})

    for items in ({line.id: 2}, {line.id: -1}, {}):
        with pytest.raises(UnitsUnavailable):
            cancel_units(order, items)
    with pytest.raises(NotFound):
        cancel_units(order, {line.id: 1}, member(world, "STOCK"))
    assert refunded() == []


def test_rest_of_an_order_whose_parcel_has_arrived_ends_it_as_delivered(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    line = lines_of(order)[0]
    arrive(ship(order, {line.id: 1}))
    assert fresh(order).status == OrderStatus.PROCESSING

    cancel_units(order, {line.id: 1})

    order = fresh(order)
    assert order.status == OrderStatus.DELIVERED
    assert order.release_due_at is not None
    assert [event.status for event in order.events.order_by("seq")][-2:] == ["SHIPPED", "DELIVERED"]
    assert held(order) == UNIT + DELIVERY
    assert violations() == []


def due(order: Order, field: str, **grace: float) -> datetime:
    moment = getattr(fresh(order), field)
    assert moment is not None
    return moment + timedelta(**grace)


def test_order_that_is_not_confirmed_is_cancelled_a_day_after_its_clock(world: World) -> None:
    order = paid_order(world)
    at = due(order, "confirm_by", hours=24)

    assert cancelling.cancel_late(now=at - timedelta(seconds=1)) == 0
    assert cancelling.cancel_late(now=at) == 1
    assert cancelling.cancel_late(now=at) == 0

    assert (fresh(order).status, fresh(order).cancel_reason) == ("CANCELLED", "SELLER_LATE")
    assert refunded() == [order.total_minor]
    assert units(world) == (10, 0)
    assert violations() == []


def test_order_that_is_not_sent_is_cancelled_a_day_after_its_clock(world: World) -> None:
    order = confirmed_order(world)
    at = due(order, "ship_by", hours=24)

    assert cancelling.cancel_late(now=at - timedelta(seconds=1)) == 0
    assert cancelling.cancel_late(now=at) == 1

    assert fresh(order).cancel_reason == "SELLER_LATE"


def test_late_rest_of_an_order_is_cancelled_and_what_was_sent_goes_on(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    shipment = ship(order, {lines_of(order)[0].id: 2})

    assert cancelling.cancel_late(now=due(order, "ship_by", hours=24)) == 1
    deliver_all()

    assert fresh(order).status == OrderStatus.SHIPPED
    assert refunded() == [UNIT]
    arrive(shipment)
    assert fresh(order).status == OrderStatus.DELIVERED
    assert violations() == []


def test_one_order_that_cannot_be_cancelled_does_not_stop_the_others(
    world: World, monkeypatch: Any
) -> None:
    bad, good = paid_order(world), paid_order(world, offers=(1,))
    at = max(due(bad, "confirm_by", hours=24), due(good, "confirm_by", hours=24))
    really = cancelling.locked_order

    def refusing(order_id: UUID) -> Order:
        if order_id == bad.id:
            raise NotFound
        return really(order_id)

    monkeypatch.setattr(cancelling, "locked_order", refusing)

    assert cancelling.cancel_late(now=at) == 1
    assert fresh(good).status == OrderStatus.CANCELLED


def test_refused_parcel_comes_back_to_the_shelf_and_its_money_to_the_buyer(world: World) -> None:
    order = confirmed_order(world, quantity=2)

    refuse(ship(order))

    order = fresh(order)
    assert (order.status, order.cancel_reason) == (OrderStatus.RETURNED, "REFUSED")
    assert refunded() == [order.total_minor]
    assert quantities(order) == [(2, 0, 0, 2)]
    assert units(world) == (10, 0)
    assert StockMovement.objects.get(kind=StockMovement.Kind.RETURN).quantity == 2
    assert violations() == []


def test_order_is_returned_when_the_carrier_gave_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    give_back(shipment)
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=3))

    deliver_all()

    shipment.refresh_from_db()
    order = fresh(order)
    assert order.status == OrderStatus.RETURNED
    assert order.returned_at == order.parcels.get().returned_at == shipment.returned_at


def test_return_that_is_reported_twice_counts_once(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    refuse(shipment)

    cancelling.take_back(
        order_id=order.id,
        shipment_id=shipment.id,
        reason=CancelReason.REFUSED,
        actor=SYSTEM,
        now=now(),
    )

    assert refunded() == [order.total_minor]
    assert units(world) == (10, 0)


def test_one_of_two_parcels_refused_refunds_its_goods_and_keeps_the_delivery(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    line = lines_of(order)[0]
    one, two = ship(order, {line.id: 1}), ship(order)

    refuse(one)
    assert (fresh(order).status, refunded()) == (OrderStatus.SHIPPED, [UNIT])
    arrive(two)

    assert fresh(order).status == OrderStatus.DELIVERED
    assert held(order) == 2 * UNIT + DELIVERY
    assert violations() == []


def test_both_parcels_refused_give_the_delivery_back_with_the_second(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    one, two = ship(order, {lines_of(order)[0].id: 1}), ship(order)

    refuse(one)
    refuse(two)

    assert fresh(order).status == OrderStatus.RETURNED
    assert refunded() == [UNIT, UNIT + DELIVERY]
    assert units(world) == (10, 0)
    assert violations() == []


def test_lost_parcel_is_refunded_and_no_unit_comes_back(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    shipment = ship(order)

    report_lost(shipment_id=shipment.id, actor=SYSTEM, now=now(), reason="The van burnt.")
    deliver_all()

    order = fresh(order)
    assert (order.status, order.cancel_reason) == (OrderStatus.RETURNED, "LOST")
    assert refunded() == [order.total_minor]
    assert units(world) == (8, 0)
    assert violations() == []


def test_refund_that_staff_gave_before_is_not_given_again(world: World) -> None:
    order = paid_order(world)
    issue_refund(
        key="goodwill",
        reference_id=order.id,
        amount=Money(30_000_00, "UZS"),
        reason="GOODWILL",
        actor=SYSTEM,
        now=now(),
    )

    cancel(order, world.viewer())

    assert refunded() == [30_000_00, order.total_minor - 30_000_00]
    assert violations() == []


def test_delivered_order_is_not_cancelled(world: World) -> None:
    order = delivered_order(world)

    for actor, reason in (
        (world.viewer(), CancelReason.BY_BUYER),
        (owner(), CancelReason.BY_SELLER),
    ):
        with pytest.raises(MoveNotAllowed):
            cancel(order, actor, reason)
    assert refunded() == []
