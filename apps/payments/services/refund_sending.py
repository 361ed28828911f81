"""Refunds at the provider: asking for them, and booking what it says of them.

Invariant: a refund moves money between our books and the provider's once; one that failed lies in
escrow again, with an incident.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from apps.core.http_client import ProviderError, ProviderPermanent
from apps.core.locks import lock_row, money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.payments.events import RefundSettled
from apps.payments.locks import PAYMENT
from apps.payments.models import Incident, Payment, PaymentAllocation, PaymentAttempt, Refund
from apps.payments.providers import provider_of
from apps.payments.providers.base import PaymentProvider, RefundRequest
from apps.payments.selectors_chargebacks import cardable, chargebacks_of_payment, lost_of
from apps.payments.services import ledger
from apps.payments.services.refunds import ASK_AGAIN
from apps.payments.types import AttemptState, ProviderRefund, RefundState

log = structlog.get_logger(__name__)

BATCH = 100
# How a refund ends that the payer has from its bank already.
CHARGED_BACK = "charged_back"
# While a bank decides, which takes weeks, a refund that was asked for before waits.
WHILE_BANK_DECIDES = timedelta(hours=1)


def call_refund(*, refund_id: UUID, now: datetime) -> None:
    """Ask the provider to pay a refund, or ask what became of it. Runs in a money worker.

    Keys at the provider do not live for ever, so a refund whose outcome is unknown is looked for
    before it is asked for again.
    """
    refund = Refund.objects.select_related("payment").get(id=refund_id)
    if refund.state in (RefundState.SUCCEEDED, RefundState.FAILED):
        return
    attempt = PaymentAttempt.objects.get(payment_id=refund.payment_id, state=AttemptState.SUCCEEDED)
    request = RefundRequest(
        refund_id=refund.id,
        intent_id=attempt.intent_id,
        amount=Money(refund.amount_minor, refund.currency),
    )
    try:
        answer = _known_answer(provider_of(attempt.provider), refund, request)
    except ProviderError as error:
        _postpone_refund(refund_id=refund.id, error=error, now=now)
        return
    if answer is None and not may_be_asked_for(refund, now):
        return
    try:
        answer = answer or provider_of(attempt.provider).refund(request)
    except ProviderPermanent as error:
        settle_refund(
            refund_id=refund.id, state=RefundState.FAILED, failure_code=str(error)[:60], now=now
        )
    except ProviderError as error:
        _postpone_refund(refund_id=refund.id, error=error, now=now)
    else:
        apply_refund_report(report=answer, now=now)


def may_be_asked_for(refund: Refund, now: datetime) -> bool:
    """Keep a refund from going out beside a chargeback of its payment: the payer would have it twice.

    It waits while the bank decides. Where the bank kept it, it fails: an incident tells people. The
    refund's payment is loaded.
    """
    chargebacks = chargebacks_of_payment(refund.payment_id)
    if any(row.is_frozen for row in chargebacks):
        Refund.objects.filter(id=refund.id).update(check_at=now + WHILE_BANK_DECIDES)
        return False
    lost = lost_of(refund.payment, chargebacks)
    if lost and cardable(refund.payment, lost).minor < 0:
        settle_refund(
            refund_id=refund.id, state=RefundState.FAILED, failure_code=CHARGED_BACK, now=now
        )
        return False
    return True


def _known_answer(
    provider: PaymentProvider, refund: Refund, request: RefundRequest
) -> ProviderRefund | None:
    if refund.provider_refund_id:
        return provider.read_refund(refund.provider_refund_id)
    return provider.find_refund(request) if refund.state == RefundState.UNKNOWN else None


def _postpone_refund(*, refund_id: UUID, error: ProviderError, now: datetime) -> None:
    log.warning("refund_unknown", refund_id=str(refund_id), error=str(error))
    Refund.objects.filter(
        id=refund_id, state__in=[RefundState.CREATED, RefundState.UNKNOWN]
    ).update(state=RefundState.UNKNOWN, check_at=now + ASK_AGAIN)


def apply_refund_report(*, report: ProviderRefund, now: datetime) -> None:
    """Book what a provider says of a refund; what contradicts our books becomes an incident."""
    refund = (
        Refund.objects.filter(id=report.our_refund_id).first() if report.our_refund_id else None
    )
    if refund is None or not _agrees(refund, report):
        Incident.objects.get_or_create(
            key=f"refund:{report.refund_id}",
            defaults={
                "kind": Incident.Kind.CONTRADICTION,
                "payment_id": refund.payment_id if refund else None,
                "details": {
                    "refund_id": report.refund_id,
                    "amount_minor": report.amount.minor,
                    "currency": report.amount.currency,
                    "expected_minor": refund.amount_minor if refund else None,
                },
            },
        )
        return
    Refund.objects.filter(id=refund.id, provider_refund_id="").update(
        provider_refund_id=report.refund_id
    )
    settle_refund(
        refund_id=refund.id, state=report.state, failure_code=report.failure_code, now=now
    )


def _agrees(refund: Refund, report: ProviderRefund) -> bool:
    """Tell whether a report is of this refund and of its amount, and that we had not given it up."""
    if report.amount != Money(refund.amount_minor, refund.currency):
        return False
    if not refund.provider_refund_id:
        return refund.state != RefundState.FAILED or report.state == RefundState.FAILED
    return refund.provider_refund_id == report.refund_id


@money_path
def settle_refund(*, refund_id: UUID, state: RefundState, failure_code: str, now: datetime) -> None:
    """Move a refund to the provider's state. Emits RefundSettled once it is paid.

    A refund that was paid may fail later: the payer's bank sends the money back.
    """
    payment = lock_row(Payment.objects.filter(refunds=refund_id), rank=PAYMENT)
    if payment is None:
        raise LookupError(refund_id)
    refund = Refund.objects.select_related("allocation").get(id=refund_id)
    was_paid = refund.state == RefundState.SUCCEEDED
    if refund.state == RefundState.FAILED or (was_paid and state != RefundState.FAILED):
        return
    amount = Money(refund.amount_minor, refund.currency)
    refund.state = state
    refund.failure_code = failure_code[:60]
    is_final = state in (RefundState.SUCCEEDED, RefundState.FAILED)
    refund.settled_at = now if is_final else None
    refund.check_at = None if is_final else now + ASK_AGAIN
    refund.save(update_fields=["state", "failure_code", "settled_at", "check_at"])
    if state == RefundState.SUCCEEDED:
        _book_paid(payment, refund, amount)
    elif state == RefundState.FAILED:
        _book_returned(payment, refund, amount, was_paid=was_paid)


def _book_paid(payment: Payment, refund: Refund, amount: Money) -> None:
    attempt = payment.attempts.get(state=AttemptState.SUCCEEDED)
    ledger.post(
        key=f"refund:{refund.id}:paid",
        kind="REFUND",
        reference_type="payment",
        reference_id=payment.id,
        postings=[
            (ledger.refunds_in_transit(payment.id), -amount),
            (ledger.clearing(attempt.provider), amount),
        ],
    )
    emit(
        RefundSettled(
            payment_id=payment.id,
            refund_id=refund.id,
            reference_id=payment.reference_id,
            allocation_reference_id=refund.allocation.reference_id,
            amount=amount,
        )
    )


def _book_returned(payment: Payment, refund: Refund, amount: Money, *, was_paid: bool) -> None:
    if was_paid:
        attempt = payment.attempts.get(state=AttemptState.SUCCEEDED)
        source = ledger.clearing(attempt.provider)
    else:
        source = ledger.refunds_in_transit(payment.id)
    ledger.post(
        key=f"refund:{refund.id}:failed",
        kind="REFUND_FAILED",
        reference_type="payment",
        reference_id=payment.id,
        postings=[
            (source, -amount),
            (ledger.escrow(refund.allocation.reference_id), amount),
        ],
    )
    PaymentAllocation.objects.filter(id=refund.allocation_id).update(
        refunded_minor=F("refunded_minor") - amount.minor
    )
    Payment.objects.filter(id=payment.id).update(refunded_minor=F("refunded_minor") - amount.minor)
    Incident.objects.get_or_create(
        key=f"refund_failed:{refund.id}",
        defaults={
            "kind": Incident.Kind.REFUND_FAILED,
            "payment": payment,
            "details": {"refund_id": str(refund.id), "code": refund.failure_code},
        },
    )


def settle_due_refunds(*, now: datetime) -> int:
    """Ask again for every refund whose time has come; return how many."""
    with transaction.atomic():
        due = list(
            Refund.objects.filter(check_at__lte=now)
            .select_for_update(skip_locked=True)
            .order_by("check_at")[:BATCH]
        )
        Refund.objects.filter(id__in=[refund.id for refund in due]).update(check_at=now + ASK_AGAIN)
    for refund in due:
        try:
            call_refund(refund_id=refund.id, now=now)
        except Exception as error:  # noqa: BLE001  one refund must not stop the others
            log.warning("settle_refund_failed", refund_id=str(refund.id), error=str(error))
    return len(due)
