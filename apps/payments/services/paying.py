"""Paying: intents, attempts, the call to the provider, and what its answers change.

Invariant: an attempt is written before the provider is called and its id is the idempotency key;
a payment is captured once, for exactly its amount; no network call runs inside a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.compiled import compiled_lock, get_row
from apps.core.errors import DomainError
from apps.core.http_client import ProviderPermanent, ProviderRetryable, ProviderUnknown
from apps.core.locks import lock_row, money_path, note_lock
from apps.core.money import Money, total
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert, insert_all, insert_once, update
from apps.payments.events import (
    PaymentActionRequired,
    PaymentAttemptFailed,
    PaymentAttemptStarted,
    PaymentCaptured,
    PaymentDeclined,
)
from apps.payments.locks import PAYMENT
from apps.payments.models import (
    Incident,
    Payment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentEvent,
)
from apps.payments.providers import provider_of
from apps.payments.providers.base import SessionRequest
from apps.payments.rules import moves_forward
from apps.payments.services import ledger
from apps.payments.types import AttemptState, PaymentState, ProviderPayment, Share

log = structlog.get_logger(__name__)

OPEN_STATES = (AttemptState.CREATED, AttemptState.REQUIRES_ACTION, AttemptState.UNKNOWN)
RETRY_CALL = timedelta(seconds=30)
ASK_AGAIN = timedelta(minutes=2)
# After that long without an answer the attempt ends: its page was never shown, so nobody can pay on it.
GIVE_UP_CALLING = timedelta(minutes=5)
# Stripe takes 30 minutes to 24 hours. The hold on the goods is shorter: its end closes the page.
SESSION_LIFE = timedelta(minutes=60)


class PaymentAlreadyCaptured(DomainError):
    code = "payments.already_captured"
    message = _("This is paid already.")


class PaymentDiffers(DomainError):
    code = "payments.differs"
    message = _("A payment for this with another amount exists.")


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """What is to be paid: the shares sum to the amount."""

    reference_type: str
    reference_id: UUID
    payer_id: UUID | None
    payer_email: str
    description: str
    language: str
    amount: Money
    shares: Sequence[Share]


@money_path
def start_payment(*, intent: PaymentIntent, return_url: str, now: datetime) -> PaymentAttempt:
    """Write a payment attempt; a money worker calls the provider after the commit.

    While an attempt is open it is returned: a double click pays once. Emits PaymentAttemptStarted.

    :raises PaymentAlreadyCaptured: the money is here
    :raises PaymentDiffers: the reference has a payment of another amount
    """
    payment, is_new = _payment_for(intent)
    if payment.state == PaymentState.CAPTURED:
        raise PaymentAlreadyCaptured
    last = None if is_new else payment.attempts.order_by("number").last()
    if last and last.state in OPEN_STATES:
        return last
    attempt = insert(
        PaymentAttempt(
            payment=payment,
            number=last.number + 1 if last else 1,
            provider=settings.PAYMENT_PROVIDER,
            return_url=return_url,
            expires_at=now + SESSION_LIFE,
            check_at=now + RETRY_CALL,
        )
    )
    emit(PaymentAttemptStarted(payment_id=payment.id, attempt_id=attempt.id))
    return attempt


def _payment_for(intent: PaymentIntent) -> tuple[Payment, bool]:
    """Return the payment of an intent, locked, and whether it was made now."""
    if total([share.amount for share in intent.shares], intent.amount.currency) != intent.amount:
        raise ValueError("the shares do not sum to the amount")
    note_lock(PAYMENT)
    if made := _create_payment(intent):
        return made, True
    named = Payment.objects.filter(
        reference_type=intent.reference_type, reference_id=intent.reference_id
    )
    payment = lock_row(named, rank=PAYMENT)
    if payment is None or payment.amount != intent.amount:
        raise PaymentDiffers
    return payment, False


def _create_payment(intent: PaymentIntent) -> Payment | None:
    """Write a payment with its shares; None where there is one for this."""
    payment = Payment(
        reference_type=intent.reference_type,
        reference_id=intent.reference_id,
        payer_id=intent.payer_id,
        payer_email=intent.payer_email,
        description=intent.description,
        language=intent.language,
        currency=intent.amount.currency,
        amount_minor=intent.amount.minor,
    )
    if not insert_once(payment):
        return None
    insert_all(
        PaymentAllocation(
            payment=payment,
            reference_id=share.reference_id,
            payee_id=share.payee_id,
            amount_minor=share.amount.minor,
        )
        for share in intent.shares
    )
    return payment


def call_provider(*, attempt_id: UUID, now: datetime) -> None:
    """Open the hosted page of an attempt and record the outcome. Runs in a money worker.

    Safe to repeat: the provider gets the attempt's id as idempotency key.
    """
    attempt = _claim_call(attempt_id=attempt_id, now=now)
    if attempt is None:
        return
    provider = provider_of(attempt.provider)
    try:
        session = provider.open_session(
            SessionRequest(
                attempt_id=attempt.id,
                payment_id=attempt.payment_id,
                description=attempt.payment.description,
                amount=attempt.payment.amount,
                payer_email=attempt.payment.payer_email,
                language=attempt.payment.language,
                success_url=_after_success(attempt.return_url),
                cancel_url=attempt.return_url,
                expires_at=attempt.expires_at,
            )
        )
    except ProviderPermanent as error:
        _fail_attempt(attempt_id=attempt.id, failure_code=str(error)[:60], now=now)
    except (ProviderRetryable, ProviderUnknown) as error:
        log.warning("payment_call_unknown", attempt_id=str(attempt.id), error=str(error))
        _postpone_call(attempt_id=attempt.id, now=now)
    else:
        pause_point("payments.session_opened")
        _record_session(
            attempt_id=attempt.id,
            session_id=session.session_id,
            intent_id=session.intent_id,
            redirect_url=session.redirect_url,
            now=now,
        )


def _after_success(return_url: str) -> str:
    """Let the page tell a buyer who has paid from one who turned back; a hint for words alone."""
    return f"{return_url}{'&' if '?' in return_url else '?'}done=1"


@transaction.atomic
def _claim_call(*, attempt_id: UUID, now: datetime) -> PaymentAttempt | None:
    attempt = _locked(attempt_id)
    if attempt.state not in (AttemptState.CREATED, AttemptState.UNKNOWN) or attempt.session_id:
        return None
    attempt.called_at = now
    attempt.check_at = now + RETRY_CALL
    update(attempt, "called_at", "check_at")
    return attempt


@transaction.atomic
def _record_session(
    *, attempt_id: UUID, session_id: str, intent_id: str, redirect_url: str, now: datetime
) -> None:
    attempt = _locked(attempt_id)
    payment = attempt.payment
    if attempt.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
        return
    attempt.state = AttemptState.REQUIRES_ACTION
    attempt.session_id, attempt.intent_id = session_id, intent_id
    attempt.redirect_url = redirect_url
    attempt.check_at = now + ASK_AGAIN
    update(attempt, "state", "session_id", "intent_id", "redirect_url", "check_at")
    if moves_forward(PaymentState(payment.state), PaymentState.REQUIRES_ACTION):
        payment.state = PaymentState.REQUIRES_ACTION
        update(payment, "state")
    emit(
        PaymentActionRequired(
            payment_id=payment.id, attempt_id=attempt.id, reference_id=payment.reference_id
        )
    )


@transaction.atomic
def _fail_attempt(*, attempt_id: UUID, failure_code: str, now: datetime) -> None:
    attempt = _locked(attempt_id)
    if attempt.state in OPEN_STATES:
        _end_attempt(attempt, AttemptState.FAILED, failure_code)


def _end_attempt(attempt: PaymentAttempt, state: AttemptState, failure_code: str) -> None:
    payment = attempt.payment
    attempt.state = state
    attempt.failure_code = failure_code
    attempt.check_at = None
    update(attempt, "state", "failure_code", "check_at")
    emit(
        PaymentAttemptFailed(
            payment_id=payment.id,
            attempt_id=attempt.id,
            reference_id=payment.reference_id,
            failure_code=failure_code,
        )
    )


@transaction.atomic
def _postpone_call(*, attempt_id: UUID, now: datetime) -> None:
    attempt = _locked(attempt_id)
    if attempt.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
        return
    if now >= attempt.expires_at - SESSION_LIFE + GIVE_UP_CALLING:
        _end_attempt(attempt, AttemptState.FAILED, "provider_unavailable")
        return
    attempt.state = AttemptState.UNKNOWN
    attempt.check_at = now + RETRY_CALL
    update(attempt, "state", "check_at")


@compiled_lock(PAYMENT)
def _payment_of_attempt(attempt_id: UUID) -> QuerySet[Payment]:
    return Payment.objects.filter(attempts=attempt_id)


def _locked(attempt_id: UUID) -> PaymentAttempt:
    """Return an attempt, read behind the lock of its payment."""
    payment = _payment_of_attempt.first(attempt_id=attempt_id)
    if payment is None:
        raise LookupError(f"no payment attempt {attempt_id}")
    attempt = get_row(PaymentAttempt, attempt_id)
    attempt.payment = payment
    return attempt


@money_path
def apply_report(*, provider: str, report: ProviderPayment, now: datetime) -> None:
    """Book what a provider says of a payment. Idempotent; news may come late, twice, in any order.

    Emits PaymentCaptured, PaymentDeclined or PaymentAttemptFailed. Contradictions become incidents.
    """
    found = _locked_attempt(provider, report)
    if found is None:
        _incident(Incident.Kind.UNKNOWN_PAYMENT, f"{provider}:{report.intent_id}", None, report)
        return
    payment, attempt = found
    if report.is_live != settings.STRIPE_LIVE_MODE:
        _incident(Incident.Kind.CONTRADICTION, f"mode:{report.intent_id}", payment, report)
        return
    match report.state:
        case PaymentState.CAPTURED:
            _capture(payment, attempt, report, now=now)
        case PaymentState.FAILED:
            _decline(payment, attempt, report)
        case PaymentState.CANCELLED:
            # The end of one page: the payment itself may be paid on another.
            if attempt.state in OPEN_STATES:
                _end_attempt(attempt, AttemptState.EXPIRED, "session_expired")
        case _ if moves_forward(PaymentState(payment.state), report.state):
            payment.state = report.state
            update(payment, "state")


def _locked_attempt(
    provider: str, report: ProviderPayment
) -> tuple[Payment, PaymentAttempt] | None:
    """Return the attempt that a report names, by our id or by its session's, and its locked payment."""
    for name, value in (("id", report.attempt_id), ("session_id", report.session_id)):
        if not value:
            continue
        named = {f"attempts__{name}": value, "attempts__provider": provider}
        if payment := lock_row(Payment.objects.filter(**named), rank=PAYMENT):
            attempt = PaymentAttempt.objects.get(**{name: value, "provider": provider})
            attempt.payment = payment
            return payment, attempt
    return None


