"""Types of chargebacks: a payer's bank takes a payment back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.money import Money
from apps.payments.types import Split


class ChargebackState(TextChoices):
    NEEDS_RESPONSE = "NEEDS_RESPONSE", _("Waits for our answer")
    UNDER_REVIEW = "UNDER_REVIEW", _("The bank decides")
    WON = "WON", pgettext_lazy("chargeback", "Won")
    LOST = "LOST", pgettext_lazy("chargeback", "Lost")


CLOSED_STATES = (ChargebackState.WON, ChargebackState.LOST)


class Bearer(TextChoices):
    """Who bears a chargeback that is lost."""

    SELLER = "SELLER", _("Seller")
    MARKETPLACE = "MARKETPLACE", _("Marketplace")


class ChargebackAnswer(TextChoices):
    EVIDENCE = "EVIDENCE", _("Evidence")
    ACCEPTED = "ACCEPTED", _("Accepted")


# The providers' codes in words; a code that is not here is shown as it came.
REASONS = {
    "credit_not_processed": _("A refund that was promised did not come"),
    "duplicate": _("Paid twice for one thing"),
    "fraudulent": _("The cardholder did not make this payment"),
    "general": _("No reason was given"),
    "product_not_received": _("The goods did not arrive"),
    "product_unacceptable": _("The goods are faulty or not as described"),
    "subscription_canceled": _("Paid after it was cancelled"),
    "unrecognized": _("The cardholder does not know this payment"),
}


def reason_words(code: str) -> str:
    return str(REASONS.get(code, code))


@dataclass(frozen=True, slots=True)
class Movement:
    """What a chargeback moved at the provider: a sum (above zero) and the fee taken with it.

    A fee below zero was given back.
    """

    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class ProviderChargeback:
    """What a provider says of a chargeback. `withdrawn` is None for an inquiry, which takes no money."""

    chargeback_id: str
    intent_id: str
    attempt_id: UUID | None
    state: ChargebackState
    reason: str
    amount: Money
    evidence_due_at: datetime | None
    withdrawn: Movement | None = None
    reinstated: Movement | None = None
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the bank is told: our words, and facts of the order where they are known."""

    text: str
    tracking_number: str = ""
    carrier: str = ""
    shipped_on: str = ""
    delivered_on: str = ""


@dataclass(frozen=True, slots=True)
class Borne:
    """What one order bears of a lost chargeback; `taken_back` is what of it was released already."""

    reference_id: UUID
    amount: Money
    taken_back: Split | None = None

    @property
    def from_escrow(self) -> Money:
        return self.amount - self.taken_back.total if self.taken_back else self.amount
