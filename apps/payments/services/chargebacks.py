"""Chargebacks: what a provider says of them, and what it does to the books.

Invariant: under the payment's lock, as releases and refunds are. Each sum is booked once: withdrawn it
is a claim, which ends when it is reinstated or borne (chargeback_losses). docs/chargebacks.md.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings

from apps.core.locks import lock_row, money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert_all
from apps.core.services import audit
from apps.core.viewer import SYSTEM
from apps.payments.events import ChargebackLost, ChargebackOpened, ChargebackSettled
from apps.payments.locks import PAYMENT
from apps.payments.models import (
    Chargeback,
    ChargebackPart,
    Incident,
    LedgerAccount,
    Payment,
    PaymentAttempt,
)
from apps.payments.rules_chargebacks import (
    assigned,
    bearer_of,
    loss_key,
    moves_on,
    reinstated_key,
    withdrawn_key,
)
from apps.payments.services import ledger
from apps.payments.types import AttemptState
from apps.payments.types_chargebacks import (
    CLOSED_STATES,
    Bearer,
    ChargebackState,
    Movement,
    ProviderChargeback,
)

log = structlog.get_logger(__name__)

Kind = LedgerAccount.Kind
S = ChargebackState
ASK_AGAIN = timedelta(hours=6)


class PaymentNotCaptured(LookupError):
    """A chargeback of a payment whose capture we have not heard of yet: it is told again later."""


@money_path
def apply_chargeback_report(
    *, provider: str, report: ProviderChargeback, now: datetime
) -> Chargeback | None:
    """Book what a provider says of a chargeback. Idempotent; news may come late, twice, in any order.

    Emits ChargebackOpened, ChargebackLost, ChargebackSettled. Contradictions become incidents, and
    nothing is booked for them; None where it is of no payment of ours.

    :raises PaymentNotCaptured: its payment is not booked yet
    """
    attempt = _attempt_of(provider, report)
    if attempt is None:
        _incident(Incident.Kind.UNKNOWN_PAYMENT, None, report)
        return None
    payment = lock_row(Payment.objects.filter(id=attempt.payment_id), rank=PAYMENT)
    if payment is None or payment.captured_at is None:
        raise PaymentNotCaptured(attempt.payment_id)
    named = Chargeback.objects.filter(
        provider=provider, provider_chargeback_id=report.chargeback_id
    )
    row = named.first()
    if _contradicts(payment, attempt, row, report):
        _incident(Incident.Kind.CONTRADICTION, payment, report)
        return row
    row = row or _begin(payment, provider, report, now)
    if report.withdrawn and row.withdrawn_at is None:
        _withdraw(payment, row, report.withdrawn, now)
    _move(row, report, now)
    _settle(row, report.reinstated, now)
    row.check_at = now + ASK_AGAIN if row.settled_at is None else None
    row.save(update_fields=["check_at"])
    return row


def _attempt_of(provider: str, report: ProviderChargeback) -> PaymentAttempt | None:
    attempts = PaymentAttempt.objects.filter(provider=provider)
    if report.attempt_id and (found := attempts.filter(id=report.attempt_id).first()):
        return found
    if not report.intent_id:
        return None
    return attempts.filter(intent_id=report.intent_id).first()


def _contradicts(
    payment: Payment, attempt: PaymentAttempt, row: Chargeback | None, report: ProviderChargeback
) -> bool:
    """Tell whether a report cannot be of our books: people look at it."""
    # A second charge of a payment lies in suspense: it is no order's.
    is_ours = attempt.state == AttemptState.SUCCEEDED and report.intent_id == attempt.intent_id
    moved = [one for one in (report.withdrawn, report.reinstated) if one]
    if (
        not is_ours
        or report.is_live != settings.STRIPE_LIVE_MODE
        or report.amount.minor <= 0
        or report.amount.currency != payment.currency
        or any(one.amount != report.amount for one in moved)
        or any(one.fee.currency != payment.currency for one in moved)
        or (report.reinstated is not None and report.withdrawn is None)
        # Given back and kept all the same.
        or (report.reinstated is not None and report.state == S.LOST)
    ):
        return True
    if row is None:
        return False
    ended_otherwise = row.state in CLOSED_STATES and (
        report.state in CLOSED_STATES and report.state != row.state
    )
    return ended_otherwise or (row.withdrawn_at is not None and row.amount != report.amount)


def _begin(
    payment: Payment, provider: str, report: ProviderChargeback, now: datetime
) -> Chargeback:
    return Chargeback.objects.create(
        payment=payment,
        provider=provider,
        provider_chargeback_id=report.chargeback_id,
        reason=report.reason[:40],
        state=S.NEEDS_RESPONSE,
        bearer=bearer_of(report.reason),
        currency=report.amount.currency,
        amount_minor=report.amount.minor,
        evidence_due_at=report.evidence_due_at,
        opened_at=now,
    )


def _withdraw(payment: Payment, row: Chargeback, moved: Movement, now: datetime) -> None:
    """The money has left the provider's balance: what is left of the payment's orders is frozen."""
    pause_point("payments.chargeback_opened")
    left = _left(payment, row)
    parts = assigned(moved.amount.minor, left)
    insert_all(
        ChargebackPart(chargeback=row, allocation_id=allocation_id, amount_minor=minor)
        for allocation_id, minor in parts.items()
    )
    _book(
        row,
        withdrawn_key(row.id),
        "CHARGEBACK",
        [
            (ledger.clearing(row.provider), moved.amount + moved.fee),
            (ledger.own(Kind.CHARGEBACKS_OPEN), -moved.amount),
            (ledger.own(Kind.CHARGEBACK_FEES), -moved.fee),
        ],
    )
    row.withdrawn_at = now
    row.amount_minor = moved.amount.minor
    row.fee_minor = moved.fee.minor
    row.save(update_fields=["withdrawn_at", "amount_minor", "fee_minor"])
    _note(row, "opened")
    emit(ChargebackOpened(chargeback_id=row.id))


def _left(payment: Payment, row: Chargeback) -> dict[int, int]:
    """Return what neither a refund nor another chargeback has of each part of a payment, in minor units."""
    left = {part.id: part.left.minor for part in payment.allocations.select_related("payment")}
    others = Chargeback.objects.filter(payment=payment).exclude(id=row.id)
    # A seller's loss is a refund already; what was won is the order's again.
    taken = others.exclude(state=S.WON).exclude(bearer=Bearer.SELLER, settled_at__isnull=False)
    for other in taken.prefetch_related("parts"):
        for part in other.parts.all():
            left[part.allocation_id] = max(left[part.allocation_id] - part.amount_minor, 0)
    return left


def _move(row: Chargeback, report: ProviderChargeback, now: datetime) -> None:
    """Move a chargeback to what the provider says of it, never back."""
    row.evidence_due_at = report.evidence_due_at or row.evidence_due_at
    if moves_on(S(row.state), report.state):
        row.state = report.state
        if report.state == S.UNDER_REVIEW:
            row.under_review_at = now
        else:
            row.closed_at = now
    row.save(update_fields=["state", "evidence_due_at", "under_review_at", "closed_at"])


def _settle(row: Chargeback, reinstated: Movement | None, now: datetime) -> None:
    """Let the claim end, once both the bank's decision and the money are known."""
    if row.settled_at is not None or row.state not in CLOSED_STATES:
        return
    if row.state == S.WON:
        if row.withdrawn_at is None:
            finish(row, now)
        elif reinstated:
            _reinstate(row, reinstated, now)
    elif row.withdrawn_at is None:
        # Lost without money having left: the withdrawal is still to be told.
        return
    elif row.bearer == Bearer.MARKETPLACE or not row.parts.exists():
        book_loss(row, row.amount)
        finish(row, now)
    else:
        emit(ChargebackLost(chargeback_id=row.id))