def _capture(
    payment: Payment, attempt: PaymentAttempt, report: ProviderPayment, *, now: datetime
) -> None:
    captured = PaymentEvent(
        payment=payment,
        provider_reference=report.intent_id,
        kind=PaymentState.CAPTURED,
        amount_minor=report.captured.minor,
        currency=report.captured.currency,
    )
    if not insert_once(captured):
        return
    wrong_amount = report.captured != payment.amount
    if wrong_amount or payment.state == PaymentState.CAPTURED:
        _hold_in_suspense(payment, attempt, report, is_double=not wrong_amount)
        return
    allocations = list(payment.allocations.order_by("id"))
    ledger.post(
        key=f"payment:{payment.id}:capture",
        kind="CAPTURE",
        reference_type="payment",
        reference_id=payment.id,
        postings=[
            (ledger.clearing(attempt.provider), -payment.amount),
            *(
                (ledger.escrow(part.reference_id), Money(part.amount_minor, payment.currency))
                for part in allocations
            ),
        ],
    )
    payment.state = PaymentState.CAPTURED
    payment.captured_minor = payment.amount_minor
    payment.captured_at = now
    update(payment, "state", "captured_minor", "captured_at")
    attempt.state = AttemptState.SUCCEEDED
    attempt.intent_id = report.intent_id
    attempt.failure_code = ""
    attempt.check_at = None
    update(attempt, "state", "intent_id", "failure_code", "check_at")
    emit(
        PaymentCaptured(
            payment_id=payment.id,
            reference_type=payment.reference_type,
            reference_id=payment.reference_id,
            amount=payment.amount,
        )
    )


