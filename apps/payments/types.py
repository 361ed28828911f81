"""Types that cross the edge of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.money import Money, total


class PaymentState(TextChoices):
    CREATED = "CREATED", pgettext_lazy("payment", "Created")
    REQUIRES_ACTION = "REQUIRES_ACTION", pgettext_lazy("payment", "Requires action")
    PROCESSING = "PROCESSING", pgettext_lazy("payment", "Processing")
    AUTHORIZED = "AUTHORIZED", pgettext_lazy("payment", "Authorized")
    CAPTURED = "CAPTURED", pgettext_lazy("payment", "Captured")
    FAILED = "FAILED", pgettext_lazy("payment", "Failed")
    CANCELLED = "CANCELLED", pgettext_lazy("payment", "Cancelled")


class AttemptState(TextChoices):
    CREATED = "CREATED", pgettext_lazy("payment attempt", "Created")
    REQUIRES_ACTION = "REQUIRES_ACTION", pgettext_lazy("payment attempt", "Requires action")
    UNKNOWN = "UNKNOWN", pgettext_lazy("payment attempt", "Unknown")
    SUCCEEDED = "SUCCEEDED", pgettext_lazy("payment attempt", "Succeeded")
    FAILED = "FAILED", pgettext_lazy("payment attempt", "Failed")
    EXPIRED = "EXPIRED", pgettext_lazy("payment attempt", "Expired")


class RefundState(TextChoices):
    CREATED = "CREATED", pgettext_lazy("refund", "Created")
    PENDING = "PENDING", pgettext_lazy("refund", "Pending")
    UNKNOWN = "UNKNOWN", pgettext_lazy("refund", "Unknown")
    SUCCEEDED = "SUCCEEDED", pgettext_lazy("refund", "Succeeded")
    FAILED = "FAILED", pgettext_lazy("refund", "Failed")


class SettlementState(TextChoices):
    PENDING = "PENDING", _("Pending")
    AVAILABLE = "AVAILABLE", _("Available")


@dataclass(frozen=True, slots=True)
class Share:
    """One payee's part of a payment: `reference_id` is the payee's order, `payee_id` the payee."""

    reference_id: UUID
    payee_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class Split:
    """Six parts of a settlement: of the whole, of what is left of it, or of what is taken back.

    The first five are in the charge currency and without their VAT, `payout` is in the payee's.
    """

    commission: Money
    commission_vat: Money
    delivery: Money
    delivery_vat: Money
    seller: Money
    payout: Money

    def __sub__(self, other: "Split") -> "Split":
        return Split(
            *(mine - its for mine, its in zip(self.amounts, other.amounts, strict=True)),
        )

    @property
    def amounts(self) -> tuple[Money, Money, Money, Money, Money, Money]:
        return (
            self.commission,
            self.commission_vat,
            self.delivery,
            self.delivery_vat,
            self.seller,
            self.payout,
        )

    @property
    def total(self) -> Money:
        """What the five parts come to in the charge currency."""
        return total(list(self.amounts[:5]), self.seller.currency)

    @property
    def goods(self) -> Money:
        return self.seller + self.commission + self.commission_vat

    @property
    def is_negative(self) -> bool:
        return any(amount.minor < 0 for amount in self.amounts)


@dataclass(frozen=True, slots=True)
class Release:
    """How the escrow of one payee's order is split when it is released."""

    reference_id: UUID
    payee_id: UUID
    split: Split
    available_at: datetime

    def __post_init__(self) -> None:
        """:raises ValueError: parts of several currencies, below zero, or a payout that is not `seller`"""
        seller, payout = self.split.seller, self.split.payout
        if self.split.is_negative:
            raise ValueError("a part of a release is negative")
        if self.total.currency == payout.currency and payout != seller:
            raise ValueError("a payout of the charge currency is the seller's part")
        if payout and not seller:
            raise ValueError("a payout for nothing")

    @property
    def total(self) -> Money:
        return self.split.total


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """What a payee has in one currency.

    `pending` waits for its day, `available` may be paid out, save what of it is `on_hold` while banks
    decide; `owed` (0 or above) is kept back of what becomes available next.
    """

    currency: str
    pending: Money
    available: Money
    owed: Money
    on_hold: Money

    @classmethod
    def nothing(cls, currency: str) -> "SellerBalance":
        zero = Money.zero(currency)
        return cls(currency, pending=zero, available=zero, owed=zero, on_hold=zero)


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
    """A verified webhook: which object it speaks of. The object is read again before anything is booked.

    `account_id` is the payee's account at the provider that it is about; empty: our own.
    """

    event_id: str
    kind: str
    object_id: str
    created_at: datetime
    is_live: bool
    account_id: str = ""
