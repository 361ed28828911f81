"""Facts that payments publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event
from apps.core.money import Money


@dataclass(frozen=True)
class PaymentAttemptStarted(Event):
    topic: ClassVar[str] = "payments.attempt_started"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    attempt_id: UUID


@dataclass(frozen=True)
class PaymentActionRequired(Event):
    """The hosted page is open: the payer can be led there."""

    topic: ClassVar[str] = "payments.action_required"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    attempt_id: UUID
    reference_id: UUID


@dataclass(frozen=True)
class PaymentAttemptFailed(Event):
    """This attempt will not bring money; another may be started."""

    topic: ClassVar[str] = "payments.attempt_failed"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    attempt_id: UUID
    reference_id: UUID
    failure_code: str


@dataclass(frozen=True)
class PaymentDeclined(Event):
    """The payer's bank said no; the hosted page stays open for another card."""

    topic: ClassVar[str] = "payments.declined"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    attempt_id: UUID
    reference_id: UUID
    failure_code: str


@dataclass(frozen=True)
class PaymentCaptured(Event):
    topic: ClassVar[str] = "payments.captured"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    reference_type: str
    reference_id: UUID
    amount: Money


@dataclass(frozen=True)
class RefundRequested(Event):
    topic: ClassVar[str] = "payments.refund_requested"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    refund_id: UUID


@dataclass(frozen=True)
class RefundSettled(Event):
    topic: ClassVar[str] = "payments.refund_settled"
    aggregate: ClassVar[str] = "payment"

    payment_id: UUID
    refund_id: UUID
    reference_id: UUID
    allocation_reference_id: UUID
    amount: Money


@dataclass(frozen=True)
class EscrowReleased(Event):
    """The order's escrow was split; `payout` is on the payee's pending balance."""

    topic: ClassVar[str] = "payments.escrow_released"
    aggregate: ClassVar[str] = "settlement"

    reference_id: UUID
    payee_id: UUID
    payout: Money


@dataclass(frozen=True)
class ProviderEventReceived(Event):
    topic: ClassVar[str] = "payments.provider_event_received"
    aggregate: ClassVar[str] = "provider_event"

    provider_event_id: int


@dataclass(frozen=True)
class PayoutRequested(Event):
    """A payout may be sent: it was asked for, or approved where staff had to."""

    topic: ClassVar[str] = "payments.payout_requested"
    aggregate: ClassVar[str] = "payout"

    payout_id: UUID
    payee_id: UUID
    amount: Money


@dataclass(frozen=True)
class PayoutSent(Event):
    """The money is on its way to the payee's bank."""

    topic: ClassVar[str] = "payments.payout_sent"
    aggregate: ClassVar[str] = "payout"

    payout_id: UUID
    payee_id: UUID
    amount: Money


@dataclass(frozen=True)
class PayoutReturned(Event):
    """The payout failed or was stopped; its amount is on the available balance again."""

    topic: ClassVar[str] = "payments.payout_returned"
    aggregate: ClassVar[str] = "payout"

    payout_id: UUID
    payee_id: UUID
    amount: Money
    failure_code: str


@dataclass(frozen=True)
class PayoutAccountOpened(Event):
    """A payee wants to tell the provider its bank details: a page for it is to be made."""

    topic: ClassVar[str] = "payments.payout_account_opened"
    aggregate: ClassVar[str] = "payout_account"

    account_id: UUID
    payee_id: UUID


@dataclass(frozen=True)
class PayoutAccountChanged(Event):
    """Money goes to another bank from now on: `usable_from` says when payouts start."""

    topic: ClassVar[str] = "payments.payout_account_changed"
    aggregate: ClassVar[str] = "payout_account"

    account_id: UUID
    payee_id: UUID
    last4: str
    usable_from: datetime


@dataclass(frozen=True)
class PayoutAccountRestricted(Event):
    """The provider pays nothing to this account for now; `restricted_at` tells one time from another."""

    topic: ClassVar[str] = "payments.payout_account_restricted"
    aggregate: ClassVar[str] = "payout_account"

    account_id: UUID
    payee_id: UUID
    restricted_at: datetime


@dataclass(frozen=True)
class ChargebackOpened(Event):
    """The payer's bank took a payment back: its orders are frozen until the bank has decided."""

    topic: ClassVar[str] = "payments.chargeback_opened"
    aggregate: ClassVar[str] = "chargeback"

    chargeback_id: UUID


@dataclass(frozen=True)
class ChargebackLost(Event):
    """The bank keeps it and the sellers bear it: who knows the orders says what each bears."""

    topic: ClassVar[str] = "payments.chargeback_lost"
    aggregate: ClassVar[str] = "chargeback"

    chargeback_id: UUID


@dataclass(frozen=True)
class ChargebackSettled(Event):
    """It is over, won or lost, and its orders are free again."""

    topic: ClassVar[str] = "payments.chargeback_settled"
    aggregate: ClassVar[str] = "chargeback"

    chargeback_id: UUID


@dataclass(frozen=True)
class ChargebackAnswered(Event):
    """Staff have answered: the provider is to be told."""

    topic: ClassVar[str] = "payments.chargeback_answered"
    aggregate: ClassVar[str] = "chargeback"

    chargeback_id: UUID
