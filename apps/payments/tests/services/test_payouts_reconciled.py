"""Payouts on the provider's statement: paid, under way, refused and sent back ones are all explained."""

from datetime import timedelta

import pytest

from apps.payments.models import ReconciliationItem
from apps.payments.services.reconciling import reconcile, resolve_difference
from apps.payments.tests.payouts import (
    DAY,
    LATE,
    NO_ACCOUNT,
    ask_payout,
    ready_payee,
    send,
    settle,
    uzs,
)
from apps.payments.tests.releases import STAFF
from apps.payments.tests.world import later
from apps.payments.types_payouts import PayoutState
from apps.payments.types_reconciling import StatementKind
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db
MOVEMENTS = [StatementKind.TRANSFER, StatementKind.TRANSFER_REVERSAL]


def differences() -> list[tuple[str, str]]:
    """What is noted of transfers. The payees' own money was captured by reports, not at the sandbox."""
    reconcile(provider="stripe", start=later(days=-5), end=later(seconds=5), now=later(minutes=1))
    found = ReconciliationItem.objects.filter(movement__in=MOVEMENTS)
    return list(found.values_list("kind", "movement"))


def test_payouts_in_every_state_leave_no_difference(sandbox: RunningSandbox) -> None:
    settle(send(ask_payout(ready_payee(), uzs(300_000))), sandbox)
    settle(send(ask_payout(ready_payee(bank=NO_ACCOUNT), uzs(200_000))), sandbox)
    bounced = settle(send(ask_payout(ready_payee(bank=LATE), uzs(100_000))), sandbox)
    settle(bounced, sandbox, now=DAY + timedelta(days=2))
    send(ask_payout(ready_payee(), uzs(60_000)))
    ask_payout(ready_payee(), uzs(70_000))

    assert len(sandbox.transfers()) == 4
    assert len(sandbox.store.reversals) == 2
    assert differences() == []


def test_transfer_that_nobody_asked_for_is_noted(sandbox: RunningSandbox) -> None:
    settle(send(ask_payout(ready_payee(), uzs(300_000))), sandbox)
    (transfer,) = sandbox.transfers()
    twin = dict(transfer, id="tr_twin", metadata={})
    sandbox.store.transfers["tr_twin"] = twin
    row = next(
        row for row in sandbox.store.transactions.values() if row["source"] == transfer["id"]
    )
    sandbox.store.transactions["txn_twin"] = dict(row, id="txn_twin", source="tr_twin")

    assert differences() == [("EXTRA", "TRANSFER")]


def test_payout_waits_while_the_statement_is_not_explained(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee(), uzs(300_000))
    run = reconcile(
        provider="stripe", start=later(days=-5), end=later(seconds=5), now=later(minutes=1)
    )
    # The payee's money was captured by a report: the sandbox knows nothing of it.
    assert run.difference_count == 1

    payout = send(payout)
    assert (payout.state, sandbox.transfers()) == (PayoutState.CREATED, [])

    resolve_difference(
        item_id=ReconciliationItem.objects.get().id,
        actor=STAFF,
        reason="A test of ours",
        now=later(minutes=2),
    )
    payout = send(payout, now=DAY + timedelta(minutes=11))
    assert payout.state == PayoutState.IN_TRANSIT
    assert len(sandbox.transfers()) == 1
