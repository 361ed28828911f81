"""Paid, expired, cancelled; money that comes late."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.orders.models import OrderGroup
from apps.orders.services import lifecycle, paying
from apps.orders.tests.services.world import capture, now, pay, place, units
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.models import Payment, Refund
from apps.payments.services import settling
from apps.payments.services.paying import call_provider
from apps.sandbox.stripe.testing import Payer, RunningSandbox, running_sandbox
from marketplace.tests.world import make_user, make_world


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


def expire(group: OrderGroup) -> bool:
    return lifecycle.expire_hold(group_id=group.id, now=group.hold_expires_at)


@pytest.mark.django_db
def test_payment_sells_the_held_units() -> None:
    world = make_world()
    group = place(world, quantity=2)

    capture(pay(world, group).id, group)
    deliver_all()

    group.refresh_from_db()
    assert group.status == GroupStatus.PAID
    assert units(world) == (8, 0)
    assert expire(group) is False
    assert violations() == []


@pytest.mark.django_db
def test_abandoned_payment_expires_and_returns_the_units(sandbox: RunningSandbox) -> None:
    world = make_world()
    group = place(world, quantity=2)
    attempt = pay(world, group)
    call_provider(attempt_id=attempt.id, now=now())
    attempt.refresh_from_db()
    Payer(attempt.redirect_url).go_back()

    assert lifecycle.sweep(now=group.hold_expires_at - timedelta(seconds=1)) == 0
    assert lifecycle.sweep(now=group.hold_expires_at) == 1
    settling.close_session(attempt_id=attempt.id, now=now())

    group.refresh_from_db()
    assert group.status == GroupStatus.EXPIRED
    assert units(world) == (10, 0)
    assert "page is closed" in Payer(attempt.redirect_url).pay().text
    assert sandbox.charged() == []
    assert violations() == []


@pytest.mark.django_db
def test_money_after_the_expiry_takes_new_units_when_there_are_some() -> None:
    world = make_world()
    group = place(world, quantity=2)
    attempt = pay(world, group)
    expire(group)
    assert units(world) == (10, 0)

    capture(attempt.id, group)
    deliver_all()

    group.refresh_from_db()
    assert group.status == GroupStatus.PAID
    assert units(world) == (8, 0)
    assert Refund.objects.count() == 0
    assert violations() == []


@pytest.mark.django_db
def test_money_after_the_expiry_goes_back_when_the_goods_are_gone() -> None:
    world = make_world(units=2)
    group = place(world, offers=(0, 2), quantity=2)
    attempt = pay(world, group)
    expire(group)
    rival = make_user("rival@people.example")
    place(world, viewer=world.viewer(rival))

    capture(attempt.id, group)
    deliver_all()

    group.refresh_from_db()
    assert (group.status, group.cancel_reason) == (GroupStatus.CANCELLED, CancelReason.SOLD_OUT)
    assert {order.status for order in group.orders.all()} == {OrderStatus.CANCELLED}
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == sorted(
        group.orders.values_list("total_minor", flat=True)
    )
    # The rival's unit is held; the group's other line was given back too.
    assert units(world, 2) == (2, 0)
    assert violations() == []


@pytest.mark.django_db
def test_money_for_a_cancelled_group_is_refunded_once() -> None:
    world = make_world()
    group = place(world)
    attempt = pay(world, group)
    lifecycle.cancel_unpaid(
        group_id=group.id, reason=CancelReason.BY_BUYER, actor=SYSTEM, now=now()
    )
    assert units(world) == (10, 0)

    capture(attempt.id, group)
    deliver_all()
    lifecycle.accept_payment(group_id=group.id, now=now())

    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [group.total_minor]
    assert violations() == []


@pytest.mark.django_db
def test_expired_group_that_is_paid_after_all_holds_its_goods_again() -> None:
    world = make_world()
    group = place(world, quantity=2)
    expire(group)

    pay(world, group)

    group.refresh_from_db()
    assert (group.status, group.expired_at) == (GroupStatus.AWAITING_PAYMENT, None)
    assert units(world) == (10, 2)


@pytest.mark.django_db
def test_group_that_stays_unpaid_is_cancelled_for_good() -> None:
    world = make_world()
    group = place(world)
    expire(group)
    group.refresh_from_db()
    assert group.expired_at is not None

    assert lifecycle.sweep(now=group.expired_at + lifecycle.LATE_PAYMENT) == 1

    group.refresh_from_db()
    assert (group.status, group.cancel_reason) == (GroupStatus.CANCELLED, CancelReason.NOT_PAID)
    with pytest.raises(lifecycle.MoveNotAllowed):
        pay(world, group)


@pytest.mark.django_db
def test_paid_group_cannot_be_cancelled_as_unpaid() -> None:
    world = make_world()
    group = place(world)
    capture(pay(world, group).id, group)
    deliver_all()

    with pytest.raises(lifecycle.MoveNotAllowed):
        lifecycle.cancel_unpaid(
            group_id=group.id, reason=CancelReason.BY_BUYER, actor=SYSTEM, now=now()
        )
    assert units(world) == (9, 0)
    assert Refund.objects.count() == 0


@pytest.mark.django_db
def test_stranger_cannot_pay_for_a_group() -> None:
    world = make_world()
    group = place(world)
    stranger = make_user("stranger@people.example")

    with pytest.raises(NotFound):
        paying.pay(
            viewer=world.viewer(stranger), group_id=group.id, return_url="http://x/", now=now()
        )
    assert Payment.objects.count() == 0


@pytest.mark.django_db
def test_late_money_after_a_rival_took_the_last_unit_never_sells_it_twice() -> None:
    world = make_world(units=1)
    late = place(world)
    attempt = pay(world, late)
    expire(late)
    rival = make_user("rival@people.example")
    place(world, viewer=world.viewer(rival))
    capture(attempt.id, late)

    deliver_all()

    late.refresh_from_db()
    assert late.status == GroupStatus.CANCELLED
    assert units(world) == (1, 1)
    assert violations() == []
