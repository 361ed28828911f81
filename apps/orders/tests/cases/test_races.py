"""Two hands at once on returns and disputes, each with its control: the lock taken out."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.orders.models import Dispute, Order, OrderLine, Return
from apps.orders.services import (
    arbitrating,
    disputing,
    inspecting,
    returning,
    settling,
)
from apps.orders.tests.cases.test_disputing import arbiter
from apps.orders.tests.cases.world import after, arrived, dispute, line_of
from apps.orders.tests.services.fulfilling import delivered_order, fresh, owner
from apps.orders.tests.services.world import now
from apps.orders.tests.test_fulfilment_races import Meeting, at_once, unlocked, unlocked_lines
from apps.orders.types_returns import (
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Verdict,
    Words,
)
from apps.payments.models import JournalEntry, Refund
from apps.payments.selectors import escrow_balance
from marketplace.tests.world import World, make_world

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]


def turn_locks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (returning, disputing, settling):
        monkeypatch.setattr(module, "locked_order", unlocked)
    for module in (returning, inspecting, arbitrating):
        monkeypatch.setattr(module, "locked_lines", unlocked_lines)


def asking(world: World, order: Order) -> Callable[[], Any]:
    line_id = line_of(order).id

    def ask() -> None:
        request = ReturnRequest(items={line_id: 1}, reason=ReturnReason.FAULTY, key=uuid4().hex)
        returning.request_return(
            order_id=order.id, request=request, actor=world.viewer(), now=now()
        )

    return ask


def ask_twice(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = delivered_order(world)
    with Meeting("orders.request_return", patience=patience):
        answers = at_once(asking(world, order), asking(world, order))
    deliver_all()
    return order, answers


def test_one_unit_is_asked_for_once_when_both_forms_come_at_once() -> None:
    world = make_world(units=20)
    for _ in range(3):
        order, answers = ask_twice(world, patience=0.05)

        assert sorted(answers) == ["", "orders.units_unavailable"]
        assert Return.objects.filter(order=order).count() == 1
    assert violations() == []


def test_one_unit_without_the_order_s_lock_is_in_two_returns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world()
    turn_locks_off(monkeypatch)

    order, answers = ask_twice(world, patience=10)

    assert answers == ["", ""]
    assert Return.objects.filter(order=order).count() == 2
    assert {row.invariant for row in violations()} == {"orders.unit_is_in_one_return"}


def inspecting_all(case: Return) -> Callable[[], Any]:
    verdicts = [Verdict(row.line_id, row.quantity, Condition.RESTOCK) for row in case.lines.all()]

    def inspect() -> None:
        inspecting.inspect_return(return_id=case.id, verdicts=verdicts, actor=owner(), now=now())

    return inspect


def inspect_twice(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = delivered_order(world, quantity=2)
    case = arrived(world, order)
    with Meeting("orders.inspect_return", patience=patience):
        answers = at_once(inspecting_all(case), inspecting_all(case))
    deliver_all()
    return order, answers


def test_inspection_pressed_twice_refunds_once() -> None:
    world = make_world(units=20)
    for _ in range(3):
        order, answers = inspect_twice(world, patience=0.05)

        assert answers == ["", ""]
        assert OrderLine.objects.get(order=order).sent_back_quantity == 1
        assert Refund.objects.filter(allocation__reference_id=order.id).count() == 1
    assert violations() == []


def test_inspection_pressed_twice_without_the_lock_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world()
    turn_locks_off(monkeypatch)

    _order, answers = inspect_twice(world, patience=10)

    assert answers != ["", ""] or violations() != []


def release_against(
    world: World, order: Order, point: str, *, patience: float
) -> tuple[list[str], bool]:
    """Open a case while the clock releases; tell the answers, and whether both passed their checks."""
    works = {"orders.open_dispute": opening, "orders.request_return": asking}
    at = after(order.release_due_at)
    meeting = Meeting(point, "orders.release_due", patience=patience)
    with meeting:
        answers = at_once(works[point](world, order), lambda: settling.release_due(now=at))
    deliver_all()
    return answers, not meeting.barrier.broken


def opening(world: World, order: Order) -> Callable[[], Any]:
    def dispute_it() -> None:
        disputing.open_dispute(
            order_id=order.id,
            reason=DisputeReason.NOT_AS_DESCRIBED,
            wanted=Money(100_000_00, "UZS"),
            words=Words("Blue.", uuid4().hex),
            actor=world.viewer(),
            now=now(),
        )

    return dispute_it


POINTS = ("orders.open_dispute", "orders.request_return")


@pytest.mark.parametrize("point", POINTS)
def test_case_and_release_at_once_are_one_after_the_other(point: str) -> None:
    world = make_world(units=20)
    for _ in range(3):
        order = delivered_order(world)

        answers, has_crossed = release_against(world, order, point, patience=0.05)

        assert (answers, has_crossed) == (["", ""], False)
        released = fresh(order).released_at is not None
        assert bool(escrow_balance(order.id, "UZS")) == (not released)
        for case in Dispute.objects.filter(order=order):
            assert released == (case.hold_id is None)
        opened = Dispute.objects.filter(order=order).count() + order.returns.count()
        assert opened == 1
    assert violations() == []


@pytest.mark.parametrize("point", POINTS)
def test_case_and_release_without_the_order_s_lock_both_pass_their_checks(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what one of them read is no longer true when the other goes on."""
    world = make_world()
    turn_locks_off(monkeypatch)

    _answers, has_crossed = release_against(world, delivered_order(world), point, patience=10)

    assert has_crossed


def decide_twice(world: World, *, patience: float) -> tuple[Order, list[str]]:
    order = delivered_order(world)
    case, judge = dispute(world, order), arbiter_once()

    def decide(minor: int) -> Callable[[], Any]:
        return lambda: arbitrating.decide_dispute(
            dispute_id=case.id,
            refund=Money(minor, "UZS"),
            text="Half.",
            actor=judge,
            now=now(),
        )

    with Meeting("orders.decide_dispute", patience=patience):
        answers = at_once(decide(50_000_00), decide(60_000_00))
    deliver_all()
    return order, answers


def arbiter_once() -> Any:
    from apps.accounts.models import User
    from apps.core.viewer import viewer_of

    found = User.objects.filter(email="arbiter@staff.example").first()
    return viewer_of(found) if found else arbiter()


def test_two_decisions_at_once_are_one() -> None:
    world = make_world(units=20)
    for _ in range(3):
        order, answers = decide_twice(world, patience=0.05)

        assert sorted(answers) == ["", "orders.dispute_move_not_allowed"]
        key = f"order:{order.id}:release"
        assert JournalEntry.objects.filter(key=key).count() == 1
    assert violations() == []


def test_two_decisions_without_the_order_s_lock_do_not_refuse_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both pass the check; the ledger's own lock is what stops the second."""
    world = make_world()
    turn_locks_off(monkeypatch)

    _order, answers = decide_twice(world, patience=10)

    assert sorted(answers) != ["", "orders.dispute_move_not_allowed"]
