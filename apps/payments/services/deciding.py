"""A dispute's decision: the whole escrow of an order in one entry, a part to each side.

Invariant: what goes back and what is released sum to what is held, and both are booked together.
docs/returns.md has worked numbers.
"""

from collections.abc import Sequence
from datetime import datetime

from apps.core.locks import money_path
from apps.core.money import Money, total
from apps.core.viewer import Viewer
from apps.payments.models import Refund, Settlement
from apps.payments.rules import release_key
from apps.payments.selectors_chargebacks import chargebacks_of
from apps.payments.services import ledger
from apps.payments.services.allocating import captured_parts, lock_payments_of
from apps.payments.services.refunds import (
    RefundOrder,
    announce_refunds,
    in_transit,
    issue_refund,
    write_refunds,
)
from apps.payments.services.releasing import (
    EscrowDiffers,
    ReleaseDiffers,
    announce_release,
    check_not_frozen,
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
    :raises EscrowFrozen, EscrowChargedBack: a hold is on, or a bank is taking the payment back
    :raises ReleaseDiffers: it was released or decided before
    """
    reference_id, amount = refund.reference_id, refund.amount
    payment = lock_payments_of([reference_id])[0]
    if Settlement.objects.filter(reference_id=reference_id).exists():
        raise ReleaseDiffers
    check_not_frozen(reference_id)
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
    return _both(refund, release, reason, actor, now)


def _both(
    order: RefundOrder,
    release: Release,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> tuple[Refund, Settlement]:
    chargebacks = chargebacks_of([order.reference_id])
    parts = captured_parts(order.reference_id)
    refunds = write_refunds(order, parts, reason, now, chargebacks)
    settlement = write_settlement(release, now)
    ledger.post(
        key=release_key(order.reference_id),
        kind="DECISION",
        reference_type="order",
        reference_id=order.reference_id,
        postings=decision_postings(refunds, release),
    )
    announce_refunds(refunds, reason=reason, actor=actor)
    announce_release(release, settlement, actor)
    return refunds[0], settlement


def decision_postings(
    refunds: Sequence[Refund], release: Release
) -> list[tuple[ledger.AccountRef, Money]]:
    """Return the entry: the release's postings with the buyer's part taken out of escrow as well."""
    (escrow, _released), *rest = release_postings(release)
    amount = total([row.amount for row in refunds], release.total.currency)
    return [
        (escrow, -(release.total + amount)),
        *in_transit(refunds),
        *rest,
    ]
