"""A dearer address: paid first, applied once; late money goes back; later refunds know all of it."""

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.documents.models import Document
from apps.notifications.models import Delivery
from apps.orders.models import AddressChange, Order
from apps.orders.services import addressing, cancelling, settling, surcharges
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.services.refunding import refund_goodwill, refundable
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    fresh,
    later,
    owner,
    paid_order,
    ship,
)
from apps.orders.tests.services.moving import (
    BUXORO,
    change,
    delivery_costs,
    move,
    report_surcharge,
    surcharge_captured,
)
from apps.orders.tests.services.world import now
from apps.orders.types import AddressChangeState, CancelReason
from apps.payments.models import PaymentAttempt, Refund, Settlement
from apps.payments.selectors import escrow_balance
from apps.payments.services.paying import PaymentAlreadyCaptured
from apps.payments.services.refund_sending import settle_refund
from apps.payments.types import RefundState
from marketplace.tests.world import ADDRESS, World, make_world

pytestmark = pytest.mark.django_db
MORE = 15_000_00


@pytest.fixture
def world() -> World:
    made = make_world()
    delivery_costs(40_000_00)
    return made


def state(change: AddressChange) -> AddressChangeState:
    return AddressChangeState(AddressChange.objects.get(id=change.id).state)


def refunds(order: Order) -> list[tuple[str, int]]:
    rows = Refund.objects.filter(allocation__reference_id=order.id).order_by("key")
    return [(row.payment.reference_type, row.amount_minor) for row in rows]


def pay_back(order: Order) -> None:
    for refund in Refund.objects.filter(allocation__reference_id=order.id):
        settle_refund(refund_id=refund.id, state=RefundState.SUCCEEDED, failure_code="", now=now())
    deliver_all()


def test_parcel_goes_to_a_dearer_address_only_when_the_difference_is_paid(world: World) -> None:
    order = confirmed_order(world, offers=(0, 2))
    made = move(order, world.viewer())
    before = fresh(order)

    surcharge_captured(made)
    report_surcharge(made)
    deliver_all()

    after = fresh(order)
    assert (before.address, before.total) == (None, order.total)
    assert after.ship_to["city"] == "Buxoro"
    assert after.total_minor == order.total_minor + MORE
    assert after.group.total_minor == order.group.total_minor + MORE
    assert escrow_balance(order.id, "UZS") == after.total
    assert state(made) == AddressChangeState.APPLIED
    receipts = Document.objects.filter(order=order).order_by("serial")
    assert [paper.facts["total_minor"] for paper in receipts] == [order.total_minor, MORE]
    assert violations() == []


def test_surcharge_is_settled_as_delivery(world: World) -> None:
    order = confirmed_order(world)
    surcharge_captured(move(order, world.viewer()))
    arrive(ship(order))

    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    settled = Settlement.objects.get(reference_id=order.id)
    assert settled.delivery_minor + settled.delivery_vat_minor == 40_000_00
    assert settled.seller_minor == 90_000_00
    refund_goodwill(
        order_id=order.id,
        amount=Money(130_000_00, "UZS"),
        key="g",
        actor=SYSTEM,
        now=now(),
        why="Late",
    )
    assert refunds(order) == [("address_change", MORE), ("order_group", 115_000_00)]
    assert refundable(fresh(order)).minor == 10_000_00
    assert violations() == []


def test_cancelled_order_gives_the_surcharge_back_with_its_own_receipt(world: World) -> None:
    order = paid_order(world)
    surcharge_captured(move(order, world.viewer()))

    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )
    pay_back(order)

    assert refunds(order) == [("address_change", MORE), ("order_group", order.total_minor)]
    papers = Document.objects.filter(order=order, kind="REFUND_RECEIPT")
    receipts = dict(
        Document.objects.filter(order=order, kind="RECEIPT").values_list("number", "subject_type")
    )
    assert {receipts[paper.facts["receipt"]]: paper.facts["paid_minor"] for paper in papers} == {
        "payment": MORE,
        "order": order.total_minor,
    }
    assert Delivery.objects.filter(kind="order_refunded").count() == 2
    assert violations() == []


