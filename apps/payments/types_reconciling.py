"""Types of reconciliation: a provider's statement, what our books say, and where they differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StatementKind(TextChoices):
    """What moved money at the provider; OTHER is what our books have no word for."""

    CHARGE = "CHARGE", _("Charge")
    REFUND = "REFUND", _("Refund")
    REFUND_FAILURE = "REFUND_FAILURE", _("Failed refund")
    TRANSFER = "TRANSFER", _("Transfer to a seller")
    TRANSFER_REVERSAL = "TRANSFER_REVERSAL", _("Transfer taken back")
    PAYOUT = "PAYOUT", _("Payout to our bank")
    # Of these two the fee is booked with the sum, so a line is what both come to.
    CHARGEBACK = "CHARGEBACK", _("Chargeback")
    CHARGEBACK_WON = "CHARGEBACK_WON", _("Chargeback won")
    FEE = "FEE", _("Provider's own fee")
    ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
    OTHER = "OTHER", _("Other movement")


class DifferenceKind(TextChoices):
    MISSING = "MISSING", _("Not on the statement")
    EXTRA = "EXTRA", _("Not in our books")
    AMOUNT = "AMOUNT", _("Another amount")
    CURRENCY = "CURRENCY", _("Another currency")
    FEE = "FEE", _("Another fee")
    DUPLICATE = "DUPLICATE", _("On the statement twice")
    DATE = "DATE", _("Another day")


class RunState(TextChoices):
    AGREED = "AGREED", _("In agreement")
    DIFFERS = "DIFFERS", _("Differences found")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of the money that a provider holds for us, in the provider's words.

    `reference` is what our books know it by: the intent of a charge, our id of a refund or a payout;
    the provider's own id where it names none of ours. Amounts are whole minor units, above zero when
    the provider holds more; a code is kept as it came, for it may be one that we do not use.
    """

    transaction_id: str
    kind: StatementKind
    reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BookLine:
    """What our books say that the provider's statement holds, signed as there.

    A line that is not booked (a refund under way) may be on the statement and may be not; with
    `needed_after` it has to be there once the line of that kind is.
    """

    key: str
    kind: StatementKind
    reference: str
    amount_minor: int
    currency: str
    at: datetime
    is_booked: bool = True
    needed_after: StatementKind | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is no difference: the fee that was agreed, and how far two clocks may be apart.

    `fee_bps` of a charge plus `fee_fixed_minor` of its currency, to within `fee_slack_minor`.
    """

    fee_bps: int
    fee_fixed_minor: Mapping[str, int] = field(default_factory=dict)
    fee_slack_minor: int = 1
    apart: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: either line may be absent, never both."""

    kind: DifferenceKind
    theirs: StatementLine | None
    ours: BookLine | None
    expected_fee_minor: int | None = None

    @property
    def line(self) -> StatementLine | BookLine:
        line = self.theirs or self.ours
        if line is None:
            raise ValueError("a difference of nothing")
        return line

    @property
    def key(self) -> str:
        """Name this disagreement for ever, whichever run finds it."""
        theirs = self.theirs.transaction_id if self.theirs else "-"
        ours = self.ours.key if self.ours else "-"
        return f"{self.kind}:{self.line.kind}:{ours}:{theirs}"