def _hold_in_suspense(
    payment: Payment, attempt: PaymentAttempt, report: ProviderPayment, *, is_double: bool
) -> None:
    """Book money that we cannot assign, so that our books still equal the provider's."""
    ledger.post(
        key=f"payment:{payment.id}:suspense:{report.intent_id}",
        kind="SUSPENSE",
        reference_type="payment",
        reference_id=payment.id,
        postings=[
            (ledger.clearing(attempt.provider), -report.captured),
            (ledger.suspense(attempt.provider), report.captured),
        ],
    )
    kind = Incident.Kind.DOUBLE_CAPTURE if is_double else Incident.Kind.AMOUNT_MISMATCH
    _incident(kind, f"{payment.id}:{report.intent_id}", payment, report)
    if attempt.state in OPEN_STATES:
        attempt.check_at = None
        update(attempt, "check_at")


def _decline(payment: Payment, attempt: PaymentAttempt, report: ProviderPayment) -> None:
    if attempt.state not in OPEN_STATES or payment.state == PaymentState.CAPTURED:
        return
    if attempt.failure_code == report.failure_code[:60]:
        return
    attempt.failure_code = report.failure_code[:60]
    update(attempt, "failure_code")
    emit(
        PaymentDeclined(
            payment_id=payment.id,
            attempt_id=attempt.id,
            reference_id=payment.reference_id,
            failure_code=attempt.failure_code,
        )
    )


def _incident(
    kind: Incident.Kind, key: str, payment: Payment | None, report: ProviderPayment
) -> None:
    _row, created = Incident.objects.get_or_create(
        key=f"{kind}:{key}"[:150],
        defaults={
            "kind": kind,
            "payment": payment,
            "details": {
                "intent_id": report.intent_id,
                "captured_minor": report.captured.minor,
                "currency": report.captured.currency,
                "expected_minor": payment.amount_minor if payment else None,
            },
        },
    )
    if created:
        log.error("payment_incident", kind=kind, key=key)