def test_way_back_to_a_cheaper_address_returns_the_surcharge(world: World) -> None:
    order = paid_order(world)
    surcharge_captured(move(order, world.viewer()))

    move(order, world.viewer(), house="99")

    assert refunds(order) == [("address_change", MORE)]
    assert fresh(order).total == order.total
    assert violations() == []


def test_surcharge_that_nobody_pays_ends_and_leaves_the_old_address(world: World) -> None:
    order = paid_order(world)
    made = move(order, world.viewer())

    assert surcharges.expire_waiting(now=later(minutes=29)) == 0
    assert surcharges.expire_waiting(now=later(minutes=31)) == 1

    assert (state(made), fresh(order).address) == (AddressChangeState.EXPIRED, None)
    with pytest.raises(MoveNotAllowed):
        surcharges.pay_surcharge(
            order_id=order.id, return_url="http://shop.test/", viewer=world.viewer(), now=now()
        )


@pytest.mark.parametrize("what", ["expired", "shipped", "cancelled", "replaced", "released"])
def test_money_that_comes_too_late_goes_back_by_itself(world: World, what: str) -> None:
    order = confirmed_order(world)
    made = move(order, world.viewer())
    address = fresh(order).ship_to
    if what == "expired":
        surcharges.expire_waiting(now=later(hours=1))
    elif what == "cancelled":
        cancelling.cancel_order(
            order_id=order.id, reason=CancelReason.OUT_OF_STOCK, actor=owner(), now=now()
        )
    elif what == "replaced":
        change(order, world.viewer(), house="77")
        address = fresh(order).ship_to
    else:
        arrive(ship(order))
    if what == "released":
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    surcharge_captured(made)
    addressing.accept_surcharge(
        change_id=made.id,
        payment_id=PaymentAttempt.objects.get(payment__reference_id=made.id).payment_id,
        now=now(),
    )

    assert refunds(order)[0] == ("address_change", MORE)
    assert len(refunds(order)) == (2 if what == "cancelled" else 1)
    assert (fresh(order).ship_to, fresh(order).delivery_minor) == (address, order.delivery_minor)
    assert state(made) in {AddressChangeState.DROPPED, AddressChangeState.EXPIRED}
    assert violations() == []


def test_money_that_a_cancellation_took_along_does_not_go_back_twice(world: World) -> None:
    order = paid_order(world)
    made = move(order, world.viewer())
    report_surcharge(made)
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )

    deliver_all()

    assert refunds(order) == [("address_change", MORE), ("order_group", order.total_minor)]
    assert violations() == []


def test_repeat_returns_the_change_that_waits_and_another_takes_its_place(world: World) -> None:
    order = paid_order(world)
    first = move(order, world.viewer())

    again = change(order, world.viewer(), **BUXORO)
    second = move(order, world.viewer(), **BUXORO | {"house": "2"})
    dropped = change(order, world.viewer())

    assert again == first
    assert dropped is None
    assert (state(first), state(second)) == (AddressChangeState.DROPPED,) * 2
    assert fresh(order).ship_to == ADDRESS


def test_parcel_that_leaves_first_ends_the_change(world: World) -> None:
    order = confirmed_order(world)
    made = move(order, world.viewer())

    shipment = ship(order)

    assert state(made) == AddressChangeState.DROPPED
    assert shipment.address["city"] == "Toshkent"


def test_surcharge_is_paid_again_by_its_buyer_alone_while_it_waits(world: World) -> None:
    order = paid_order(world)
    made = move(order, world.viewer())
    given = {"order_id": order.id, "return_url": "http://shop.test/", "now": now()}

    attempt = surcharges.pay_surcharge(viewer=world.viewer(), **given)

    assert attempt == PaymentAttempt.objects.get(payment__reference_id=made.id)
    with pytest.raises(NotFound):
        surcharges.pay_surcharge(viewer=owner(), **given)
    report_surcharge(made)
    with pytest.raises(PaymentAlreadyCaptured):
        surcharges.pay_surcharge(viewer=world.viewer(), **given)