def _reinstate(row: Chargeback, moved: Movement, now: datetime) -> None:
    _book(
        row,
        reinstated_key(row.id),
        "CHARGEBACK_WON",
        [
            (ledger.clearing(row.provider), moved.fee - moved.amount),
            (ledger.own(Kind.CHARGEBACKS_OPEN), moved.amount),
            (ledger.own(Kind.CHARGEBACK_FEES), -moved.fee),
        ],
    )
    row.reinstated_at = now
    row.fee_minor += moved.fee.minor
    finish(row, now, "reinstated_at", "fee_minor")


def book_loss(row: Chargeback, amount: Money) -> None:
    """Let the marketplace bear `amount` (0 or more) of a lost chargeback."""
    if amount:
        _book(
            row,
            loss_key(row.id),
            "CHARGEBACK_LOSS",
            [
                (ledger.own(Kind.CHARGEBACKS_OPEN), amount),
                (ledger.own(Kind.CHARGEBACK_LOSS), -amount),
            ],
        )


def finish(row: Chargeback, now: datetime, *changed: str) -> None:
    """End a chargeback whose money lies where it belongs. Emits ChargebackSettled."""
    row.settled_at = now
    row.check_at = None
    row.save(update_fields=["settled_at", "check_at", *changed])
    _note(row, "won" if row.state == S.WON else "lost")
    emit(ChargebackSettled(chargeback_id=row.id))


def _book(
    row: Chargeback, key: str, kind: str, postings: list[tuple[ledger.AccountRef, Money]]
) -> None:
    ledger.post(
        key=key, kind=kind, reference_type="chargeback", reference_id=row.id, postings=postings
    )


def _note(row: Chargeback, what: str) -> None:
    audit.record(
        actor=SYSTEM,
        action=f"payments.chargeback_{what}",
        target_type="chargeback",
        target_id=row.id,
        after={
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "reason": row.reason,
            "bearer": row.bearer,
        },
    )


def _incident(kind: Incident.Kind, payment: Payment | None, report: ProviderChargeback) -> None:
    _row, created = Incident.objects.get_or_create(
        key=f"chargeback:{report.chargeback_id}:{report.state}"[:150],
        defaults={
            "kind": kind,
            "payment": payment,
            "details": {
                "chargeback_id": report.chargeback_id,
                "intent_id": report.intent_id,
                "state": report.state,
                "amount_minor": report.amount.minor,
                "currency": report.amount.currency,
            },
        },
    )
    if created:
        log.error("chargeback_incident", kind=kind, chargeback_id=report.chargeback_id)
