"""What every payment provider does for us. Failures are exactly three: see core.http_client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from apps.core.errors import DomainError
from apps.core.money import Money
from apps.payments.types import HostedSession, Notification, ProviderPayment, ProviderRefund
from apps.payments.types_chargebacks import Evidence, ProviderChargeback
from apps.payments.types_payouts import (
    OnboardingLink,
    ProviderAccount,
    ProviderPayout,
    ProviderReversal,
    ProviderTransfer,
)
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

    def read_chargeback(self, chargeback_id: str) -> ProviderChargeback: ...

    def send_evidence(self, chargeback_id: str, evidence: Evidence) -> ProviderChargeback:
        """Give the payer's bank what speaks for us; it is given once."""
        ...

    def accept_chargeback(self, chargeback_id: str) -> ProviderChargeback:
        """Give in: the bank keeps the money."""
        ...

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Notification:
        """:raises BadNotification: forged, stale, of another mode, or not an event"""
        ...

    def read_notified(
        self, notification_kind: str, object_id: str
    ) -> ProviderPayment | ProviderRefund | ProviderTransfer | ProviderChargeback | None:
        """Read again what a notification speaks of; None when its kind does not concern us."""
        ...

    def read_statement(self, *, start: datetime, end: datetime) -> list[StatementLine]:
        """Read every movement of the money held for us in [start, end)."""
        ...


@dataclass(frozen=True, slots=True)
class AccountCall:
    """`our_id` is the idempotency key."""

    our_id: UUID
    payee_id: UUID
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class PayoutCall:
    """Every call of one payout carries `payout_id`: as idempotency key, and to be found again by.

    `since` bounds the search; `reversal_round` tells one try to take a transfer back from the next.
    """

    payout_id: UUID
    number: str
    account_id: str
    amount: Money
    since: datetime
    transfer_id: str = ""
    reversal_round: int = 0


class PayoutProvider(Protocol):
    """Payouts to payees: an account of theirs at the provider, a transfer to it, from there to the bank.

    :raises ProviderRetryable, ProviderPermanent, ProviderUnknown: each call
    """

    code: str

    def open_account(self, call: AccountCall) -> ProviderAccount: ...

    def onboarding_link(self, account_id: str, return_url: str) -> OnboardingLink:
        """Make a page for one visit on which the payee tells the provider its bank."""
        ...

    def read_account(self, account_id: str) -> ProviderAccount: ...

    def transfer(self, call: PayoutCall) -> ProviderTransfer: ...

    def find_transfer(self, call: PayoutCall) -> ProviderTransfer | None:
        """Look for a transfer whose outcome is not known; None: the provider never made it."""
        ...

    def pay_out(self, call: PayoutCall) -> ProviderPayout: ...

    def find_payout(self, call: PayoutCall) -> ProviderPayout | None: ...

    def read_payout(self, payout_id: str, account_id: str) -> ProviderPayout: ...

    def reverse(self, call: PayoutCall) -> ProviderReversal: ...

    def find_reversal(self, call: PayoutCall) -> ProviderReversal | None: ...

    def verify_connected(
        self, *, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> Notification:
        """Verify a notification about a payee's account: its sender has a secret of its own.

        :raises BadNotification: see PaymentProvider.verify
        """
        ...

    def read_connected(
        self, notification_kind: str, object_id: str, account_id: str
    ) -> ProviderAccount | ProviderPayout | None:
        """Read again what a notification about a payee's account speaks of."""
        ...
