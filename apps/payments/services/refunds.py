"""Refunds: out of escrow first, then out of what was released of it.

Invariant: per payment and per payee, refunded <= captured; the money waits on "refunds in transit"
until the provider has paid it out (refund_sending). What the payer has from its bank already is not
given again (docs/chargebacks.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_rows, money_path
from apps.core.money import Money, total
from apps.core.outbox import emit
from apps.core.rows import insert
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.events import RefundRequested
from apps.payments.locks import PAYMENT
from apps.payments.models import (
    Chargeback,
    LedgerAccount,
    PaymentAllocation,
    Refund,
    Settlement,
)
from apps.payments.rules import refund_key
from apps.payments.selectors_chargebacks import cardable, chargebacks_of, covered, lost_of
from apps.payments.services import ledger, reversing
from apps.payments.services.allocating import captured_parts, lock_payments_of
from apps.payments.services.chargeback_losses import count_refund, write_given_back
from apps.payments.types import Split

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(seconds=60)
# What follows the key of a refund in the names of its further parts.
PART = ":part"
BATCH = 100


class RefundExceedsPayment(DomainError):
    code = "payments.refund_exceeds_payment"
    message = _("More would be returned than was paid for this.")


class RefundExceedsEscrow(RefundExceedsPayment):
    code = "payments.refund_exceeds_escrow"
    message = _("The money of this order was divided: it cannot be returned from escrow alone.")


class ReversalExceedsSettlement(RefundExceedsPayment):
    code = "payments.reversal_exceeds_settlement"
    message = _("More would be taken back from the seller than is left of the order's money.")


class RefundUnderChargeback(DomainError):
    code = "payments.refund_under_chargeback"
    message = _(
        "The buyer's bank is taking this payment back. Nothing can be returned until it has decided."
    )


class RefundDiffers(DomainError):
    code = "payments.refund_differs"
    message = _("This refund was asked for before with another amount.")


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """`reference_id` is the payee's (an order's); `key` names this refund for ever.

    `taken_back` is what of the amount was released already, part by part; the rest is in escrow.
    What was paid by several payments goes back to the newest first, or first to `payment_id`.
    """

    key: str
    reference_id: UUID
    amount: Money
    taken_back: Split | None = None
    payment_id: UUID | None = None

    @property
    def from_escrow(self) -> Money:
        return self.amount - self.taken_back.total if self.taken_back else self.amount


def issue_refund(
    *,
    key: str,
    reference_id: UUID,
    amount: Money,
    reason: str,
    actor: Viewer,
    now: datetime,
    taken_back: Split | None = None,
    payment_id: UUID | None = None,
) -> Refund:
    """Take `amount` (> 0) out of one payee's escrow and queue its return to the payer.

    What was released comes out of what the marketplace and the payee got, as `taken_back` says; a
    payee who has it no more owes it. What several payments bring back is a refund of each: the first
    is returned, the others are named after it. A repeated key returns the first refund. Emits
    RefundRequested; that event's job, not this call, talks to the provider.

    :raises RefundExceedsPayment: less is left of the payee's share
    :raises RefundExceedsEscrow: it was released, and `taken_back` does not make up for it
    :raises ReversalExceedsSettlement: a part of `taken_back` is more than is left of it
    :raises RefundUnderChargeback: a bank is taking a payment of it back at this moment
    :raises RefundDiffers: the key came before with another amount
    """
    orders = [RefundOrder(key, reference_id, amount, taken_back, payment_id)]
    return issue_refunds(orders=orders, reason=reason, actor=actor, now=now)[0]


@money_path
def issue_refunds(
    *, orders: Sequence[RefundOrder], reason: str, actor: Viewer, now: datetime
) -> list[Refund]:
    """Issue refunds to several payees of one purchase, all or none, under one lock on its payments.

    :raises RefundExceedsPayment, RefundExceedsEscrow, ReversalExceedsSettlement: see issue_refund
    :raises RefundUnderChargeback, RefundDiffers: see issue_refund
    """
    references = [order.reference_id for order in orders]
    lock_payments_of(references)
    released = Settlement.objects.filter(reference_id__in=references)
    settlements = {row.reference_id: row for row in lock_rows(released, rank=PAYMENT)}
    return [
        _issue(settlements.get(order.reference_id), order, reason, actor, now) for order in orders
    ]


def _issue(
    settlement: Settlement | None, order: RefundOrder, reason: str, actor: Viewer, now: datetime
) -> Refund:
    if earlier := _earlier(order):
        return earlier
    parts = captured_parts(order.reference_id)
    if any(part.payment.currency != order.amount.currency for part in parts):
        raise RefundExceedsPayment
    left = total([part.left for part in parts], order.amount.currency)
    if order.amount > left:
        raise RefundExceedsPayment
    _check_parts(order, settlement, left)
    chargebacks = chargebacks_of([order.reference_id])
    _check_no_bank_decides(order, parts, chargebacks)
    refunds = write_refunds(order, parts, reason, now, chargebacks)
    taken = reversing.take_back(settlement, refunds, order.taken_back, now) if settlement else []
    ledger.post(
        key=refund_key(refunds[0].id),
        kind="REFUND_REQUEST",
        reference_type="payment",
        reference_id=refunds[0].payment_id,
        postings=[
            (ledger.escrow(order.reference_id), -order.from_escrow),
            *taken,
            *in_transit(refunds),
        ],
    )
    announce_refunds(refunds, reason=reason, actor=actor)
    return refunds[0]


def _earlier(order: RefundOrder) -> Refund | None:
    """Return the first part of what a key has brought back before.

    :raises RefundDiffers: it was another sum
    """
    named = Q(key=order.key) | Q(key__startswith=f"{order.key}{PART}")
    parts = list(Refund.objects.filter(named).order_by("key"))
    if parts and total([part.amount for part in parts], parts[0].currency) != order.amount:
        raise RefundDiffers
    return parts[0] if parts else None


def _check_no_bank_decides(
    order: RefundOrder, parts: Sequence[PaymentAllocation], chargebacks: Sequence[Chargeback]
) -> None:
    """Refuse a refund of an order while a bank has one of its payments, save out of another alone.

    :raises RefundUnderChargeback: a payment that it may take from is being taken back
    """
    frozen = {row.payment_id for row in chargebacks if row.is_frozen}
    if not frozen:
        return
    named = [part.left for part in parts if part.payment_id == order.payment_id]
    is_apart = order.payment_id not in frozen and named and order.amount <= named[0]
    if not is_apart:
        raise RefundUnderChargeback


def write_refunds(
    order: RefundOrder,
    parts: Sequence[PaymentAllocation],
    reason: str,
    now: datetime,
    chargebacks: Sequence[Chargeback] = (),
) -> list[Refund]:
    """Write a refund for each locked payment that gives some of it back; their entry is the caller's.

    The first has the order's key, the others its key and their place. What the payer has from its
    bank by one of `chargebacks` is a refund of its own.
    """
    refunds: list[Refund] = []
    rest = order.amount
    for part in sorted(
        parts,
        key=lambda part: (part.payment_id == order.payment_id, part.payment_id),
        reverse=True,
    ):
        amount = min(part.left, rest)
        rest -= amount
        for given, row in _by_way(part, amount, lost_of(part.payment, chargebacks)):
            key = f"{order.key}{PART}{len(refunds) + 1}" if refunds else order.key
            refunds.append(
                write_given_back(row, part, given, key, reason, now)
                if row
                else _write(part, key, given, reason, now)
            )
    return refunds


def _by_way(
    part: PaymentAllocation, amount: Money, lost: Sequence[Chargeback]
) -> list[tuple[Money, Chargeback | None]]:
    """Divide a sum into what goes to the card (first) and what the bank has given for a chargeback."""
    if not lost:
        return [(amount, None)] if amount else []
    payment = part.payment
    nothing = Money.zero(amount.currency)
    to_card = max(min(amount - covered(part, lost), cardable(payment, lost)), nothing)
    ways = ((to_card, None), (amount - to_card, lost[-1]))
    return [(given, row) for given, row in ways if given]


def _write(part: PaymentAllocation, key: str, amount: Money, reason: str, now: datetime) -> Refund:
    refund = insert(
        Refund(
            payment=part.payment,
            allocation=part,
            key=key,
            amount_minor=amount.minor,
            currency=amount.currency,
            reason=reason,
            check_at=now + ASK_AGAIN,
        )
    )
    count_refund(part, amount)
    return refund


def in_transit(refunds: Sequence[Refund]) -> list[tuple[ledger.AccountRef, Money]]:
    """Return where an entry puts each refund: on the way to its payment, or, where the payer has it
    from its bank, to the loss that the marketplace had by that.
    """
    loss = ledger.own(LedgerAccount.Kind.CHARGEBACK_LOSS)
    return [
        (loss if row.chargeback_id else ledger.refunds_in_transit(row.payment_id), row.amount)
        for row in refunds
    ]


def announce_refunds(refunds: Sequence[Refund], *, reason: str, actor: Viewer) -> None:
    """Leave the audit entry of each refund; of those to a card emit RefundRequested: its job then
    asks the provider.
    """
    for refund in refunds:
        audit.record(
            actor=actor,
            action="payments.refund",
            target_type="payment",
            target_id=refund.payment_id,
            after={"amount_minor": refund.amount_minor, "currency": refund.currency},
            reason=reason,
        )
    for refund in refunds:
        if refund.chargeback_id is None:
            emit(RefundRequested(payment_id=refund.payment_id, refund_id=refund.id))


def _check_parts(order: RefundOrder, settlement: Settlement | None, left: Money) -> None:
    """Refuse a refund that escrow and what was released of it do not hold between them."""
    if settlement is None:
        if order.taken_back:
            raise ReversalExceedsSettlement
        return
    released = settlement.left
    if order.from_escrow.minor < 0 or order.from_escrow > left - released.total:
        raise RefundExceedsEscrow
    if order.taken_back and (released - order.taken_back).is_negative:
        raise ReversalExceedsSettlement
