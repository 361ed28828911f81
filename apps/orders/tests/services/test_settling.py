"""Receipt and release: who may, when by itself, and that the parts are those of docs/fulfilment.md."""

from datetime import timedelta

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, SYSTEM, Viewer
from apps.orders.models import Order, OrderLine
from apps.orders.selectors import order_grant
from apps.orders.services import cancelling, fulfilment, settling
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    delivered_order,
    fresh,
    owner,
    paid_orders,
    ship,
)
from apps.orders.tests.services.world import now
from apps.orders.types import CancelReason
from apps.payments.models import Settlement
from apps.payments.selectors import escrow_balance, seller_balances
from apps.payments.services.holds import hold_escrow, lift_hold
from apps.payments.services.refunds import issue_refund
from apps.payments.services.releasing import EscrowFrozen
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def receive(order: Order, viewer: Viewer) -> Order:
    found = settling.confirm_receipt(order_id=order.id, viewer=viewer, now=now())
    deliver_all()
    return found


def test_receipt_pays_the_seller_its_part(world: World) -> None:
    """200,000 of goods, 25,000 of delivery, commission 10 %, VAT 12 %: docs/fulfilment.md, example 1."""
    order = delivered_order(world, quantity=2)

    receive(order, world.viewer())

    order = fresh(order)
    assert order.released_at is not None
    assert order.release_due_at is None
    settlement = Settlement.objects.get(reference_id=order.id)
    assert settlement.seller == settlement.payout == Money(180_000_00, "UZS")
    assert settlement.commission == Money(17_857_14, "UZS")
    assert settlement.commission_vat == Money(2_142_86, "UZS")
    assert settlement.delivery == Money(22_321_43, "UZS")
    assert settlement.delivery_vat == Money(2_678_57, "UZS")
    assert settlement.available_at == settlement.released_at + timedelta(hours=48)
    assert not escrow_balance(order.id, "UZS")
    (balance,) = seller_balances(order.seller_id)
    assert balance.pending == Money(180_000_00, "UZS")
    assert violations() == []


def test_seller_of_another_currency_is_paid_at_its_own_prices(world: World) -> None:
    """990 roubles of goods, commission 10 %: the exchange account takes what rounding makes."""
    order = paid_orders(world, offers=(2,))[0]
    fulfilment.confirm_order(order_id=order.id, actor=owner(2), now=now())
    arrive(ship(order, actor=owner(2)))

    receive(order, world.viewer())

    settlement = Settlement.objects.get(reference_id=order.id)
    assert settlement.seller == Money(order.items_minor - order.commission_minor, "UZS")
    assert settlement.payout == Money(891_00, "RUB")
    assert violations() == []


def test_guest_confirms_by_the_link_and_strangers_do_not(world: World) -> None:
    order = delivered_order(world)
    strangers = [ANONYMOUS, owner(), world.viewer(make_user("other@people.example"))]

    for stranger in strangers:
        with pytest.raises(NotFound):
            receive(order, stranger)
    assert fresh(order).released_at is None
    receive(order, ANONYMOUS.with_grant(order_grant(order.group)))

    assert fresh(order).released_at is not None


def test_receipt_confirmed_twice_pays_once(world: World) -> None:
    order = delivered_order(world)
    receive(order, world.viewer())
    first = fresh(order).released_at

    receive(order, world.viewer())

    assert fresh(order).released_at == first
    assert Settlement.objects.count() == 1


def test_receipt_of_what_is_on_its_way_is_refused(world: World) -> None:
    order = confirmed_order(world)
    ship(order)

    with pytest.raises(MoveNotAllowed):
        receive(order, world.viewer())
    assert Settlement.objects.count() == 0


def test_term_that_passes_releases_by_itself(world: World) -> None:
    order = delivered_order(world)
    due = order.release_due_at
    assert due is not None

    assert settling.release_due(now=due - timedelta(seconds=1)) == 0
    assert settling.release_due(now=due) == 1
    assert settling.release_due(now=due + timedelta(days=1)) == 0

    assert fresh(order).released_at == due
    assert Settlement.objects.get().payout == Money(90_000_00, "UZS")
    assert violations() == []


def test_money_on_hold_waits_and_does_not_stop_the_others(world: World) -> None:
    held, free = delivered_order(world), delivered_order(world, offers=(1,))
    hold = hold_escrow(reference_id=held.id, actor=SYSTEM, reason="Dispute.", now=now())
    due = max(order.release_due_at for order in (held, free) if order.release_due_at)

    with pytest.raises(EscrowFrozen):
        receive(held, world.viewer())
    assert settling.release_due(now=due) == 1
    assert (fresh(held).released_at, fresh(free).released_at) == (None, due)
    lift_hold(hold_id=hold.id, actor=SYSTEM, reason="Solved.", now=now())

    assert settling.release_due(now=due) == 1
    assert fresh(held).released_at == due
    assert violations() == []


def test_cancelled_units_are_not_settled(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    line = OrderLine.objects.get(order=order)
    cancelling.cancel_units(
        order_id=order.id,
        items={line.id: 1},
        reason=CancelReason.OUT_OF_STOCK,
        actor=owner(),
        now=now(),
    )
    arrive(ship(order))

    receive(order, world.viewer())

    assert Settlement.objects.get().payout == Money(180_000_00, "UZS")
    assert violations() == []


def give(order: Order, minor: int) -> None:
    issue_refund(
        key=f"goodwill:{minor}",
        reference_id=order.id,
        amount=Money(minor, "UZS"),
        reason="GOODWILL",
        actor=SYSTEM,
        now=now(),
    )


def test_refund_before_the_release_lowers_the_seller_s_part_and_the_commission(
    world: World,
) -> None:
    """100,000 of goods of which 40,000 went back: docs/fulfilment.md, example 4."""
    order = delivered_order(world)
    give(order, 40_000_00)

    receive(order, world.viewer())

    settlement = Settlement.objects.get()
    assert settlement.payout == Money(54_000_00, "UZS")
    assert settlement.commission + settlement.commission_vat == Money(6_000_00, "UZS")
    assert settlement.delivery + settlement.delivery_vat == Money(25_000_00, "UZS")
    assert violations() == []


def test_order_that_was_refunded_whole_is_closed_without_a_settlement(world: World) -> None:
    order = delivered_order(world)
    give(order, order.total_minor)

    receive(order, world.viewer())

    assert fresh(order).released_at is not None
    assert Settlement.objects.count() == 0
    assert violations() == []
