"""Reads of chargebacks: what is frozen, what payers have from their banks already, what waits for staff."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from apps.core.money import Money, total
from apps.core.queues import Queue, queue_of
from apps.payments.models import (
    Chargeback,
    ChargebackPart,
    Payment,
    PaymentAllocation,
    Refund,
    Settlement,
)
from apps.payments.rules_chargebacks import at_stake
from apps.payments.types import RefundState, SettlementState
from apps.payments.types_chargebacks import Bearer, ChargebackState

FROZEN = Q(withdrawn_at__isnull=False, settled_at=None)


def frozen_references() -> QuerySet[PaymentAllocation, UUID]:
    """Return the orders whose money waits for a bank's decision, to be excluded by."""
    frozen = Chargeback.objects.filter(FROZEN)
    return PaymentAllocation.objects.filter(payment__in=frozen.values("payment_id")).values_list(
        "reference_id", flat=True
    )


def is_charged_back(reference_id: UUID) -> bool:
    """Tell whether a payment of an order is being taken back at this moment."""
    return Chargeback.objects.filter(
        FROZEN, payment__allocations__reference_id=reference_id
    ).exists()


def contested_of(payee_id: UUID) -> dict[str, Money]:
    """Return, by currency, what of a payee's available balance may have to go back to banks that decide.

    Of chargebacks that sellers bear, as far as their orders' money has become available.
    """
    parts = ChargebackPart.objects.filter(
        chargeback__in=Chargeback.objects.filter(FROZEN, bearer=Bearer.SELLER),
        allocation__payee_id=payee_id,
    )
    taken = dict(parts.values_list("allocation__reference_id").annotate(minor=Sum("amount_minor")))
    if not taken:
        return {}
    settled = Settlement.objects.filter(reference_id__in=taken, state=SettlementState.AVAILABLE)
    found: dict[str, Money] = {}
    for row in settled.prefetch_related("reversals"):
        stake = at_stake(Money(taken[row.reference_id], row.currency), row.left)
        found[stake.currency] = found.get(stake.currency, Money.zero(stake.currency)) + stake
    return found


def chargebacks_of(reference_ids: Sequence[UUID]) -> list[Chargeback]:
    """Return the chargebacks of the payments of orders, the oldest first, their parts loaded."""
    payments = PaymentAllocation.objects.filter(reference_id__in=list(reference_ids))
    rows = Chargeback.objects.filter(payment_id__in=payments.values("payment_id"))
    return list(rows.order_by("id").prefetch_related("parts__allocation"))


def chargebacks_of_payment(payment_id: UUID) -> list[Chargeback]:
    return list(Chargeback.objects.filter(payment_id=payment_id).order_by("id"))


def get_chargeback(chargeback_id: UUID) -> Chargeback:
    """Return a chargeback with its payment and parts loaded.

    :raises LookupError: there is none
    """
    rows = Chargeback.objects.select_related("payment").prefetch_related("parts__allocation")
    found = rows.filter(id=chargeback_id).first()
    if found is None:
        raise LookupError(f"no chargeback {chargeback_id}")
    return found


def part_of(chargeback: Chargeback, reference_id: UUID) -> Money:
    """Return what of a chargeback is one order's; the parts are loaded."""
    minor = [
        part.amount_minor
        for part in chargeback.parts.all()
        if part.allocation.reference_id == reference_id
    ]
    return Money(sum(minor), chargeback.currency)


def references_of(chargeback: Chargeback) -> list[UUID]:
    """Return the orders that a chargeback takes from, in their order; the parts are loaded."""
    return sorted({part.allocation.reference_id for part in chargeback.parts.all()})


def lost_of(payment: Payment, chargebacks: Iterable[Chargeback]) -> list[Chargeback]:
    """Return those that took money of a payment for good."""
    return [
        row
        for row in chargebacks
        if row.payment_id == payment.id
        and row.state == ChargebackState.LOST
        and row.withdrawn_at is not None
    ]


def cardable(payment: Payment, lost: Sequence[Chargeback]) -> Money:
    """Return what of a payment neither its payer's bank nor a refund has given back.

    Below zero: more than was paid, because the bank took what had been refunded before.
    """
    refunds = Refund.objects.filter(payment=payment, chargeback=None)
    given = refunds.exclude(state=RefundState.FAILED).aggregate(sum=Sum("amount_minor"))["sum"]
    minor = payment.captured_minor - sum(row.amount_minor for row in lost) - int(given or 0)
    return Money(minor, payment.currency)


def covered(allocation: PaymentAllocation, lost: Sequence[Chargeback]) -> Money:
    """Return what the marketplace lost on an order's part and no refund has made good yet."""
    borne = [row for row in lost if row.bearer == Bearer.MARKETPLACE]
    currency = allocation.payment.currency
    taken = total([part_of(row, allocation.reference_id) for row in borne], currency)
    refunds = Refund.objects.filter(allocation=allocation, chargeback__in=borne)
    made_good = refunds.aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(taken.minor - int(made_good or 0), currency)


def chargebacks_to_answer() -> Queue:
    rows = Chargeback.objects.filter(state=ChargebackState.NEEDS_RESPONSE, answer="")
    return queue_of(rows, "opened_at")
