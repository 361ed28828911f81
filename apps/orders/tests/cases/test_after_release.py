"""Returns and decisions after the seller was paid: the money comes from where it is now."""

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.orders.services.refunding import refundable
from apps.orders.tests.cases.test_disputing import decide
from apps.orders.tests.cases.world import accept, arrived, dispute, receive, refunds
from apps.orders.tests.services.fulfilling import delivered_order, fresh
from apps.orders.types import OrderStatus
from apps.orders.types_returns import DisputeState, ReturnReason, ReturnState
from apps.payments.models import Reversal
from apps.payments.selectors import is_held, seller_balances
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_one_of_two_units_comes_out_of_the_seller_s_and_our_part(world: World) -> None:
    """docs/returns.md, case 6: 100,000 back, of which 90,000 the seller's and 10,000 commission."""
    order = delivered_order(world, quantity=2)
    receive(world, order)

    case = accept(arrived(world, order))

    assert (case.state, case.refund) == (ReturnState.REFUNDED, Money(100_000_00, "UZS"))
    reversal = Reversal.objects.get()
    assert (reversal.seller_minor, reversal.delivery_minor) == (90_000_00, 0)
    assert reversal.commission_minor + reversal.commission_vat_minor == 10_000_00
    (balance,) = seller_balances(order.seller_id)
    assert balance.pending == Money(90_000_00, "UZS")
    assert fresh(order).status == OrderStatus.DELIVERED
    assert violations() == []


def test_everything_faulty_after_the_release_brings_the_delivery_too(world: World) -> None:
    order = delivered_order(world)
    receive(world, order)

    case = accept(arrived(world, order))

    assert case.refund == Money(125_000_00, "UZS")
    assert not refundable(order)
    assert fresh(order).status == OrderStatus.RETURNED
    assert violations() == []


def test_change_of_mind_after_the_release_leaves_the_delivery(world: World) -> None:
    order = delivered_order(world)
    receive(world, order)

    case = accept(arrived(world, order, reason=ReturnReason.CHANGED_MIND))

    assert case.refund == Money(100_000_00, "UZS")
    assert refundable(order) == Money(25_000_00, "UZS")
    assert fresh(order).status == OrderStatus.RETURNED
    assert violations() == []


def test_decision_after_the_release_takes_the_refund_back(world: World) -> None:
    """docs/returns.md, case 7."""
    order = delivered_order(world)
    receive(world, order)
    case = dispute(world, order, 50_000_00)
    assert (case.hold, is_held(order.id)) == (None, False)

    found = decide(case, 50_000_00)

    assert found.state == DisputeState.DECIDED
    assert refunds(order) == [50_000_00]
    assert Reversal.objects.get().seller_minor == 45_000_00
    assert violations() == []


def test_decision_after_the_release_for_the_seller_moves_nothing(world: World) -> None:
    order = delivered_order(world)
    receive(world, order)

    decide(dispute(world, order, 50_000_00), 0)

    assert refunds(order) == []
    assert violations() == []
