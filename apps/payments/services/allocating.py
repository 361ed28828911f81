"""The payments behind a payee's reference: the first, and those that came on top of it.

Invariant: refunds, releases and holds of one reference come one after another, because each locks
the same payments first.
"""

from collections.abc import Sequence
from uuid import UUID

from apps.core.locks import lock_rows
from apps.payments.locks import PAYMENT
from apps.payments.models import Payment, PaymentAllocation


def lock_payments_of(reference_ids: Sequence[UUID]) -> list[Payment]:
    """Lock and return the payments for some references, the oldest first.

    :raises LookupError: there is none
    """
    parts = PaymentAllocation.objects.filter(reference_id__in=list(reference_ids))
    payments = lock_rows(Payment.objects.filter(id__in=parts.values("payment_id")), rank=PAYMENT)
    if not payments:
        raise LookupError(f"nothing was paid for {reference_ids}")
    return payments


def captured_parts(reference_id: UUID) -> list[PaymentAllocation]:
    """Return the parts of captured payments that are a reference's, their payments loaded."""
    return list(
        PaymentAllocation.objects.filter(
            reference_id=reference_id, payment__captured_at__isnull=False
        ).select_related("payment")
    )
