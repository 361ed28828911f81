"""Paid, expired, cancelled; money that comes late; the race of expiry and payment (R03)."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from apps.catalog.models import Reservation
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.pauses import set_pause
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.orders.models import Order, OrderGroup
from apps.orders.services import lifecycle, paying
from apps.orders.tests.services.world import capture, now, pay, place, units
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.models import Payment, Refund
from apps.payments.services import settling
from apps.payments.services.paying import call_provider
from apps.sandbox.stripe.testing import Payer, RunningSandbox, running_sandbox
from marketplace.tests.world import World, make_user, make_world


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


# R03: the hold expires while the success webhook lands.

RACES_IN_CI = 40


def one_race(world: World, chance: random.Random) -> OrderGroup:
    group = place(world)
    capture(pay(world, group).id, group)
    barrier = Barrier(2)
    jitters = [chance.uniform(0, 0.05) for _ in range(2)]

    def run(action: Any, jitter: float) -> None:
        try:
            barrier.wait(20)
            time.sleep(jitter)
            action()
        finally:
            connections.close_all()

    racers = [
        Thread(target=run, args=(action, jitter))
        for action, jitter in zip(
            (
                lambda: lifecycle.accept_payment(group_id=group.id, now=now()),
                lambda: expire(group),
            ),
            jitters,
            strict=True,
        )
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    group.refresh_from_db()
    return group


def race_many(count: int, *, seed: int) -> list[str]:
    """Run races on a stock that is enough; return what went wrong."""
    world = make_world(units=count)
    chance = random.Random(seed)
    set_pause("orders.accept_payment", lambda: time.sleep(chance.uniform(0, 0.03)))
    set_pause("orders.expire_hold", lambda: time.sleep(chance.uniform(0, 0.03)))
    wrong = []
    try:
        for number in range(count):
            group = one_race(world, chance)
            if group.status != GroupStatus.PAID:
                wrong.append(f"{number}: {group.status}")
    finally:
        set_pause("orders.accept_payment", None)
        set_pause("orders.expire_hold", None)
    if units(world) != (0, 0):
        wrong.append(f"units {units(world)}")
    sold = Reservation.objects.filter(state=Reservation.State.CONSUMED).count()
    if sold != count:
        wrong.append(f"{sold} of {count} sold")
    if Order.objects.exclude(status=OrderStatus.PAID).exists():
        wrong.append("an order is stuck")
    return wrong + [str(violation) for violation in violations()]


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("committed_db")
def test_payment_against_expiry_sells_every_unit_once() -> None:
    assert race_many(RACES_IN_CI, seed=3) == []


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("committed_db")
def test_payment_against_expiry_in_full_sells_every_unit_once() -> None:
    assert race_many(500, seed=3) == []


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("committed_db")
def test_payment_against_expiry_without_the_group_s_lock_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with the guard off the same race must be seen to fail."""

    def unlocked(group_id: Any) -> tuple[OrderGroup, list[Order]]:
        group = OrderGroup.objects.get(id=group_id)
        return group, list(group.orders.order_by("id"))

    monkeypatch.setattr(lifecycle, "_locked_group", unlocked)

    assert race_many(RACES_IN_CI, seed=3) != []


@pytest.mark.usefixtures("committed_db")
def test_late_money_in_a_race_for_the_last_unit_never_sells_it_twice() -> None:
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
