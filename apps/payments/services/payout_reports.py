"""What a provider says of our transfers and payouts, booked.

Invariant: reports may come late, twice, in any order, from an answer or from a webhook: each effect
is booked once; what contradicts our books becomes an incident and moves no money.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from apps.core.errors import NotFound
from apps.core.locks import money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.payments.events import PayoutSent
from apps.payments.models import Incident, Payout
from apps.payments.rules_payouts import bounced_key, may_move, paid_key
from apps.payments.services import ledger
from apps.payments.services.payouts import locked_payout, move
from apps.payments.types_payouts import (
    PayoutState,
    ProviderPayout,
    ProviderTransfer,
    TransferOutcome,
)

log = structlog.get_logger(__name__)

ASK_ON_THE_WAY = timedelta(minutes=10)
# A paid payout may come back from the bank within about five business days.
ASK_AFTER_PAID = timedelta(days=1)
WATCH_AFTER_PAID = timedelta(days=10)
S = PayoutState


@money_path
def apply_transfer_report(*, report: ProviderTransfer, now: datetime) -> bool:
    """Record the transfer of a payout; return whether the payout can go on."""
    payout = _payout_named(report.our_payout_id)
    if payout is None:
        _unknown(f"transfer:{report.transfer_id}", report.transfer_id, report.amount)
        return False
    if payout.provider_transfer_id == report.transfer_id:
        return payout.state == S.SENT_TRANSFER
    agrees = (report.amount, report.account_id) == (
        payout.amount,
        payout.account.provider_account_id,
    )
    if (
        payout.provider_transfer_id
        or not agrees
        or not may_move(S(payout.state), S.SENT_TRANSFER)
        or payout.transfer_called_at is None
    ):
        contradict(f"transfer:{report.transfer_id}", payout, report.transfer_id, report.amount)
        return False
    payout.provider_transfer_id = report.transfer_id
    payout.transferred_at = now
    payout.check_at = now
    move(payout, S.SENT_TRANSFER, "provider_transfer_id", "transferred_at", "check_at")
    return True


@money_path
def apply_payout_report(*, report: ProviderPayout, now: datetime) -> bool:
    """Move a payout to where the bank's side is; return whether there is more to do now.

    Emits PayoutSent the first time. A paid payout that comes back is taken back into transit.
    """
    payout = _payout_named(report.our_payout_id)
    if payout is None:
        _unknown(f"payout:{report.payout_id}", report.payout_id, report.amount)
        return False
    is_returned = payout.state in (S.RETURNING, S.FAILED)
    if not _agrees(payout, report) or (is_returned and report.outcome != TransferOutcome.FAILED):
        contradict(f"payout:{report.payout_id}", payout, report.payout_id, report.amount)
        return False
    if is_returned:
        return payout.state == S.RETURNING
    match report.outcome:
        case TransferOutcome.PAID:
            _arrive(payout, report, now)
        case TransferOutcome.FAILED:
            payout.provider_payout_id = report.payout_id
            begin_return(payout, report.failure_code or "bank_refused", now, "provider_payout_id")
            return True
        case TransferOutcome.SENT:
            _depart(payout, report, now)
    return False


def _agrees(payout: Payout, report: ProviderPayout) -> bool:
    """Tell whether a report is of this payout, its sum and its account, and of money that we sent."""
    known = payout.provider_payout_id
    return (
        report.amount == payout.amount
        and report.account_id == payout.account.provider_account_id
        and known in ("", report.payout_id)
        and bool(payout.provider_transfer_id)
    )


def _depart(payout: Payout, report: ProviderPayout, now: datetime) -> None:
    if payout.state == S.PAID:
        return
    payout.arrives_on = report.arrives_on
    payout.check_at = now + ASK_ON_THE_WAY
    if payout.state == S.IN_TRANSIT:
        payout.save(update_fields=["arrives_on", "check_at"])
        return
    payout.provider_payout_id = report.payout_id
    payout.sent_at = now
    move(payout, S.IN_TRANSIT, "provider_payout_id", "sent_at", "arrives_on", "check_at")
    _tell_sent(payout)


def _arrive(payout: Payout, report: ProviderPayout, now: datetime) -> None:
    if payout.state == S.PAID:
        payout.check_at = ask_paid_again(payout, now)
        payout.save(update_fields=["check_at"])
        return
    is_first = payout.sent_at is None
    payout.provider_payout_id = report.payout_id
    payout.sent_at = payout.sent_at or now
    payout.arrives_on = report.arrives_on or payout.arrives_on
    payout.paid_at = now
    payout.check_at = now + ASK_AFTER_PAID
    changed = ("provider_payout_id", "sent_at", "arrives_on", "paid_at", "check_at")
    move(payout, S.PAID, *changed)
    _book(payout, paid_key(payout.id), "PAYOUT", payout.amount)
    if is_first:
        _tell_sent(payout)


def ask_paid_again(payout: Payout, now: datetime) -> datetime | None:
    """Return when to look again at a payout that reads paid; None once it cannot come back any more."""
    is_watched = payout.paid_at is not None and now < payout.paid_at + WATCH_AFTER_PAID
    return now + ASK_AFTER_PAID if is_watched else None


def begin_return(payout: Payout, code: str, now: datetime, *changed: str) -> None:
    """The bank, or the provider before it, refused: the transfer is to be taken back."""
    was_paid = payout.state == S.PAID
    payout.failure_code = code[:60]
    payout.returning_at = now
    payout.check_at = now
    move(payout, S.RETURNING, "failure_code", "returning_at", "check_at", *changed)
    if was_paid:
        _book(payout, bounced_key(payout.id), "PAYOUT_BOUNCED", -payout.amount)


def _book(payout: Payout, key: str, kind: str, amount: Money) -> None:
    """Move `amount` (below zero: back) from transit to what the provider holds no more."""
    ledger.post(
        key=key,
        kind=kind,
        reference_type="payout",
        reference_id=payout.id,
        postings=[
            (ledger.payouts_in_transit(payout.id), -amount),
            (ledger.clearing(payout.account.provider), amount),
        ],
    )


def _tell_sent(payout: Payout) -> None:
    emit(PayoutSent(payout_id=payout.id, payee_id=payout.payee_id, amount=payout.amount))


def _payout_named(payout_id: UUID | None) -> Payout | None:
    if payout_id is None:
        return None
    try:
        return locked_payout(payout_id)
    except NotFound:
        return None


def _unknown(key: str, reference: str, amount: Money) -> None:
    """Money moved at the provider of which our books know nothing."""
    _incident(Incident.Kind.PAYOUT_UNKNOWN, key, None, reference, amount)


def contradict(key: str, payout: Payout, reference: str, amount: Money) -> None:
    """Note that a provider's word does not fit our payout; people decide."""
    _incident(Incident.Kind.CONTRADICTION, key, payout, reference, amount)


def note_stuck(payout: Payout, code: str) -> None:
    """Note that the provider will not give a transfer back, or says nothing of a payout for long."""
    Incident.objects.get_or_create(
        key=f"payout_stuck:{payout.id}",
        defaults={
            "kind": Incident.Kind.PAYOUT_STUCK,
            "details": {"payout": payout.number, "code": code},
        },
    )


def _incident(
    kind: Incident.Kind, key: str, payout: Payout | None, reference: str, amount: Money
) -> None:
    _row, created = Incident.objects.get_or_create(
        key=f"{kind}:{key}"[:150],
        defaults={
            "kind": kind,
            "details": {
                "reference": reference,
                "amount_minor": amount.minor,
                "currency": amount.currency,
                "payout": payout.number if payout else None,
                "expected_minor": payout.amount_minor if payout else None,
                "state": payout.state if payout else None,
            },
        },
    )
    if created:
        log.error("payout_incident", kind=kind, key=key)
