"""Types that cross the edge of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices

from apps.core.money import Money


class PaymentState(TextChoices):
    CREATED = "CREATED"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    PROCESSING = "PROCESSING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class AttemptState(TextChoices):
    CREATED = "CREATED"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class RefundState(TextChoices):
    CREATED = "CREATED"
    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Share:
    """One payee's part of a payment: `reference_id` is the payee's order, `payee_id` the payee."""

    reference_id: UUID
    payee_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class HostedSession:
    """A provider's hosted payment page, opened for one attempt."""

    session_id: str
    redirect_url: str
    intent_id: str = ""


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """What a provider says of a payment. `rank` orders states: a lower one never undoes a higher."""

    session_id: str
    intent_id: str
    attempt_id: UUID | None
    state: PaymentState
    amount: Money
    captured: Money
    failure_code: str = ""
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    refund_id: str
    our_refund_id: UUID | None
    state: RefundState
    amount: Money
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """A verified webhook: which object it speaks of. The object is read again before anything is booked."""

    event_id: str
    kind: str
    object_id: str
    created_at: datetime
    is_live: bool
