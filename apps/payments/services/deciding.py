"""A dispute's decision: the whole escrow of an order in one entry, a part to each side.

Invariant: what goes back and what is released sum to what is held, and both are booked together.
docs/returns.md has worked numbers.
"""

from datetime import datetime

from apps.core.locks import lock_row, money_path
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.payments.locks import PAYMENT
from apps.payments.models import EscrowHold, Payment, PaymentAllocation, Refund, Settlement
from apps.payments.rules import release_key
from apps.payments.services import ledger
from apps.payments.services.refunds import RefundOrder, announce_refund, issue_refund, write_refund
from apps.payments.services.releasing import (
    EscrowDiffers,
    EscrowFrozen,
    ReleaseDiffers,
    announce_release,
    release_escrow,
    release_postings,
    write_settlement,
)
from apps.payments.types import Release


@money_path
def decide_escrow(
    *, refund: RefundOrder, release: Release | None, reason: str, actor: Viewer, now: datetime
) -> tuple[Refund | None, Settlement | None]:
    """Give `refund` (0 or more) of one order's escrow back and release all that is left.

    `release` is None where nothing is left. With two parts one entry of kind DECISION takes the whole
    escrow, under the key of a release: an order is released or decided, never both. A part that is
    nothing leaves a plain refund or a plain release. Emits RefundRequested, EscrowReleased.

    :raises EscrowDiffers: the parts do not sum to the escrow's balance
    :raises EscrowFrozen: a hold is on
    :raises ReleaseDiffers: it was released or decided before
    """
    reference_id, amount = refund.reference_id, refund.amount
    payment = lock_row(Payment.objects.filter(allocations__reference_id=reference_id), rank=PAYMENT)
    if payment is None:
        raise LookupError(f"nothing was paid for {reference_id}")
    if Settlement.objects.filter(reference_id=reference_id).exists():
        raise ReleaseDiffers
    if EscrowHold.objects.filter(reference_id=reference_id, lifted_at=None).exists():
        raise EscrowFrozen
    held = ledger.balance(ledger.escrow(reference_id), payment.currency)
    parts = amount if release is None else amount + release.total
    if not held or held != parts:
        raise EscrowDiffers
    if release is None:
        whole = issue_refund(
            key=refund.key,
            reference_id=reference_id,
            amount=amount,
            reason=reason,
            actor=actor,
            now=now,
        )
        return whole, None
    if not amount:
        return None, release_escrow(release=release, actor=actor, now=now)
    return _both(payment, refund, release, reason, actor, now)


def _both(
    payment: Payment,
    order: RefundOrder,
    release: Release,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> tuple[Refund, Settlement]:
    allocation = PaymentAllocation.objects.get(payment=payment, reference_id=order.reference_id)
    refund = write_refund(payment, allocation, order, reason, now)
    settlement = write_settlement(release, now)
    ledger.post(
        key=release_key(order.reference_id),
        kind="DECISION",
        reference_type="order",
        reference_id=order.reference_id,
        postings=decision_postings(payment, order.amount, release),
    )
    announce_refund(refund, reason=reason, actor=actor)
    announce_release(release, settlement, actor)
    return refund, settlement


def decision_postings(
    payment: Payment, amount: Money, release: Release
) -> list[tuple[ledger.AccountRef, Money]]:
    """Return the entry: the release's postings with the buyer's part taken out of escrow as well."""
    (escrow, _released), *rest = release_postings(release)
    return [
        (escrow, -(release.total + amount)),
        (ledger.refunds_in_transit(payment.id), amount),
        *rest,
    ]
