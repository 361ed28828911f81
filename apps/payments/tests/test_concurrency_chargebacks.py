"""A chargeback against a release or a refund, and losses at once: the money moves once, to one side."""

from collections import Counter
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from apps.payments.models import Chargeback, JournalEntry, Refund, Settlement
from apps.payments.services import chargeback_losses, chargebacks, ledger
from apps.payments.tests.chargebacks import FRAUD, bear, claims, lost, marketplace_losses, opened
from apps.payments.tests.releases import (
    TOTAL,
    escrow_of,
    paid_share,
    release,
    release_of,
    take_back,
)
from apps.payments.tests.test_concurrency_releases import at_once, without_locks
from apps.payments.tests.world import assert_consistent

pytestmark = pytest.mark.usefixtures("committed_db")
RACERS = 8


def without_chargeback_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch)
    monkeypatch.setattr(chargebacks, "lock_row", lambda rows, **_: rows.first())
    monkeypatch.setattr(chargeback_losses, "lock_rows", lambda rows, **_: list(rows))


def test_chargeback_opened_while_the_escrow_is_released_comes_before_or_after_it() -> None:
    """After it, the seller has the money; before it, it is frozen: never released while frozen."""
    for _round in range(8):
        share = paid_share()

        outcomes = tuple(at_once(partial(release, release_of(share)), partial(opened, share)))

        assert outcomes in {("done", "done"), ("EscrowChargedBack", "done")}
        row = Chargeback.objects.order_by("-id")[0]
        released_first = outcomes[0] == "done"
        assert escrow_of(share) == (0 if released_first else TOTAL.minor)
        if released_first:
            assert entry("RELEASE", f"order:{share.reference_id}:release") < entry_of(row)
    assert claims() == 8 * TOTAL.minor
    assert_consistent()


def entry(kind: str, key: str) -> int:
    return JournalEntry.objects.get(kind=kind, key=key).id


def entry_of(row: Chargeback) -> int:
    return entry("CHARGEBACK", f"chargeback:{row.id}:withdrawn")


def test_chargeback_opened_beside_a_release_without_the_lock_leaves_frozen_money_released(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both have looked before either wrote; the lock alone makes one see the other."""
    share = paid_share()
    without_chargeback_locks(monkeypatch)
    barrier = Barrier(2)
    post = ledger.post

    def wait_and_post(**given: Any) -> JournalEntry:
        barrier.wait(20)
        # The claim is written first, and the release goes on all the same.
        if given["kind"] == "RELEASE":
            barrier.wait(20)
        made = post(**given)
        if given["kind"] == "CHARGEBACK":
            barrier.wait(20)
        return made

    monkeypatch.setattr(ledger, "post", wait_and_post)

    outcomes = at_once(partial(release, release_of(share)), partial(opened, share))

    assert outcomes == ["done", "done"]
    row, settlement = Chargeback.objects.get(), Settlement.objects.get()
    assert row.is_frozen
    assert settlement.reference_id == share.reference_id
    assert entry("RELEASE", f"order:{share.reference_id}:release") > entry_of(row)


def test_chargeback_opened_while_a_refund_is_asked_for_never_gives_a_seller_s_money_twice() -> None:
    for _round in range(8):
        share = paid_share()

        outcomes = tuple(at_once(partial(take_back, share, TOTAL), partial(opened, share)))

        assert outcomes in {("done", "done"), ("RefundUnderChargeback", "done")}
        row = Chargeback.objects.order_by("-id")[0]
        # What was refunded before is no order's part any more.
        parts = sum(row.parts.values_list("amount_minor", flat=True))
        assert parts == (0 if outcomes[0] == "done" else TOTAL.minor)
    assert_consistent()


def test_reports_of_one_chargeback_at_once_book_it_once() -> None:
    share = paid_share()

    outcomes = at_once(*[partial(opened, share)] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert (Chargeback.objects.count(), claims()) == (1, TOTAL.minor)
    assert_consistent()


def test_loss_for_fraud_told_at_once_is_lost_once() -> None:
    share = paid_share()
    opened(share, reason=FRAUD)

    outcomes = at_once(*[partial(lost, share, reason=FRAUD)] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert JournalEntry.objects.filter(kind="CHARGEBACK_LOSS").count() == 1
    assert (claims(), marketplace_losses()[1]) == (0, TOTAL.minor)
    assert_consistent()


def test_loss_borne_at_once_is_borne_once() -> None:
    share = paid_share()
    row = lost(share)

    outcomes = at_once(*[partial(bear, row)] * RACERS)

    assert outcomes == ["done"] * RACERS
    assert JournalEntry.objects.filter(kind="CHARGEBACK_LOST").count() == 1
    assert (Refund.objects.count(), claims(), escrow_of(share)) == (1, 0, 0)
    assert_consistent()


def test_loss_borne_at_once_without_the_lock_ends_in_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: all have seen it open; the unique key of its refund alone stops the others."""
    share = paid_share()
    row = lost(share)
    without_chargeback_locks(monkeypatch)
    barrier = Barrier(RACERS)
    write = chargeback_losses.write_given_back

    def wait_and_write(*given: Any) -> Refund:
        barrier.wait(20)
        return write(*given)

    monkeypatch.setattr(chargeback_losses, "write_given_back", wait_and_write)

    outcomes = at_once(*[partial(bear, row)] * RACERS)

    assert Counter(outcomes) == {"done": 1, "IntegrityError": RACERS - 1}
    assert (claims(), escrow_of(share)) == (0, 0)
