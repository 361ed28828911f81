"""An address that changes while the parcel leaves, while another change is confirmed, while money comes twice."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.invariants import violations
from apps.core.services.relay import deliver_all
from apps.logistics.models import Shipment
from apps.orders.models import AddressChange, Order, OrderGroup
from apps.orders.services import addressing, fulfilment
from apps.orders.tests.services.fulfilling import confirmed_order, fresh, owner
from apps.orders.tests.services.moving import (
    BUXORO,
    change,
    consent_to,
    delivery_costs,
    move,
    quoted,
    report_surcharge,
)
from apps.orders.tests.services.world import now
from apps.orders.tests.test_fulfilment_races import Meeting, at_once, unlocked, unlocked_lines
from apps.payments.models import Payment, Refund
from marketplace.tests.world import World, make_world

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]


def turn_locks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addressing, "locked_with_group", unlocked)
    monkeypatch.setattr(fulfilment, "locked_order", unlocked)
    for module in (addressing, fulfilment):
        monkeypatch.setattr(module, "locked_lines", unlocked_lines)


def cheaper(order: Order, world: World, **parts: Any) -> Callable[[], Any]:
    """The confirmation of a cheaper way that was quoted before anybody else moves."""
    place = BUXORO | parts
    consent = consent_to(quoted(order, world.viewer(), **place))
    return lambda: change(order, world.viewer(), consent=consent, **place)


def change_against_ship(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = confirmed_order(world)
    with Meeting("orders.change_address", "orders.ship", patience=patience):
        answers = at_once(
            cheaper(order, world),
            lambda: fulfilment.ship_order(order_id=order.id, actor=owner(), now=now()),
        )
    deliver_all()
    return fresh(order), answers


def test_parcel_goes_where_its_order_says_when_both_are_pressed_at_once() -> None:
    world = make_world(units=20)
    delivery_costs(10_000_00)
    for _ in range(5):
        order, answers = change_against_ship(world, patience=0.05)

        assert answers in (["", ""], ["orders.move_not_allowed", ""])
        assert Shipment.objects.get(reference_id=order.id).address == order.ship_to
    assert violations() == []


def test_change_against_ship_without_the_lock_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the parcel leaves for one address and the order names another."""
    world = make_world(units=20)
    delivery_costs(10_000_00)
    turn_locks_off(monkeypatch)

    order, answers = change_against_ship(world, patience=10)

    shipment = Shipment.objects.filter(reference_id=order.id).first()
    assert answers != ["", ""] or shipment is None or shipment.address != order.ship_to


def two_changes(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = confirmed_order(world)
    works = (cheaper(order, world), cheaper(order, world, house="2"))
    with Meeting("orders.change_address", patience=patience):
        answers = at_once(*works)
    return fresh(order), answers


def test_two_cheaper_addresses_at_once_give_the_difference_back_once() -> None:
    world = make_world(units=20)
    delivery_costs(10_000_00)

    order, answers = two_changes(world, patience=0.05)

    # The second finds the order in that zone already: another house costs nothing there.
    assert answers == ["", ""]
    assert (Refund.objects.get().amount_minor, order.delivery_minor) == (15_000_00, 10_000_00)
    assert violations() == []


def test_two_addresses_at_once_without_the_lock_give_it_back_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(units=20)
    delivery_costs(10_000_00)
    turn_locks_off(monkeypatch)

    two_changes(world, patience=10)

    assert Refund.objects.count() == 2
    assert violations() != []


def money_twice(world: World, *, patience: float) -> tuple[Order, list[str]]:
    """The provider's word comes twice, and two relays hand the fact on."""
    order = confirmed_order(world)
    made = move(order, world.viewer())
    at_once(lambda: report_surcharge(made), lambda: report_surcharge(made))
    payment = Payment.objects.get(reference_id=made.id)

    def accept() -> None:
        addressing.accept_surcharge(change_id=made.id, payment_id=payment.id, now=now())

    with Meeting("orders.accept_surcharge", patience=patience):
        return fresh(order), at_once(accept, accept)


def test_money_that_is_told_twice_at_once_moves_the_parcel_once() -> None:
    world = make_world(units=20)
    delivery_costs(40_000_00)

    order, answers = money_twice(world, patience=0.05)

    assert answers == ["", ""]
    assert fresh(order).total_minor == order.total_minor + 15_000_00
    assert OrderGroup.objects.get().total_minor == order.total_minor + 15_000_00
    assert AddressChange.objects.get().state == "APPLIED"
    assert violations() == []


def test_money_told_twice_without_the_lock_moves_it_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both see a change that waits and both move the order."""
    world = make_world(units=20)
    delivery_costs(40_000_00)
    turn_locks_off(monkeypatch)
    moved: list[Order] = []
    apply = addressing._apply

    def note_and_apply(order: Order, *given: Any) -> None:
        moved.append(order)
        apply(order, *given)

    monkeypatch.setattr(addressing, "_apply", note_and_apply)

    money_twice(world, patience=10)

    assert len(moved) == 2
