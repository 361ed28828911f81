"""Refunds: paid, failed, failed late, unknown; never more than was captured."""

import pytest

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Incident, Refund
from apps.payments.services import ledger, refund_sending, refunds
from apps.payments.tests.world import (
    FIRST,
    SECOND,
    TOTAL,
    Purchase,
    assert_consistent,
    deliver,
    later,
    make_purchase,
    now,
    open_page,
    paid_purchase,
    refund,
)
from apps.payments.types import RefundState
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db


def balances(purchase: Purchase) -> tuple[int, int, int, int]:
    payment = purchase.payment
    return (
        ledger.balance(ledger.escrow(purchase.payees[0]), "UZS").minor,
        ledger.balance(ledger.escrow(purchase.payees[1]), "UZS").minor,
        ledger.balance(ledger.refunds_in_transit(payment.id), "UZS").minor,
        ledger.balance(ledger.clearing("stripe"), "UZS").minor,
    )


def test_refund_waits_in_transit_and_leaves_when_paid(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()

    made = refund(purchase, "r1", 40_000_00)
    assert balances(purchase) == (60_000_00, SECOND.minor, 40_000_00, -TOTAL.minor)
    refund_sending.call_refund(refund_id=made.id, now=now())

    made.refresh_from_db()
    assert made.state == RefundState.SUCCEEDED
    assert balances(purchase) == (60_000_00, SECOND.minor, 0, 40_000_00 - TOTAL.minor)
    assert sandbox.refunded_minor() == 40_000_00
    assert_consistent()


def test_refund_with_a_repeated_key_is_the_first_one(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()

    first, second = refund(purchase, "r1", 1_00), refund(purchase, "r1", 1_00)

    assert first.id == second.id
    with pytest.raises(refunds.RefundDiffers):
        refund(purchase, "r1", 2_00)
    assert Refund.objects.count() == 1
    assert purchase.payment.refunded_minor == 1_00


def test_refund_of_more_than_the_payee_s_share_is_refused(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    refund(purchase, "r1", FIRST.minor)

    with pytest.raises(refunds.RefundExceedsPayment):
        refund(purchase, "r2", 1)
    with pytest.raises(refunds.RefundExceedsPayment):
        refund(purchase, "r3", SECOND.minor + 1, payee=1)

    assert Refund.objects.count() == 1
    assert balances(purchase) == (0, SECOND.minor, FIRST.minor, -TOTAL.minor)


def test_refund_before_the_money_came_or_in_another_currency_is_refused(
    sandbox: RunningSandbox,
) -> None:
    unpaid = make_purchase()
    open_page(unpaid)
    with pytest.raises(refunds.RefundExceedsPayment):
        refund(unpaid, "r1", 1)
    paid = paid_purchase()

    with pytest.raises(refunds.RefundExceedsPayment):
        refunds.issue_refund(
            key="r2",
            reference_id=paid.payees[0],
            amount=Money(1, "USD"),
            reason="TEST",
            actor=SYSTEM,
            now=now(),
        )
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("fault", ["timeout_after", "error_after", "timeout_before"])
def test_unknown_refund_is_asked_for_and_paid_once(sandbox: RunningSandbox, fault: str) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", 40_000_00)
    sandbox.fault(fault, "POST /v1/refunds")

    refund_sending.call_refund(refund_id=made.id, now=now())
    made.refresh_from_db()
    assert made.state == RefundState.UNKNOWN
    assert refund_sending.settle_due_refunds(now=later(minutes=2)) == 1

    made.refresh_from_db()
    assert made.state == RefundState.SUCCEEDED
    assert sandbox.refunded_minor() == 40_000_00
    assert_consistent()


def test_unknown_refund_is_not_paid_twice_when_the_key_is_forgotten(
    sandbox: RunningSandbox,
) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", 40_000_00)
    sandbox.fault("timeout_after", "POST /v1/refunds")
    refund_sending.call_refund(refund_id=made.id, now=now())
    sandbox.store.keys.clear()

    refund_sending.settle_due_refunds(now=later(hours=30))

    assert len(sandbox.store.refunds) == 1
    made.refresh_from_db()
    assert made.state == RefundState.SUCCEEDED


def test_pending_refund_settles_by_webhook(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    sandbox.fault("refund_pending", "refund")
    made = refund(purchase, "r1", 40_000_00)
    refund_sending.call_refund(refund_id=made.id, now=now())
    made.refresh_from_db()
    assert made.state == RefundState.PENDING

    (theirs,) = sandbox.store.refunds.values()
    sandbox.engine.settle_refund(theirs, "succeeded")
    deliver(sandbox, "refund.updated")

    made.refresh_from_db()
    assert made.state == RefundState.SUCCEEDED
    assert balances(purchase) == (60_000_00, SECOND.minor, 0, 40_000_00 - TOTAL.minor)


def test_failed_refund_returns_to_escrow_with_an_incident(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    sandbox.fault("refund_fails", "refund")
    made = refund(purchase, "r1", 40_000_00)

    refund_sending.call_refund(refund_id=made.id, now=now())
    deliver(sandbox, "refund.failed", "refund.updated", "refund.created")

    made.refresh_from_db()
    assert (made.state, made.failure_code) == (RefundState.FAILED, "expired_or_canceled_card")
    assert balances(purchase) == (FIRST.minor, SECOND.minor, 0, -TOTAL.minor)
    assert purchase.payment.refunded_minor == 0
    assert [incident.kind for incident in Incident.objects.all()] == ["REFUND_FAILED"]
    assert_consistent()


def test_refund_that_fails_after_it_was_paid_comes_back_once(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", 40_000_00)
    refund_sending.call_refund(refund_id=made.id, now=now())
    (theirs,) = sandbox.store.refunds.values()

    sandbox.engine.settle_refund(theirs, "failed")
    deliver(sandbox, "refund.")

    made.refresh_from_db()
    assert made.state == RefundState.FAILED
    assert balances(purchase) == (FIRST.minor, SECOND.minor, 0, -TOTAL.minor)
    assert sandbox.refunded_minor() == purchase.payment.refunded_minor == 0
    assert_consistent()


def test_refund_of_another_amount_than_ours_is_an_incident(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", 40_000_00)
    sandbox.fault("timeout_after", "POST /v1/refunds")
    refund_sending.call_refund(refund_id=made.id, now=now())
    (theirs,) = sandbox.store.refunds.values()
    theirs["amount"] = 1

    deliver(sandbox, "refund.created")

    made.refresh_from_db()
    assert made.state == RefundState.UNKNOWN
    assert [incident.kind for incident in Incident.objects.all()] == ["CONTRADICTION"]
    assert balances(purchase) == (60_000_00, SECOND.minor, 40_000_00, -TOTAL.minor)


def test_refund_made_at_the_provider_by_hand_is_an_incident(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    (intent,) = sandbox.store.intents.values()
    sandbox.engine.create_refund({"payment_intent": intent["id"], "amount": "100"})

    deliver(sandbox, "refund.created")

    assert [incident.kind for incident in Incident.objects.all()] == ["CONTRADICTION"]
    assert balances(purchase) == (FIRST.minor, SECOND.minor, 0, -TOTAL.minor)
