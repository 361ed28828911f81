"""A process of R08: carries out its plan through the services and acknowledges each operation.

    python -m apps.payments.tests.ledger_worker SEED COUNT FILE

FILE has one line an operation that was committed: the key of its entry. Started again after a death,
it goes on after the last line; the operation that was cut off is carried out again.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.test")
    django.setup()

from apps.core.errors import Busy
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Chargeback, Payment, Payout, Refund
from apps.payments.rules import refund_key, release_key
from apps.payments.rules_chargebacks import borne_key, loss_key, reinstated_key, withdrawn_key
from apps.payments.rules_payouts import paid_key, request_key, returned_key
from apps.payments.services import (
    chargeback_losses,
    chargebacks,
    paying,
    payouts,
    refund_sending,
    refunds,
    releasing,
)
from apps.payments.tests.ledger_plan import CHARGEBACK_FEE, FRAUD, Kind, Operation, plan_of
from apps.payments.tests.payouts import reported
from apps.payments.types import PaymentState, ProviderPayment, RefundState, Release, Share
from apps.payments.types_chargebacks import (
    Borne,
    ChargebackState,
    Movement,
    ProviderChargeback,
)
from apps.payments.types_payouts import PayoutOrder, PayoutState, TransferOutcome

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DUE = NOW + timedelta(hours=1)
PATIENCE_SECONDS = 60


def capture(operation: Operation) -> str:
    """Start a payment and book the provider's word of it."""
    shares = [Share(*share) for share in operation.shares]
    amount = sum((share.amount for share in shares[1:]), start=shares[0].amount)
    intent = paying.PaymentIntent(
        reference_type="storm",
        reference_id=operation.reference_id,
        payer_id=None,
        payer_email="buyer@people.example",
        description="Storm",
        language="en",
        amount=amount,
        shares=shares,
    )
    try:
        attempt = paying.start_payment(intent=intent, return_url="http://shop.test/", now=NOW)
    except paying.PaymentAlreadyCaptured:
        attempt = Payment.objects.get(reference_id=operation.reference_id).attempts.get()
    report = ProviderPayment(
        session_id=f"cs_{attempt.id}",
        intent_id=f"pi_{attempt.id}",
        attempt_id=attempt.id,
        state=PaymentState.CAPTURED,
        amount=amount,
        captured=amount,
    )
    paying.apply_report(provider="stripe", report=report, now=NOW)
    return f"payment:{attempt.payment_id}:capture"


def release(operation: Operation) -> str:
    split = operation.split
    assert split is not None
    given = Release(operation.reference_id, operation.payee_id, split, DUE)
    releasing.release_escrow(release=given, actor=SYSTEM, now=NOW)
    return release_key(operation.reference_id)


def refund(operation: Operation) -> str:
    assert operation.amount is not None
    made = refunds.issue_refund(
        key=operation.key,
        reference_id=operation.reference_id,
        amount=operation.amount,
        reason="STORM",
        actor=SYSTEM,
        now=NOW,
        taken_back=operation.split,
    )
    return refund_key(made.id)


def pay_refund(operation: Operation) -> str:
    return _settle(operation, RefundState.SUCCEEDED, "paid")


def fail_refund(operation: Operation) -> str:
    return _settle(operation, RefundState.FAILED, "failed")


def _settle(operation: Operation, state: RefundState, end: str) -> str:
    found = Refund.objects.get(key=operation.key)
    refund_sending.settle_refund(refund_id=found.id, state=state, failure_code="", now=NOW)
    return f"refund:{found.id}:{end}"


def make_available(_operation: Operation) -> str:
    """Other workers move the same settlements: no entry is this one's."""
    releasing.make_due_available(now=DUE)
    return ""


def payout(operation: Operation) -> str:
    """Ask for all that may be paid out. Where that is nothing, or the payee owes, nothing is booked."""
    assert operation.amount is not None
    order = PayoutOrder(
        payee_id=operation.payee_id,
        currency=operation.amount.currency,
        amount=None,
        key=operation.key,
    )
    try:
        made = payouts.request_payout(order=order, actor=SYSTEM, now=DUE)
    except (payouts.PayoutTooSmall, payouts.PayeeOwes, payouts.PayoutUnderChargeback):
        return ""
    return request_key(made.id)


