"""Whatever is asked, refused, accepted and decided: not a minor unit appears or is lost."""

import contextlib
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.orders.models import Dispute, Order, OrderLine, Return
from apps.orders.services import arbitrating, disputing, inspecting, returning, settling
from apps.orders.services.refunding import refundable
from apps.orders.tests.cases.world import line_of
from apps.orders.tests.services.fulfilling import delivered_order, fresh, owner
from apps.orders.tests.services.world import now, units
from apps.orders.types_returns import (
    OPEN_DISPUTES,
    OPEN_RETURNS,
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Verdict,
    Words,
)
from apps.payments.models import PaymentAllocation
from marketplace.tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(1, 3), st.sampled_from(["FAULTY", "CHANGED_MIND"])),
        st.tuples(st.just("inspect"), st.integers(0, 3), st.sampled_from(["RESTOCK", "WRITE_OFF"])),
        st.tuples(st.just("dispute"), st.integers(1, 325_000_00), st.just("")),
        st.tuples(st.just("decide"), st.integers(0, 325_000_00), st.just("")),
        st.tuples(st.just("receive"), st.just(0), st.just("")),
        st.tuples(st.just("withdraw"), st.just(0), st.just("")),
    ),
    min_size=3,
    max_size=9,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_money_and_units_are_conserved(steps: list[tuple[str, int, str]]) -> None:
    world = _world()
    stock = units(world)[0]
    order = delivered_order(world, quantity=3)

    for step, number, word in steps:
        with contextlib.suppress(DomainError):
            _take(world, order, step, number, word)

    line = OrderLine.objects.get(order=order)
    paid = PaymentAllocation.objects.get(reference_id=order.id)
    assert paid.refunded_minor + refundable(order).minor == order.total_minor
    written_off = _written_off(order)
    assert units(world)[0] == stock - 3 + line.sent_back_quantity - written_off
    assert violations() == []


_KEPT: dict[str, Any] = {}


def _world() -> World:
    """One world an example: the test's transaction goes on from example to example."""
    from apps.sellers.models import Seller

    if "world" not in _KEPT or not Seller.objects.filter(id=_KEPT["world"].sellers[0].id).exists():
        _KEPT["world"] = make_world(units=500)
    world: World = _KEPT["world"]
    return world


def _take(world: World, order: Order, step: str, number: int, word: str) -> None:
    buyer, moment = world.viewer(), now()
    case = Return.objects.filter(order=order, state__in=OPEN_RETURNS).first()
    found = Dispute.objects.filter(order=order, state__in=OPEN_DISPUTES).first()
    if step == "ask":
        made = returning.request_return(
            order_id=order.id,
            request=ReturnRequest({line_of(order).id: number}, ReturnReason(word), uuid4().hex),
            actor=buyer,
            now=moment,
        )
        returning.approve_return(return_id=made.id, actor=owner(), now=moment)
        inspecting.mark_received(return_id=made.id, actor=owner(), now=moment)
    elif step == "inspect" and case:
        verdicts = [
            Verdict(row.line_id, min(number, row.quantity), Condition(word), "Seen.")
            for row in case.lines.all()
        ]
        inspecting.inspect_return(return_id=case.id, verdicts=verdicts, actor=owner(), now=moment)
    elif step == "dispute":
        disputing.open_dispute(
            order_id=order.id,
            reason=DisputeReason.NOT_AS_DESCRIBED,
            wanted=Money(number, "UZS"),
            words=Words("Not so.", uuid4().hex),
            actor=buyer,
            now=moment,
        )
    elif step == "decide" and found:
        arbitrating.decide_dispute(
            dispute_id=found.id, refund=Money(number, "UZS"), text="So.", actor=SYSTEM, now=moment
        )
    elif step == "withdraw" and found:
        disputing.withdraw_dispute(dispute_id=found.id, actor=buyer, now=moment)
    elif step == "receive":
        settling.confirm_receipt(order_id=order.id, viewer=buyer, now=moment)


def _written_off(order: Order) -> int:
    cases = Return.objects.filter(order=order, state="REFUNDED").prefetch_related("lines")
    rows = [row for case in cases for row in case.lines.all()]
    assert fresh(order).id == order.id
    return sum(row.accepted_quantity or 0 for row in rows if row.condition == "WRITE_OFF")
