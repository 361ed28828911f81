"""Twenty refunds at once that ask for twice the money: what is paid out never exceeds what came in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from apps.core.errors import Busy
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import PaymentAllocation, Refund
from apps.payments.services import allocating, ledger, refund_sending, refunds
from apps.payments.services.releasing import release_escrow
from apps.payments.tests.world import (
    FIRST,
    assert_consistent,
    now,
    paid_purchase,
    refund,
)
from apps.payments.types import Release, Split
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.usefixtures("committed_db")
RACERS = 20
PART = FIRST.minor // 10


def race(purchase: Any, taken: Split | None = None) -> list[str]:
    barrier = Barrier(RACERS)

    def one(number: int) -> str:
        barrier.wait(20)
        try:
            made = refund(purchase, f"race:{number}", PART, taken_back=taken)
            refund_sending.call_refund(refund_id=made.id, now=now())
        except refunds.RefundExceedsPayment:
            return "refused"
        except (Busy, IntegrityError, ledger.InsufficientFunds) as error:
            return type(error).__name__
        else:
            return "paid"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RACERS) as pool:
        return sorted(pool.map(one, range(RACERS)))


def test_refunds_at_once_for_twice_the_money_pay_it_once(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()

    outcomes = race(purchase)

    assert outcomes == ["paid"] * 10 + ["refused"] * 10
    assert purchase.payment.refunded_minor == FIRST.minor
    assert Refund.objects.count() == 10
    assert sandbox.refunded_minor() == FIRST.minor
    assert ledger.balance(ledger.escrow(purchase.payees[0]), "UZS").minor == 0
    assert_consistent()


def test_without_the_lock_the_database_still_refuses_but_not_in_words(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the lock is what turns the race into clean refusals."""
    purchase = paid_purchase()
    monkeypatch.setattr(allocating, "lock_rows", lambda rows, **_: list(rows))
    _widen(monkeypatch)

    outcomes = race(purchase)

    assert set(outcomes) - {"paid", "refused"}, "the lock was taken out and nothing was noticed"
    assert sandbox.refunded_minor() <= FIRST.minor


def _widen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every racer between its check and its write until all have checked."""
    barrier = Barrier(RACERS)
    create = Refund.objects.create

    def wait_and_create(**values: Any) -> Refund:
        barrier.wait(20)
        return create(**values)

    monkeypatch.setattr(Refund.objects, "create", wait_and_create)


def test_refunds_of_released_money_at_once_take_it_back_once(sandbox: RunningSandbox) -> None:
    """Ten of twenty fit: the seller has none of it left, and owes nothing."""
    purchase = paid_purchase()
    payee = purchase.payees[0]
    nothing = Money.zero("UZS")
    allocation = PaymentAllocation.objects.get(reference_id=payee)
    parts = Split(nothing, nothing, nothing, nothing, FIRST, FIRST)
    release_escrow(
        release=Release(payee, allocation.payee_id, *parts.amounts, available_at=now()),
        actor=SYSTEM,
        now=now(),
    )
    part = Split(*[nothing] * 4, Money(PART, "UZS"), Money(PART, "UZS"))

    outcomes = race(purchase, part)

    assert outcomes == ["paid"] * 10 + ["refused"] * 10
    assert sandbox.refunded_minor() == FIRST.minor
    assert ledger.balance(ledger.seller_pending(allocation.payee_id), "UZS").minor == 0
    assert ledger.balance(ledger.seller_receivable(allocation.payee_id), "UZS").minor == 0
    assert_consistent()


def test_two_workers_with_one_refund_pay_it_once(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", PART)

    def call(_number: int) -> None:
        try:
            refund_sending.call_refund(refund_id=made.id, now=now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(4)))
    refund_sending.settle_due_refunds(now=now())

    assert sandbox.refunded_minor() == PART
    assert PaymentAllocation.objects.get(reference_id=purchase.payees[0]).refunded_minor == PART
    assert_consistent()
