"""Payouts at once: one balance is taken once, one payout is sent once, one schedule runs once."""

from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from apps.core.viewer import SYSTEM
from apps.payments.models import JournalEntry, Payout, PayoutSchedule
from apps.payments.services import ledger, payout_schedules, payout_sending, payouts
from apps.payments.tests.payouts import (
    DAY,
    ask_payout,
    balances,
    fresh,
    ready_payee,
    send,
    uzs,
)
from apps.payments.tests.test_concurrency_releases import at_once
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutRhythm, PayoutState
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = [pytest.mark.usefixtures("committed_db", "sandbox"), pytest.mark.timeout(120)]
RACERS = 20


def test_requests_at_once_take_one_balance_once() -> None:
    payee_id = ready_payee(uzs(1_000_000))

    outcomes = at_once(*[lambda: ask_payout(payee_id, uzs(300_000))] * RACERS)

    assert Counter(outcomes) == {"done": 3, "PayoutExceedsBalance": RACERS - 3}
    assert balances(payee_id)[0] == 10_000_000
    assert Payout.objects.count() == JournalEntry.objects.filter(kind="PAYOUT_REQUEST").count() == 3
    assert_consistent()


def test_requests_of_all_at_once_are_one_payout() -> None:
    payee_id = ready_payee(uzs(1_000_000))

    outcomes = at_once(*[lambda: ask_payout(payee_id)] * RACERS)

    assert Counter(outcomes) == {"done": 1, "PayoutTooSmall": RACERS - 1}
    assert Payout.objects.get().amount == uzs(1_000_000)


def test_requests_at_once_under_one_key_are_one_payout() -> None:
    payee_id = ready_payee(uzs(1_000_000))

    outcomes = at_once(*[lambda: ask_payout(payee_id, uzs(300_000), "k")] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert Payout.objects.count() == 1
    assert balances(payee_id)[0] == 70_000_000


def test_requests_at_once_without_the_lock_hit_the_floor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: all have seen the whole balance; the ledger's floor alone stops the second."""
    payee_id = ready_payee(uzs(1_000_000))
    monkeypatch.setattr(ledger, "lock", lambda _accounts: None)
    barrier = Barrier(2)
    post = ledger.post

    def wait_and_post(**given: Any) -> JournalEntry:
        barrier.wait(20)
        return post(**given)

    monkeypatch.setattr(ledger, "post", wait_and_post)

    outcomes = at_once(*[lambda: ask_payout(payee_id)] * 2)

    assert sorted(outcomes) == ["InsufficientFunds", "done"]


def test_workers_at_once_send_one_payout(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee())

    outcomes = at_once(*[partial(send, payout)] * 8)

    assert outcomes == ["done"] * 8
    assert fresh(payout).state == PayoutState.IN_TRANSIT
    assert len(sandbox.transfers()) == len(sandbox.payouts()) == 1
    assert_consistent()


def test_stop_and_send_at_once_are_never_both_done(sandbox: RunningSandbox) -> None:
    for _round in range(6):
        payout = ask_payout(ready_payee())
        stop = partial(
            payouts.stop_payout, payout_id=payout.id, actor=SYSTEM, reason="Doubt", now=DAY
        )

        outcomes = at_once(stop, partial(send, payout))

        is_stopped = outcomes[0] == "done"
        assert outcomes in (["done", "done"], ["PayoutAlreadySent", "done"])
        assert fresh(payout).state == (PayoutState.STOPPED if is_stopped else "IN_TRANSIT")
        sent = [
            row for row in sandbox.transfers() if row["metadata"]["payout_id"] == str(payout.id)
        ]
        assert len(sent) == (0 if is_stopped else 1)
    assert_consistent()


def test_schedules_run_at_once_make_one_payout() -> None:
    payee_id = ready_payee()
    row = PayoutSchedule(payee_id=payee_id, currency="UZS", rhythm=PayoutRhythm.DAILY)
    payout_schedules.set_schedule(schedule=row, actor=SYSTEM, now=DAY)
    made: list[int] = []
    later = DAY + timedelta(days=1)

    outcomes = at_once(*[lambda: made.append(payout_schedules.run_schedules(now=later))] * 8)

    assert outcomes == ["done"] * 8
    assert sum(made) == Payout.objects.count() == 1
    assert_consistent()


def test_sweeps_at_once_take_a_returned_payout_back_once(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee(bank="000111111116")
    payout = send(ask_payout(payee_id))
    sandbox.settle_payouts()
    at = DAY + timedelta(minutes=11)

    outcomes = at_once(*[lambda: payout_sending.settle_due_payouts(now=at)] * 8)

    assert outcomes == ["done"] * 8
    assert fresh(payout).state == PayoutState.FAILED
    assert len(sandbox.store.reversals) == 1
    assert balances(payee_id, payout) == (100_000_000, 0)
    assert_consistent()
