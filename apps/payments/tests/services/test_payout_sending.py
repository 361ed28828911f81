"""Sending: transfer, payout, bank; every answer may be lost, every step may fail, nothing is sent twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.core.models import OutboxEvent
from apps.core.viewer import SYSTEM
from apps.payments.models import Incident, Payout, Posting
from apps.payments.services import payout_sending, payouts
from apps.payments.tests.payouts import (
    DAY,
    LATE,
    NO_ACCOUNT,
    age,
    ask_payout,
    balances,
    clearing,
    fresh,
    look_at,
    open_account,
    ready_payee,
    send,
    settle,
    uzs,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutAccountState, PayoutState
from apps.sandbox.stripe.testing import RunningSandbox
from apps.sellers.models import Seller

pytestmark = pytest.mark.django_db

S = PayoutState
SOON = DAY + timedelta(minutes=2)


def topics() -> list[str]:
    rows = OutboxEvent.objects.filter(topic__startswith="payments.payout_").order_by("id")
    return [t.removeprefix("payments.payout_") for t in rows.values_list("topic", flat=True)]


def test_payout_goes_by_transfer_to_the_bank_and_is_booked_when_it_is_paid(
    sandbox: RunningSandbox,
) -> None:
    payee_id = ready_payee()
    held_by_stripe = clearing()
    payout = send(ask_payout(payee_id, uzs(400_000)))

    assert payout.state == S.IN_TRANSIT
    (transfer,), (made,) = sandbox.transfers(), sandbox.payouts()
    assert transfer["metadata"] == made["metadata"]
    assert transfer["metadata"]["payout_id"] == str(payout.id)
    assert (transfer["amount"], made["amount"]) == (40_000_000, 40_000_000)
    assert transfer["destination"] == made["account"] == payout.account.provider_account_id
    assert (payout.provider_transfer_id, payout.provider_payout_id) == (transfer["id"], made["id"])
    assert payout.arrives_on is not None
    assert balances(payee_id, payout) == (60_000_000, 40_000_000)
    assert clearing() == held_by_stripe

    payout = settle(payout, sandbox)

    assert payout.state == S.PAID
    assert balances(payee_id, payout) == (60_000_000, 0)
    assert clearing() == held_by_stripe + 40_000_000
    assert topics() == ["account_opened", "account_changed", "requested", "sent"]
    assert_consistent()


def test_bank_that_refuses_gives_the_money_back_after_the_reversal(
    sandbox: RunningSandbox,
) -> None:
    payee_id = ready_payee(bank=NO_ACCOUNT)
    payout = send(ask_payout(payee_id, uzs(400_000)))

    payout = settle(payout, sandbox)

    assert (payout.state, payout.failure_code) == (S.FAILED, "no_account")
    (transfer,) = sandbox.transfers()
    assert transfer["amount_reversed"] == 40_000_000
    assert payout.provider_reversal_id in sandbox.store.reversals
    assert balances(payee_id, payout) == (100_000_000, 0)
    assert topics()[-1] == "returned"
    assert_consistent()


def test_paid_payout_that_comes_back_later_gives_the_money_back(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee(bank=LATE)
    held_by_stripe = clearing()
    payout = settle(send(ask_payout(payee_id)), sandbox)
    assert payout.state == S.PAID

    payout = settle(payout, sandbox, now=DAY + timedelta(days=2))

    assert (payout.state, payout.failure_code) == (S.FAILED, "account_closed")
    assert balances(payee_id, payout) == (100_000_000, 0)
    assert clearing() == held_by_stripe
    kinds = Posting.objects.filter(entry__reference_id=payout.id).values_list(
        "entry__kind", flat=True
    )
    assert sorted(set(kinds)) == ["PAYOUT", "PAYOUT_BOUNCED", "PAYOUT_REQUEST", "PAYOUT_RETURNED"]
    assert_consistent()


@pytest.mark.parametrize("step", ["POST /v1/transfers", "POST /v1/payouts"])
@pytest.mark.parametrize("fault", ["timeout_after", "error_after", "html", "timeout_before"])
def test_lost_answer_is_looked_for_and_nothing_is_sent_twice(
    sandbox: RunningSandbox, step: str, fault: str
) -> None:
    payee_id = ready_payee()
    payout = ask_payout(payee_id, uzs(400_000))
    sandbox.fault(fault, step)

    payout = send(payout)
    assert payout.state == S.UNKNOWN
    # The provider forgets its keys within days: what is there is found by our name.
    sandbox.store.keys.clear()
    payout = settle(send(payout, now=SOON), sandbox)

    assert payout.state == S.PAID
    assert [row["amount"] for row in sandbox.transfers()] == [40_000_000]
    assert sandbox.paid_out() == {str(payout.id): 40_000_000}
    assert_consistent()


def test_lost_answer_of_a_reversal_is_looked_for(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee(bank=NO_ACCOUNT)
    payout = send(ask_payout(payee_id, uzs(400_000)))
    sandbox.fault("timeout_after", "POST /v1/transfers/.*/reversals")

    payout = settle(payout, sandbox)
    assert payout.state == S.RETURNING
    assert balances(payee_id, payout) == (60_000_000, 40_000_000)
    sandbox.store.keys.clear()
    payout = send(payout, now=DAY + timedelta(minutes=13))

    assert payout.state == S.FAILED
    assert len(sandbox.store.reversals) == 1
    assert balances(payee_id, payout) == (100_000_000, 0)


def test_reversal_that_is_refused_waits_for_people_and_the_money_with_it(
    sandbox: RunningSandbox,
) -> None:
    payee_id = ready_payee(bank=NO_ACCOUNT)
    payout = send(ask_payout(payee_id, uzs(400_000)))
    sandbox.settle_payouts()
    (made,) = sandbox.payouts()
    # The bank has not brought the money back to the account yet.
    made["status"] = "paid"
    provider_says = dict(made, status="failed")
    sandbox.store.payouts["ghost"] = dict(made, id="ghost")
    made |= provider_says
    at = DAY + timedelta(minutes=11)
    age(payout, check_at=at)

    payout = send(payout, now=at)

    assert payout.state == S.RETURNING
    assert Incident.objects.get().kind == "PAYOUT_STUCK"
    assert balances(payee_id, payout) == (60_000_000, 40_000_000)
    del sandbox.store.payouts["ghost"]
    payout = send(payout, now=at + timedelta(hours=2))
    assert payout.state == S.FAILED
    assert balances(payee_id, payout) == (100_000_000, 0)
    assert_consistent()


def test_refused_transfer_never_left_and_comes_back_at_once(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee()
    payout = ask_payout(payee_id, uzs(400_000))
    sandbox.store.accounts[payout.account.provider_account_id]["capabilities"] = {
        "transfers": "inactive"
    }

    payout = send(payout)

    assert (payout.state, payout.failure_code) == (
        S.FAILED,
        "insufficient_capabilities_for_transfer",
    )
    assert sandbox.transfers() == []
    assert balances(payee_id, payout) == (100_000_000, 0)


def test_refused_payout_is_taken_back_by_reversal(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee()
    payout = ask_payout(payee_id, uzs(400_000))
    sandbox.fault("rate_limit", "POST /v1/payouts")
    payout = send(payout)
    assert payout.state == S.SENT_TRANSFER
    sandbox.store.accounts[payout.account.provider_account_id]["payouts_enabled"] = False

    payout = send(payout, now=SOON)

    assert (payout.state, payout.failure_code) == (S.FAILED, "payouts_not_allowed")
    assert sandbox.payouts() == []
    assert balances(payee_id, payout) == (100_000_000, 0)
    assert_consistent()


def test_two_workers_and_repeats_send_once(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee())

    for _ in range(3):
        send(payout)
        payout_sending.settle_due_payouts(now=DAY)

    assert len(sandbox.transfers()) == len(sandbox.payouts()) == 1


def test_bank_changed_at_the_provider_gets_nothing_before_the_hold_is_over(
    sandbox: RunningSandbox,
) -> None:
    """Even where the webhook about it was lost: the account is read before the money goes."""
    payee_id = ready_payee()
    payout = ask_payout(payee_id)
    account = sandbox.store.accounts[payout.account.provider_account_id]
    sandbox.engine.connect.tell_bank(account, NO_ACCOUNT)

    payout = send(payout)

    assert (payout.state, sandbox.transfers()) == (S.CREATED, [])
    assert payout.check_at == payout.account.usable_from == DAY + timedelta(hours=72)
    assert payout.account.last4 == "1116"
    payout = send(payout, now=DAY + timedelta(hours=72))
    assert payout.state == S.IN_TRANSIT


def test_payout_to_an_account_that_was_replaced_comes_back(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee()
    payout = ask_payout(payee_id)
    open_account(payee_id, bank=NO_ACCOUNT)

    payout = send(payout)

    assert (payout.state, payout.failure_code) == (S.FAILED, "account_changed")
    assert balances(payee_id, payout) == (100_000_000, 0)


def test_payout_to_an_account_that_was_restricted_comes_back(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee())
    sandbox.engine.connect.restrict(sandbox.store.accounts[payout.account.provider_account_id])
    assert look_at(payout.account).state == PayoutAccountState.RESTRICTED

    payout = send(payout)

    assert (payout.state, payout.failure_code) == (S.FAILED, "account_restricted")


def test_held_payout_is_sent_only_after_approval(sandbox: RunningSandbox, settings: Any) -> None:
    settings.PAYOUT_APPROVAL_OVER = {"UZS": 100_000_00}
    payout = ask_payout(ready_payee())
    assert send(payout).state == S.HELD
    assert sandbox.transfers() == []

    payouts.approve_payout(payout_id=payout.id, actor=SYSTEM, reason="fine", now=DAY)

    assert send(payout).state == S.IN_TRANSIT


def test_paid_payout_is_watched_for_ten_days_and_no_longer(sandbox: RunningSandbox) -> None:
    payout = settle(send(ask_payout(ready_payee())), sandbox)
    assert payout.check_at == payout.paid_at + timedelta(days=1)
    for day in range(1, 12):
        payout_sending.settle_due_payouts(now=payout.paid_at + timedelta(days=day, minutes=day))

    assert fresh(payout).check_at is None
    assert Payout.objects.filter(check_at__isnull=False).count() == 0


def test_payout_of_a_suspended_seller_waits_and_leaves_afterwards(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee()
    seller = seller_of(payee_id, "ACTIVE")
    waiting = ask_payout(payee_id, uzs(100_000))
    Seller.objects.filter(id=seller.id).update(status="SUSPENDED")

    waiting = send(waiting)
    with pytest.raises(payouts.PayeeSuspended, match="is suspended"):
        ask_payout(payee_id, uzs(200_000))

    assert (waiting.state, waiting.transfer_called_at, sandbox.transfers()) == (S.CREATED, None, [])
    assert balances(payee_id, waiting) == (90_000_000, 10_000_000)
    Seller.objects.filter(id=seller.id).update(status="ACTIVE")
    assert send(waiting, now=DAY + timedelta(minutes=11)).state == S.IN_TRANSIT


def seller_of(payee_id: UUID, status: str) -> Seller:
    return Seller.objects.create(
        id=payee_id,
        name="Shop",
        slug="shop",
        legal_name="Shop MChJ",
        legal_kind=Seller.LegalKind.COMPANY,
        country="UZ",
        city="Toshkent",
        tax_id="301234567",
        currency="UZS",
        status=status,
        applied_at=DAY,
        activated_at=DAY,
    )


def test_outcome_that_stays_unknown_is_shown_to_people_once(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee(), uzs(400_000))
    sandbox.fault("timeout_before", "POST /v1/transfers")
    payout = send(payout)
    assert payout.state == S.UNKNOWN
    sandbox.fault("error_before", "GET /v1/transfers", times=9)

    for hours in (1, 7, 8):
        at = DAY + timedelta(hours=hours)
        age(payout, check_at=at)
        payout = send(payout, now=at)
        assert Incident.objects.count() == (0 if hours == 1 else 1)

    assert Incident.objects.get().details["code"] == "unknown"
