"""Refunds: out of escrow first, then out of what was released of it.

Invariant: per payment and per payee, refunded <= captured; the money waits on "refunds in transit"
until the provider has paid it out (refund_sending).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_row, lock_rows, money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.events import RefundRequested
from apps.payments.locks import PAYMENT
from apps.payments.models import (
    Payment,
    PaymentAllocation,
    Refund,
    Settlement,
)
from apps.payments.rules import refund_key
from apps.payments.services import ledger, reversing
from apps.payments.types import Split

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(seconds=60)
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


class RefundDiffers(DomainError):
    code = "payments.refund_differs"
    message = _("This refund was asked for before with another amount.")


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """`reference_id` is the payee's (an order's); `key` names this refund for ever.

    `taken_back` is what of the amount was released already, part by part; the rest is in escrow.
    """

    key: str
    reference_id: UUID
    amount: Money
    taken_back: Split | None = None

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
) -> Refund:
    """Take `amount` (> 0) out of one payee's escrow and queue its return to the payer.

    What was released comes out of what the marketplace and the payee got, as `taken_back` says; a
    payee who has it no more owes it. A repeated key returns the first refund. Emits
    RefundRequested; that event's job, not this call, talks to the provider.

    :raises RefundExceedsPayment: less is left of the payee's share
    :raises RefundExceedsEscrow: it was released, and `taken_back` does not make up for it
    :raises ReversalExceedsSettlement: a part of `taken_back` is more than is left of it
    :raises RefundDiffers: the key came before with another amount
    """
    orders = [RefundOrder(key, reference_id, amount, taken_back)]
    return issue_refunds(orders=orders, reason=reason, actor=actor, now=now)[0]


@money_path
@transaction.atomic
def issue_refunds(
    *, orders: Sequence[RefundOrder], reason: str, actor: Viewer, now: datetime
) -> list[Refund]:
    """Issue refunds to several payees of one payment, all or none, under one lock on it.

    :raises RefundExceedsPayment, RefundExceedsEscrow, ReversalExceedsSettlement, RefundDiffers: see
        issue_refund
    """
    allocations = PaymentAllocation.objects.filter(
        reference_id__in=[order.reference_id for order in orders]
    )
    payment_ids = {allocation.payment_id for allocation in allocations}
    if len(payment_ids) != 1:
        raise LookupError(f"{len(payment_ids)} payments for one refund")
    payment = lock_row(Payment.objects.filter(id__in=payment_ids), rank=PAYMENT)
    if payment is None:
        raise LookupError(payment_ids)
    released = Settlement.objects.filter(reference_id__in=[order.reference_id for order in orders])
    settlements = {row.reference_id: row for row in lock_rows(released, rank=PAYMENT)}
    return [
        _issue(payment, settlements.get(order.reference_id), order, reason, actor, now)
        for order in orders
    ]


def _issue(
    payment: Payment,
    settlement: Settlement | None,
    order: RefundOrder,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> Refund:
    key, amount = order.key, order.amount
    if earlier := Refund.objects.filter(key=key).first():
        if (earlier.amount_minor, earlier.currency) != (amount.minor, amount.currency):
            raise RefundDiffers
        return earlier
    allocation = PaymentAllocation.objects.get(payment=payment, reference_id=order.reference_id)
    left = allocation.amount_minor - allocation.refunded_minor
    if payment.captured_at is None or amount.currency != payment.currency or amount.minor > left:
        raise RefundExceedsPayment
    _check_parts(order, settlement, Money(left, payment.currency))
    refund = write_refund(payment, allocation, order, reason, now)
    taken = reversing.take_back(settlement, refund, order.taken_back, now) if settlement else []
    ledger.post(
        key=refund_key(refund.id),
        kind="REFUND_REQUEST",
        reference_type="payment",
        reference_id=payment.id,
        postings=[
            (ledger.escrow(order.reference_id), -order.from_escrow),
            *taken,
            (ledger.refunds_in_transit(payment.id), amount),
        ],
    )
    announce_refund(refund, reason=reason, actor=actor)
    return refund


def write_refund(
    payment: Payment, allocation: PaymentAllocation, order: RefundOrder, reason: str, now: datetime
) -> Refund:
    """Write a refund and count it on the locked payment; its entry is the caller's to post."""
    key, amount = order.key, order.amount
    refund = Refund.objects.create(
        payment=payment,
        allocation=allocation,
        key=key,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        check_at=now + ASK_AGAIN,
    )
    PaymentAllocation.objects.filter(id=allocation.id).update(
        refunded_minor=F("refunded_minor") + amount.minor
    )
    Payment.objects.filter(id=payment.id).update(refunded_minor=F("refunded_minor") + amount.minor)
    return refund


def announce_refund(refund: Refund, *, reason: str, actor: Viewer) -> None:
    """Leave the audit entry of a refund and emit RefundRequested: its job then asks the provider."""
    audit.record(
        actor=actor,
        action="payments.refund",
        target_type="payment",
        target_id=refund.payment_id,
        after={"amount_minor": refund.amount_minor, "currency": refund.currency},
        reason=reason,
    )
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
