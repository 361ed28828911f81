"""Two hands at once: cancel against ship, receipt against receipt; each with its control."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.pauses import set_pause
from apps.core.services.relay import deliver_all
from apps.logistics.models import Shipment
from apps.orders.models import Order
from apps.orders.services import access, cancelling, fulfilment, settling
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    owner,
    quantities,
)
from apps.orders.tests.services.world import now, units
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.models import Refund, Settlement
from marketplace.tests.world import World, make_world

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]


class Meeting:
    """A pause point at which two threads wait for each other, or for `patience` seconds."""

    def __init__(self, *points: str, patience: float) -> None:
        self.points = points
        self.barrier = threading.Barrier(2)
        self.patience = patience

    def __enter__(self) -> None:
        for point in self.points:
            set_pause(point, self.wait)

    def __exit__(self, *error: object) -> None:
        for point in self.points:
            set_pause(point, None)

    def wait(self) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(self.patience)


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Run the works in threads; return "" or the code of the refusal of each."""
    answers = [""] * len(works)
    start = threading.Barrier(len(works))

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            work()
        except DomainError as refusal:
            answers[index] = refusal.code
        except Exception as error:  # noqa: BLE001  a race without its lock may end in any of them
            answers[index] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def unlocked(order_id: Any) -> Order:
    return Order.objects.select_related("group", "seller").get(id=order_id)


def unlocked_lines(order: Order) -> list[Any]:
    return list(order.lines.order_by("id"))


def turn_locks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cancelling, fulfilment, settling):
        monkeypatch.setattr(module, "locked_order", unlocked)
    for module in (cancelling, fulfilment):
        monkeypatch.setattr(module, "locked_lines", unlocked_lines)
    assert access.locked_order is not unlocked


def cancel_against_ship(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = confirmed_order(world, quantity=2)
    with Meeting("orders.cancel", "orders.ship", patience=patience):
        answers = at_once(
            lambda: cancelling.cancel_order(
                order_id=order.id,
                reason=CancelReason.BY_BUYER,
                actor=world.viewer(),
                now=now(),
            ),
            lambda: fulfilment.ship_order(order_id=order.id, actor=owner(), now=now()),
        )
    deliver_all()
    return fresh(order), answers


def test_order_is_cancelled_or_shipped_when_both_are_pressed_at_once() -> None:
    world = make_world(units=20)
    for _ in range(10):
        before = units(world)[0]
        order, answers = cancel_against_ship(world, patience=0.05)

        assert sorted(answers) == ["", "orders.move_not_allowed"]
        if order.status == OrderStatus.CANCELLED:
            assert quantities(order) == [(0, 0, 2, 0)]
            assert not Shipment.objects.filter(reference_id=order.id).exists()
            assert units(world)[0] == before
        else:
            assert order.status == OrderStatus.SHIPPED
            assert quantities(order) == [(2, 0, 0, 0)]
            assert not Refund.objects.filter(allocation__reference_id=order.id).exists()
            assert units(world)[0] == before - 2
    assert violations() == []


def test_cancel_against_ship_without_the_order_s_lock_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with the lock off both get past their checks, and something breaks."""
    world = make_world(units=20)
    turn_locks_off(monkeypatch)

    _order, answers = cancel_against_ship(world, patience=10)

    assert sorted(answers) != ["", "orders.move_not_allowed"]


def receive_twice(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = delivered_order(world)

    def receive() -> None:
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    with Meeting("orders.confirm_receipt", patience=patience):
        answers = at_once(receive, receive)
    deliver_all()
    return fresh(order), answers


def released(order: Order) -> int:
    """How often the order's own books say that it was released."""
    return AuditEntry.objects.filter(action="orders.release", target_id=str(order.id)).count()


def test_receipt_confirmed_twice_at_once_pays_once() -> None:
    world = make_world(units=20)
    for _ in range(5):
        order, answers = receive_twice(world, patience=0.05)

        assert answers == ["", ""]
        assert released(order) == 1
        assert Settlement.objects.filter(reference_id=order.id).count() == 1
    assert violations() == []


def test_receipt_confirmed_twice_without_the_order_s_lock_is_released_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the ledger still pays once, but the order is settled by both."""
    world = make_world()
    turn_locks_off(monkeypatch)

    order, answers = receive_twice(world, patience=10)

    assert (answers, released(order)) != (["", ""], 1)
    assert Settlement.objects.filter(reference_id=order.id).count() == 1


def test_receipt_against_the_sweeper_pays_once() -> None:
    world = make_world(units=20)
    for _ in range(5):
        order = delivered_order(world)
        due = order.release_due_at
        assert due is not None
        at = due + timedelta(seconds=1)

        answers = at_once(
            lambda order=order: settling.confirm_receipt(  # type: ignore[misc]
                order_id=order.id, viewer=world.viewer(), now=now()
            ),
            lambda at=at: settling.release_due(now=at),  # type: ignore[misc]
        )

        assert answers == ["", ""]
        assert released(order) == 1
    assert violations() == []
