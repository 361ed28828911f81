"""Chargebacks told by a report: opened, reviewed, won, lost, and what became of the money."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from apps.core.models import OutboxEvent
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.payments.models import Chargeback, JournalEntry, Payment
from apps.payments.selectors_chargebacks import get_chargeback, part_of
from apps.payments.services import ledger
from apps.payments.services.chargeback_losses import bear_chargeback
from apps.payments.services.chargebacks import apply_chargeback_report
from apps.payments.tests.releases import NOW, STAFF
from apps.payments.types import Share, Split
from apps.payments.types_chargebacks import (
    Borne,
    ChargebackState,
    Movement,
    ProviderChargeback,
)

FEE, HUNDRED = Money(190_000_00, "UZS"), Money(100_000_00, "UZS")
# Of the seller and of the marketplace: reasons of either kind.
NOT_RECEIVED, FRAUD = "product_not_received", "fraudulent"
S = ChargebackState


def payment_of(share: Share) -> Payment:
    return Payment.objects.get(allocations__reference_id=share.reference_id)


def told(share: Share, amount: Money | None = None, **changes: Any) -> ProviderChargeback:
    """A report that a share's payment was taken back, whole unless `amount` says otherwise."""
    return told_of(payment_of(share), amount, **changes)


def told_of(payment: Payment, amount: Money | None = None, **changes: Any) -> ProviderChargeback:
    attempt = payment.attempts.get()
    taken = amount or payment.amount
    report = ProviderChargeback(
        chargeback_id=f"du_{payment.id}",
        intent_id=attempt.intent_id,
        attempt_id=attempt.id,
        state=S.NEEDS_RESPONSE,
        reason=NOT_RECEIVED,
        amount=taken,
        evidence_due_at=NOW + timedelta(days=7),
        withdrawn=Movement(taken, replace(FEE, currency=taken.currency)),
    )
    return replace(report, **changes)


def given_back(report: ProviderChargeback) -> ProviderChargeback:
    """The same, won, with the sum given back and the fee kept."""
    back = Movement(report.amount, Money.zero(report.amount.currency))
    return replace(report, state=S.WON, reinstated=back)


def apply(report: ProviderChargeback, now: datetime = NOW) -> Chargeback:
    row = apply_chargeback_report(provider="stripe", report=report, now=now)
    assert row is not None
    return row


def opened(share: Share, amount: Money | None = None, **changes: Any) -> Chargeback:
    return apply(told(share, amount, **changes))


def won(share: Share, amount: Money | None = None, **changes: Any) -> Chargeback:
    return apply(given_back(told(share, amount, **changes)))


def lost(share: Share, amount: Money | None = None, **changes: Any) -> Chargeback:
    """The bank keeps it: where sellers bear it, nothing is taken from them yet."""
    return apply(told(share, amount, state=S.LOST, **changes))


def bear(
    row: Chargeback, taken: dict[UUID, Split] | None = None, now: datetime = NOW
) -> Chargeback:
    """Let every order bear its part: out of escrow, save what `taken` says of it."""
    row = get_chargeback(row.id)
    given = taken or {}
    references = [part.allocation.reference_id for part in row.parts.all()]
    borne = [Borne(one, part_of(row, one), given.get(one)) for one in references]
    return bear_chargeback(chargeback_id=row.id, borne=borne, now=now)


def own(kind: str, currency: str = "UZS") -> int:
    return ledger.balance(ledger.own(kind), currency).minor


def claims(currency: str = "UZS") -> int:
    """What banks have and have not decided on, above zero."""
    return -own(ledger.Kind.CHARGEBACKS_OPEN, currency)


def marketplace_losses() -> tuple[int, int]:
    """(fees, losses), above zero."""
    kinds = ledger.Kind
    return -own(kinds.CHARGEBACK_FEES), -own(kinds.CHARGEBACK_LOSS)


def clearing() -> int:
    """What the provider holds for us, above zero."""
    return -ledger.balance(ledger.clearing("stripe"), "UZS").minor


def answering_staff() -> Viewer:
    return replace(STAFF, permissions=frozenset({"payments.answer_chargeback"}))


def entries() -> list[str]:
    """The kinds of what was booked for chargebacks."""
    rows = JournalEntry.objects.filter(kind__startswith="CHARGEBACK").order_by("id")
    return list(rows.values_list("kind", flat=True))


def told_topics() -> list[str]:
    rows = OutboxEvent.objects.filter(topic__startswith="payments.chargeback_").order_by("id")
    return [
        topic.removeprefix("payments.chargeback_") for topic in rows.values_list("topic", flat=True)
    ]
