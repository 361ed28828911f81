"""Release against release, refund, hold and timer, all at once: the money moves once, and to one side."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from apps.core.errors import DomainError
from apps.payments.models import EscrowHold, JournalEntry, Refund, Settlement
from apps.payments.services import allocating, holds, ledger, refunds, releasing
from apps.payments.tests.releases import (
    DUE,
    NOW,
    STAFF,
    TOTAL,
    balances_of,
    escrow_of,
    paid_share,
    postings_of,
    release,
    release_of,
    take_back,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types import Share

pytestmark = pytest.mark.usefixtures("committed_db")
RACERS = 12


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Run the works in threads that start together; return what each came to."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> str:
        barrier.wait(20)
        try:
            work()
        except (DomainError, IntegrityError) as refusal:
            return type(refusal).__name__
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocating, "lock_rows", lambda rows, **_: list(rows))
    monkeypatch.setattr(refunds, "lock_rows", lambda rows, **_: list(rows))


def test_releases_at_once_book_one_entry() -> None:
    share = paid_share()

    outcomes = at_once(*[lambda: release(release_of(share))] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert Settlement.objects.count() == 1
    assert JournalEntry.objects.filter(kind="RELEASE").count() == 1
    assert balances_of(share.payee_id) == (9_000_000, 0)
    assert_consistent()


def test_releases_at_once_without_the_lock_end_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the lock is what makes a repeat return the first settlement."""
    share = paid_share()
    without_locks(monkeypatch)
    barrier = Barrier(RACERS)
    write = releasing.write_settlement

    def wait_and_write(*given: Any) -> Settlement:
        barrier.wait(20)
        return write(*given)

    monkeypatch.setattr(releasing, "write_settlement", wait_and_write)

    outcomes = at_once(*[lambda: release(release_of(share))] * RACERS)

    assert Counter(outcomes) == {"done": 1, "IntegrityError": RACERS - 1}
    assert balances_of(share.payee_id) == (9_000_000, 0)


def race_of_refund_and_release(share: Share) -> list[str]:
    return at_once(
        lambda: release(release_of(share)),
        lambda: take_back(share, TOTAL),
    )


def test_refund_and_release_at_once_give_the_money_to_one_of_them() -> None:
    for _round in range(8):
        share = paid_share()

        outcomes = tuple(race_of_refund_and_release(share))

        assert outcomes in {("done", "RefundExceedsEscrow"), ("EscrowDiffers", "done")}
        assert escrow_of(share) == 0
    assert Settlement.objects.count() + Refund.objects.count() == 8
    assert_consistent()


def test_refund_and_release_at_once_without_the_lock_hit_the_floor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both have seen the whole escrow; the ledger's floor alone stops the second."""
    share = paid_share()
    without_locks(monkeypatch)
    barrier = Barrier(2)
    post = ledger.post

    def wait_and_post(**given: Any) -> JournalEntry:
        barrier.wait(20)
        return post(**given)

    monkeypatch.setattr(ledger, "post", wait_and_post)

    outcomes = race_of_refund_and_release(share)

    assert sorted(outcomes) == ["InsufficientFunds", "done"]
    assert escrow_of(share) == 0


def hold(share: Share) -> EscrowHold:
    return holds.hold_escrow(reference_id=share.reference_id, actor=STAFF, reason="Doubt", now=NOW)


def test_hold_and_release_at_once_are_never_both_done() -> None:
    for _round in range(8):
        share = paid_share()

        outcomes = tuple(at_once(partial(release, release_of(share)), partial(hold, share)))

        assert outcomes in {("done", "EscrowAlreadyReleased"), ("EscrowFrozen", "done")}
        assert escrow_of(share) in {0, TOTAL.minor}
    assert Settlement.objects.count() + EscrowHold.objects.count() == 8
    assert_consistent()


def test_holds_at_once_are_one_hold() -> None:
    share = paid_share()

    outcomes = at_once(*[partial(hold, share)] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert EscrowHold.objects.count() == 1


def test_timers_at_once_move_each_payout_once() -> None:
    payee = paid_share().payee_id
    for _order in range(10):
        release(release_of(paid_share(payee_id=payee)))
    moved: list[int] = []

    outcomes = at_once(*[lambda: moved.append(releasing.make_due_available(now=DUE))] * 4)

    assert outcomes == ["done"] * 4
    assert sum(moved) == 10
    assert balances_of(payee) == (0, 90_000_000)
    assert len(postings_of("AVAILABLE")) == 20
    assert_consistent()


def test_releases_of_one_seller_at_once_all_arrive() -> None:
    """Orders of one seller meet on the seller's balance alone: nobody is refused, nothing is lost."""
    payee = paid_share().payee_id
    shares = [paid_share(payee_id=payee) for _ in range(RACERS)]

    outcomes = at_once(*[lambda share=share: release(release_of(share)) for share in shares])

    assert outcomes == ["done"] * RACERS
    assert balances_of(payee) == (RACERS * 9_000_000, 0)
    assert_consistent()
