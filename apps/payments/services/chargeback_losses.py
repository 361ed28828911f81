"""A lost chargeback that sellers bear: taken as a refund after the release is.

Invariant: each order bears its part once, in one balanced entry; what no order can bear any more (it
was refunded before) is the marketplace's. docs/money.md has worked numbers.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from apps.core.locks import lock_rows, money_path
from apps.core.money import Money, total
from apps.core.rows import insert
from apps.core.services import audit
from apps.core.viewer import SYSTEM
from apps.payments.locks import PAYMENT
from apps.payments.models import (
    Chargeback,
    ChargebackPart,
    LedgerAccount,
    Payment,
    PaymentAllocation,
    Refund,
    Settlement,
)
from apps.payments.rules import refund_key
from apps.payments.rules_chargebacks import borne_key
from apps.payments.selectors_chargebacks import get_chargeback, references_of
from apps.payments.services import ledger, reversing
from apps.payments.services.allocating import lock_payments_of
from apps.payments.services.chargebacks import book_loss, finish
from apps.payments.types import RefundState
from apps.payments.types_chargebacks import Bearer, Borne, ChargebackState

Kind = LedgerAccount.Kind
REASON = "CHARGEBACK"


@money_path
def bear_chargeback(*, chargeback_id: UUID, borne: Sequence[Borne], now: datetime) -> Chargeback:
    """Take a lost chargeback from its orders, each as `borne` says, and end it; repeating changes nothing.

    An order may bear less than its part: the marketplace bears the rest. Emits ChargebackSettled.

    :raises ValueError: it is not lost, not the sellers', or an order would bear more than its part
    """
    row = get_chargeback(chargeback_id)
    references = references_of(row)
    lock_payments_of(references)
    released = Settlement.objects.filter(reference_id__in=references)
    settlements = {one.reference_id: one for one in lock_rows(released, rank=PAYMENT)}
    row.refresh_from_db()
    if row.settled_at is not None:
        return row
    if row.state != ChargebackState.LOST or row.bearer != Bearer.SELLER or not row.withdrawn_at:
        raise ValueError(f"chargeback {row.id} is not the sellers' loss")
    parts = {part.allocation.reference_id: part for part in row.parts.all()}
    for one in borne:
        if one.amount:
            _take(row, parts[one.reference_id], settlements.get(one.reference_id), one, now)
    book_loss(row, row.amount - total([one.amount for one in borne], row.currency))
    finish(row, now)
    return row


def _take(
    row: Chargeback,
    part: ChargebackPart,
    settlement: Settlement | None,
    borne: Borne,
    now: datetime,
) -> None:
    if borne.amount > Money(part.amount_minor, row.currency) or borne.from_escrow.minor < 0:
        raise ValueError(f"{borne.amount} of {part}")
    if borne.taken_back and settlement is None:
        raise ValueError(f"nothing of {borne.reference_id} was released")
    refund = write_given_back(
        row, part.allocation, borne.amount, borne_key(row.id, borne.reference_id), REASON, now
    )
    taken = reversing.take_back(settlement, [refund], borne.taken_back, now) if settlement else []
    ledger.post(
        key=refund_key(refund.id),
        kind="CHARGEBACK_LOST",
        reference_type="chargeback",
        reference_id=row.id,
        postings=[
            (ledger.escrow(borne.reference_id), -borne.from_escrow),
            *taken,
            (ledger.own(Kind.CHARGEBACKS_OPEN), borne.amount),
        ],
    )
    audit.record(
        actor=SYSTEM,
        action="payments.chargeback_borne",
        target_type="order",
        target_id=borne.reference_id,
        after={"amount_minor": borne.amount.minor, "currency": borne.amount.currency},
    )


def write_given_back(
    row: Chargeback,
    allocation: PaymentAllocation,
    amount: Money,
    key: str,
    reason: str,
    now: datetime,
) -> Refund:
    """Note a refund whose sum the payer has from its bank: it is over at once, its entry the caller's."""
    refund = insert(
        Refund(
            payment_id=allocation.payment_id,
            allocation=allocation,
            chargeback=row,
            key=key,
            amount_minor=amount.minor,
            currency=amount.currency,
            reason=reason,
            state=RefundState.SUCCEEDED,
            settled_at=now,
        )
    )
    count_refund(allocation, amount)
    return refund


def count_refund(allocation: PaymentAllocation, amount: Money) -> None:
    """Raise what was refunded of an order's part and of its payment."""
    raised = F("refunded_minor") + amount.minor
    PaymentAllocation.objects.filter(id=allocation.id).update(refunded_minor=raised)
    Payment.objects.filter(id=allocation.payment_id).update(refunded_minor=raised)
