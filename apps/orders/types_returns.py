"""Types of what comes after delivery: returns, disputes, their evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.services.images import StoredPicture

NOTE_LENGTH = 2000
PHOTO_LIMIT = 5


class ReturnState(TextChoices):
    REQUESTED = "REQUESTED", _("Waits for the seller")
    APPROVED = "APPROVED", _("To be sent back")
    IN_TRANSIT = "IN_TRANSIT", _("On its way back")
    RECEIVED = "RECEIVED", _("With the seller")
    REFUNDED = "REFUNDED", _("Money returned")
    REJECTED = "REJECTED", _("Refused by the seller")
    EXPIRED = "EXPIRED", _("Not sent back in time")
    CANCELLED = "CANCELLED", _("Withdrawn")


OPEN_RETURNS = (
    ReturnState.REQUESTED,
    ReturnState.APPROVED,
    ReturnState.IN_TRANSIT,
    ReturnState.RECEIVED,
)


class ReturnReason(TextChoices):
    FAULTY = "FAULTY", _("It does not work")
    WRONG_ITEM = "WRONG_ITEM", _("It is not what I ordered")
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED", _("It is not as described")
    DAMAGED = "DAMAGED", _("It came damaged")
    CHANGED_MIND = "CHANGED_MIND", _("I do not need it any more")
    OTHER = "OTHER", _("Another reason")


# The seller answers for these: the way back and, when everything comes back, the delivery.
FAULT_REASONS = (
    ReturnReason.FAULTY,
    ReturnReason.WRONG_ITEM,
    ReturnReason.NOT_AS_DESCRIBED,
    ReturnReason.DAMAGED,
)


class Condition(TextChoices):
    RESTOCK = "RESTOCK", _("Can be sold again")
    WRITE_OFF = "WRITE_OFF", _("Cannot be sold again")


class ReturnTab(TextChoices):
    """The seller's queues of returns."""

    TO_ANSWER = "to_answer", _("To answer")
    COMING = "coming", _("Coming back")
    TO_INSPECT = "to_inspect", _("To inspect")
    CLOSED = "closed", pgettext_lazy("cases", "Closed")


RETURN_TABS: dict[str, tuple[ReturnState, ...]] = {
    ReturnTab.TO_ANSWER: (ReturnState.REQUESTED,),
    ReturnTab.COMING: (ReturnState.APPROVED, ReturnState.IN_TRANSIT),
    ReturnTab.TO_INSPECT: (ReturnState.RECEIVED,),
    ReturnTab.CLOSED: (
        ReturnState.REFUNDED,
        ReturnState.REJECTED,
        ReturnState.EXPIRED,
        ReturnState.CANCELLED,
    ),
}


class DisputeState(TextChoices):
    OPEN = "OPEN", _("The seller answers")
    SELLER_ANSWERED = "SELLER_ANSWERED", _("The seller has answered")
    IN_ARBITRATION = "IN_ARBITRATION", _("The marketplace decides")
    DECIDED = "DECIDED", _("Decided")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


OPEN_DISPUTES = (DisputeState.OPEN, DisputeState.SELLER_ANSWERED, DisputeState.IN_ARBITRATION)


class DisputeReason(TextChoices):
    NOT_RECEIVED = "NOT_RECEIVED", _("I did not get it")
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED", _("It is not as described")
    RETURN_REJECTED = "RETURN_REJECTED", _("The seller refused the return")
    REFUND_TOO_SMALL = "REFUND_TOO_SMALL", _("Too little money came back")


# These speak of a return that has ended.
RETURN_DISPUTES = (DisputeReason.RETURN_REJECTED, DisputeReason.REFUND_TOO_SMALL)


class Side(TextChoices):
    BUYER = "BUYER", _("Buyer")
    SELLER = "SELLER", _("Seller")
    STAFF = "STAFF", _("Marketplace")


class Asked(TextChoices):
    """Whom the marketplace asks for an answer before it decides."""

    BOTH = "BOTH", _("Both sides")
    BUYER = "BUYER", _("The buyer")
    SELLER = "SELLER", _("The seller")


# How long those who are asked may take, in hours.
ANSWER_HOURS = (24, 48, 72)


class DisputeTab(TextChoices):
    """The seller's queues of disputes."""

    TO_ANSWER = "to_answer", _("To answer")
    RUNNING = "running", _("Running")
    CLOSED = "closed", pgettext_lazy("cases", "Closed")


DISPUTE_TABS: dict[str, tuple[DisputeState, ...]] = {
    DisputeTab.TO_ANSWER: (DisputeState.OPEN,),
    DisputeTab.RUNNING: (DisputeState.SELLER_ANSWERED, DisputeState.IN_ARBITRATION),
    DisputeTab.CLOSED: (DisputeState.DECIDED, DisputeState.WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """What a buyer asks: units by line; `key` makes a repeated form count once."""

    items: Mapping[UUID, int]
    reason: ReturnReason
    key: str
    note: str = ""
    photos: tuple[StoredPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the seller found of one line; `why` is needed where fewer are accepted than came."""

    line_id: UUID
    accepted: int
    condition: Condition
    why: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What one side says in a dispute, with its pictures; `key` makes a repeat count once."""

    text: str
    key: str
    photos: tuple[StoredPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Whom staff ask for an answer, and for how many hours they wait for it (ANSWER_HOURS)."""

    of: Asked
    hours: int


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """How long each side may take (settings RETURN_* and DISPUTE_*)."""

    default_days: int
    answer_hours: int
    send_days: int
    transit_days: int
    inspect_hours: int
    appeal_days: int
    dispute_days: int
    dispute_answer_hours: int
