"""Parts of a return's and a dispute's page that both sides see alike. No query is made here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture
from apps.core.formats import format_moment, in_sentence
from apps.core.money import Money
from apps.orders.models import CasePhoto, DisputeMessage, ReturnLine
from apps.orders.selectors_disputes import DisputeView
from apps.orders.types_returns import Condition, ReturnState, Side

R = ReturnState


@dataclass(frozen=True, slots=True)
class CaseLine:
    title: str
    options: str
    picture: Picture | None
    quantity: int
    price: Money
    verdict: str


@dataclass(frozen=True, slots=True)
class Said:
    who: str
    is_mine: bool
    side: str
    at: str
    text: str
    photos: tuple[CasePhoto, ...]
    # Whom the marketplace asks here, and until when.
    asks: str = ""


def what_happened(step: ReturnState) -> str:
    """Name what happened, where the state's own name says what is awaited."""
    words = {
        R.REQUESTED: _("Asked for"),
        R.APPROVED: _("Agreed"),
        R.IN_TRANSIT: _("Sent back"),
        R.RECEIVED: _("Arrived"),
        R.REFUNDED: _("Looked at, money returned"),
    }
    return words.get(step) or str(step.label)


def case_line(row: ReturnLine, language: str) -> CaseLine:
    line = row.line
    return CaseLine(
        title=in_language(line.titles, language) or line.sku,
        options=in_language(line.option_labels, language) or "",
        picture=picture_of(line.image, language) if line.image else None,
        quantity=row.quantity,
        price=line.unit * row.quantity,
        verdict=_verdict(row),
    )


def _verdict(row: ReturnLine) -> str:
    if row.accepted_quantity is None:
        return ""
    words = _("accepted: %(count)d of %(asked)d") % {
        "count": row.accepted_quantity,
        "asked": row.quantity,
    }
    condition = str(Condition(row.condition).label).lower() if row.condition else ""
    return ", ".join(filter(None, (words, condition, row.why)))


def conversation(view: DisputeView, mine: Side) -> tuple[Said, ...]:
    """Return what both sides and the marketplace said, as the reader of side `mine` is addressed."""
    names = {
        Side.BUYER: _("Buyer"),
        Side.SELLER: view.order.seller.name,
        Side.STAFF: _("Marketplace"),
    }
    return tuple(
        Said(
            who=_("You") if row.side == mine else names[Side(row.side)],
            is_mine=row.side == mine,
            side=row.side,
            at=format_moment(row.at),
            text=row.text,
            photos=tuple(row.photos.all()),
            asks=_asks(row),
        )
        for row in view.messages
    )


def _asks(message: DisputeMessage) -> str:
    if message.answer_by is None:
        return ""
    return _("Asked: %(whom)s. Answer by %(until)s.") % {
        "whom": in_sentence(str(message.get_asked_of_display())),
        "until": in_sentence(format_moment(message.answer_by)),
    }
