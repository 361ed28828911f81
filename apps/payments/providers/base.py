"""What every payment provider does for us. Failures are exactly three: see core.http_client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from apps.core.errors import DomainError
from apps.core.money import Money
from apps.payments.types import HostedSession, Notification, ProviderPayment, ProviderRefund
from apps.payments.types_reconciling import StatementLine


class BadNotification(DomainError):
    """Signature, age or mode of a webhook is wrong: it has no effect."""

    code = "payments.bad_notification"
    http_status = 400


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """`attempt_id` is the idempotency key; `expires_at` is at least 30 minutes ahead at Stripe."""

    attempt_id: UUID
    payment_id: UUID
    description: str
    amount: Money
    payer_email: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """`refund_id` is the idempotency key."""

    refund_id: UUID
    intent_id: str
    amount: Money


class PaymentProvider(Protocol):
    """:raises ProviderRetryable, ProviderPermanent, ProviderUnknown: each call but `verify`"""

    code: str

    def open_session(self, request: SessionRequest) -> HostedSession: ...

    def read_session(self, session_id: str) -> ProviderPayment: ...

    def expire_session(self, session_id: str) -> ProviderPayment: ...

    def refund(self, request: RefundRequest) -> ProviderRefund: ...

    def read_refund(self, refund_id: str) -> ProviderRefund: ...

    def find_refund(self, request: RefundRequest) -> ProviderRefund | None:
        """Look for a refund whose outcome is not known; None: the provider never made it."""
        ...

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Notification:
        """:raises BadNotification: forged, stale, of another mode, or not an event"""
        ...

    def read_notified(
        self, notification_kind: str, object_id: str
    ) -> ProviderPayment | ProviderRefund | None:
        """Read again what a notification speaks of; None when its kind does not concern us."""
        ...

    def read_statement(self, *, start: datetime, end: datetime) -> list[StatementLine]:
        """Read every movement of the money held for us in [start, end)."""
        ...
