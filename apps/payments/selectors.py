"""Reads of payments. Callers above have checked that the reference is the viewer's."""

from uuid import UUID

from apps.payments.models import Payment, PaymentAttempt


def payment_of(reference_type: str, reference_id: UUID) -> Payment | None:
    return Payment.objects.filter(reference_type=reference_type, reference_id=reference_id).first()


def latest_attempt(reference_type: str, reference_id: UUID) -> PaymentAttempt | None:
    """Return the newest attempt with its payment loaded, or None before the first."""
    return (
        PaymentAttempt.objects.filter(
            payment__reference_type=reference_type, payment__reference_id=reference_id
        )
        .select_related("payment")
        .order_by("-number")
        .first()
    )