def pay_payout(operation: Operation) -> str:
    """Let staff approve it where it waits for them, and the bank say that it arrived."""
    found = Payout.objects.select_related("account").filter(key=operation.key).first()
    if found is None:
        return ""
    if found.state == PayoutState.HELD:
        payouts.approve_payout(payout_id=found.id, actor=SYSTEM, reason="Known", now=DUE)
    reported(found, TransferOutcome.PAID, now=DUE)
    return paid_key(found.id)


def stop_payout(operation: Operation) -> str:
    found = Payout.objects.filter(key=operation.key).first()
    if found is None:
        return ""
    if found.state != PayoutState.STOPPED:
        payouts.stop_payout(payout_id=found.id, actor=SYSTEM, reason="Doubt", now=DUE)
    return returned_key(found.id)


def charge_back(operation: Operation) -> str:
    return withdrawn_key(_told(operation, ChargebackState.NEEDS_RESPONSE).id)


def win_chargeback(operation: Operation) -> str:
    return reinstated_key(_told(operation, ChargebackState.WON).id)


def lose_chargeback(operation: Operation) -> str:
    """Let the bank keep it; where sellers bear it, say what each does."""
    row = _told(operation, ChargebackState.LOST)
    borne = [Borne(*one) for one in operation.borne]
    # With nothing left of its orders it was settled by the report alone.
    if operation.reason != FRAUD and borne:
        chargeback_losses.bear_chargeback(chargeback_id=row.id, borne=borne, now=NOW)
        first = Refund.objects.get(key=borne_key(row.id, borne[0].reference_id))
        return refund_key(first.id)
    return loss_key(row.id)


def _told(operation: Operation, state: ChargebackState) -> Chargeback:
    """Let the provider say that one payment's chargeback is in a state, with its money."""
    assert operation.amount is not None
    attempt = Payment.objects.get(reference_id=operation.reference_id).attempts.get()
    currency = operation.amount.currency
    back = Movement(operation.amount, Money.zero(currency))
    report = ProviderChargeback(
        chargeback_id=f"du_{attempt.id}",
        intent_id=attempt.intent_id,
        attempt_id=attempt.id,
        state=state,
        reason=operation.reason,
        amount=operation.amount,
        evidence_due_at=None,
        withdrawn=Movement(operation.amount, Money(CHARGEBACK_FEE, currency)),
        reinstated=back if state == ChargebackState.WON else None,
    )
    row = chargebacks.apply_chargeback_report(provider="stripe", report=report, now=NOW)
    assert row is not None
    return row


DEEDS: dict[Kind, Callable[[Operation], str]] = {
    Kind.CAPTURE: capture,
    Kind.RELEASE: release,
    Kind.REFUND: refund,
    Kind.PAY_REFUND: pay_refund,
    Kind.FAIL_REFUND: fail_refund,
    Kind.MAKE_AVAILABLE: make_available,
    Kind.PAYOUT: payout,
    Kind.PAY_PAYOUT: pay_payout,
    Kind.STOP_PAYOUT: stop_payout,
    Kind.CHARGE_BACK: charge_back,
    Kind.WIN_CHARGEBACK: win_chargeback,
    Kind.LOSE_CHARGEBACK: lose_chargeback,
}


def do(operation: Operation) -> str:
    """Carry one out; what is only busy is tried again. Return the key of its entry."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return DEEDS[operation.kind](operation)
        except Busy:
            if time.monotonic() > deadline:
                raise


def main(seed: str, count: int, file: Path) -> None:
    done = acknowledged(file)
    out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for operation in plan_of(seed, count).operations[len(done) :]:
        os.write(out, f"{do(operation)}\n".encode())


def acknowledged(file: Path) -> list[str]:
    """Return the keys that were acknowledged, one an operation, in the order of the plan."""
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
