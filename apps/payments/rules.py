"""Pure rules of payments: which state may follow which, how an entry is named."""

from uuid import UUID

from apps.payments.types import PaymentState

# A provider's word moves a payment forward only: late news of a lower rank is kept and has no effect.
RANK = {
    PaymentState.CREATED: 0,
    PaymentState.FAILED: 1,
    PaymentState.REQUIRES_ACTION: 2,
    PaymentState.PROCESSING: 3,
    PaymentState.AUTHORIZED: 4,
    PaymentState.CANCELLED: 5,
    PaymentState.CAPTURED: 6,
}


def release_key(reference_id: UUID) -> str:
    return f"order:{reference_id}:release"


def available_key(settlement_id: UUID) -> str:
    return f"settlement:{settlement_id}:available"


def refund_key(refund_id: UUID) -> str:
    return f"refund:{refund_id}:request"


def moves_forward(current: PaymentState, reported: PaymentState) -> bool:
    return RANK[reported] > RANK[current]
