"""Types of payouts that cross the edge of payments."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.core.money import Money


class PayoutState(TextChoices):
    """Where a payout stands; rules_payouts.MOVES says what may follow what (docs/payouts.md)."""

    HELD = "HELD", _("Waits for approval")
    CREATED = "CREATED", _("To be sent")
    STOPPED = "STOPPED", _("Stopped")
    UNKNOWN = "UNKNOWN", _("Being checked")
    SENT_TRANSFER = "SENT_TRANSFER", _("Being sent")
    IN_TRANSIT = "IN_TRANSIT", _("On its way to the bank")
    RETURNING = "RETURNING", _("Coming back")
    PAID = "PAID", _("Paid out")
    FAILED = "FAILED", _("Failed, the money is back")


class PayoutOrigin(TextChoices):
    MANUAL = "MANUAL", _("By hand")
    SCHEDULED = "SCHEDULED", _("By schedule")


class PayoutAccountState(TextChoices):
    PENDING = "PENDING", _("Waits for the bank details")
    VERIFIED = "VERIFIED", _("Verified")
    RESTRICTED = "RESTRICTED", _("Restricted")
    REPLACED = "REPLACED", _("Replaced")


# What an account whose bank refused a payout waits for (PayoutAccount.requirement): another bank.
BANK_REFUSED = "bank_refused"


class PayoutRhythm(TextChoices):
    NONE = "NONE", _("By hand alone")
    DAILY = "DAILY", _("Every day")
    WEEKLY = "WEEKLY", _("Every week")
    MONTHLY = "MONTHLY", _("On the first of every month")


class TransferOutcome(TextChoices):
    """What a bank's side of a payout came to, in our words."""

    SENT = "SENT"
    PAID = "PAID"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """What is asked for: `amount` None is all that may be paid out; `key` names it for ever."""

    payee_id: UUID
    currency: str
    amount: Money | None
    key: str
    origin: PayoutOrigin = PayoutOrigin.MANUAL


@dataclass(frozen=True, slots=True)
class ProviderTransfer:
    """Money that left our balance at the provider for a connected account."""

    transfer_id: str
    our_payout_id: UUID | None
    account_id: str
    amount: Money
    reversed: Money


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    """Money that left a connected account for its bank."""

    payout_id: str
    our_payout_id: UUID | None
    account_id: str
    outcome: TransferOutcome
    amount: Money
    arrives_on: date | None = None
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderReversal:
    """Money that came back to our balance from a connected account."""

    reversal_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BankLabel:
    """What may be shown of a bank account: never its number."""

    reference: str
    holder: str
    bank: str
    last4: str
    currency: str


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """A connected account as the provider sees it. `requirement` names what it still waits for."""

    account_id: str
    our_account_id: UUID | None
    can_pay_out: bool
    bank: BankLabel | None
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class OnboardingLink:
    """A hosted page for one visit, where the payee tells the provider its bank details."""

    url: str
    expires_at: datetime
