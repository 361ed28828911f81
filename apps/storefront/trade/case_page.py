"""Returns as their buyer reads them: where it stands, what comes next, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.texts import in_language
from apps.core.formats import format_moment, format_money, in_sentence
from apps.orders.models import CasePhoto, Dispute, Return
from apps.orders.selectors_cases import ReturnableLine
from apps.orders.selectors_returns import ReturnView
from apps.orders.types_returns import (
    DisputeState,
    ReturnState,
)
from apps.orders.web.cases import CaseLine, case_line, what_happened
from apps.storefront.trade.parcels import Deed

R = ReturnState
D = DisputeState
_WAY = (R.REQUESTED, R.APPROVED, R.IN_TRANSIT, R.RECEIVED, R.REFUNDED)
_ENDED = {R.REJECTED, R.EXPIRED, R.CANCELLED}
TONES = {
    R.REQUESTED: "info",
    R.APPROVED: "warning",
    R.IN_TRANSIT: "info",
    R.RECEIVED: "info",
    R.REFUNDED: "success",
    R.REJECTED: "danger",
    D.OPEN: "info",
    D.SELLER_ANSWERED: "warning",
    D.IN_ARBITRATION: "info",
    D.DECIDED: "success",
}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    at: str
    state: str


@dataclass(frozen=True, slots=True)
class ShownReturn:
    source: ReturnView
    status: str
    tone: str
    next_step: str
    money: str
    steps: tuple[Step, ...]
    lines: tuple[CaseLine, ...]
    photos: tuple[CasePhoto, ...]
    deeds: tuple[Deed, ...] = ()

    @property
    def case(self) -> Return:
        return self.source.case


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A return or a dispute as the order's page names it."""

    label: str
    status: str
    tone: str
    url: str


def shown_return(view: ReturnView) -> ShownReturn:
    """Dress a loaded return. No query is made here."""
    case, language = view.case, get_language() or "en"
    return ShownReturn(
        source=view,
        status=str(case.get_state_display()),
        tone=TONES.get(R(case.state), "neutral"),
        next_step=_next_step(view),
        money=_money(view),
        steps=return_steps(case),
        lines=tuple(case_line(row, language) for row in view.lines),
        photos=view.photos,
        deeds=_return_deeds(view),
    )


def return_steps(case: Return) -> tuple[Step, ...]:
    state = R(case.state)
    done = [(step, getattr(case, f"{step.lower()}_at")) for step in _WAY]
    if state in _ENDED:
        ended_at = getattr(case, f"{state.lower()}_at")
        return (
            *(Step(what_happened(step), format_moment(at), "done") for step, at in done if at),
            Step(str(state.label), format_moment(ended_at), "current"),
        )
    reached = _WAY.index(state)
    is_over = state == R.REFUNDED
    return tuple(
        Step(
            what_happened(step),
            format_moment(at) if at else "",
            "done"
            if index < reached or (is_over and index == reached)
            else "current"
            if index == reached
            else "todo",
        )
        for index, (step, at) in enumerate(done)
    )


def _next_step(view: ReturnView) -> str:
    case = view.case
    due = {
        "due": in_sentence(format_moment(case.due_at)) if case.due_at else "",
        "answer": case.answer,
    }
    match case.state:
        case R.REQUESTED:
            return _("The seller answers by %(due)s. Silence counts as a yes.") % due
        case R.APPROVED:
            return (
                _("Send it by %(due)s and say here that you did. After that the return is closed.")
                % due
            )
        case R.IN_TRANSIT:
            return _("The seller says by %(due)s that it arrived. Silence counts as arrived.") % due
        case R.RECEIVED:
            return (
                _("The seller looks at it by %(due)s. Silence means that you get the money.") % due
            )
        case R.REFUNDED:
            return (
                _("It is over. If too little came back, you can open a dispute until %(due)s.")
                % due
            )
        case R.REJECTED if view.can_dispute:
            return (
                _("If you do not agree, open a dispute until %(due)s: the marketplace decides.")
                % due
            )
        case R.EXPIRED:
            return _("It was not sent back in time, so nothing is refunded.")
        case R.CANCELLED:
            return _("You withdrew it. You keep the goods.")
    return _("It is over.")


def _money(view: ReturnView) -> str:
    case = view.case
    if case.refund is not None:
        return _("%(sum)s goes back to where it was paid from.") % {
            "sum": format_money(case.refund)
        }
    if case.state in _ENDED:
        return ""
    return _("%(sum)s for the goods when the seller has looked at them.") % {
        "sum": format_money(view.goods)
    }


def _return_deeds(view: ReturnView) -> tuple[Deed, ...]:
    if not view.can_cancel:
        return ()
    return (
        Deed(
            label=_("Keep the goods after all"),
            url=reverse("storefront:return_cancel", args=[view.case.id]),
            consequence=_(
                "The return is withdrawn and nothing is refunded. You can ask again while there is time."
            ),
            button=_("Withdraw the return"),
        ),
    )


def case_links(cases: Sequence[Return | Dispute]) -> tuple[CaseLink, ...]:
    return tuple(_link(case) for case in cases)


def _link(case: Return | Dispute) -> CaseLink:
    is_return = isinstance(case, Return)
    label = _("Return %(number)s") if is_return else _("Dispute %(number)s")
    state: Any = R(case.state) if is_return else D(case.state)
    return CaseLink(
        label=label % {"number": case.number},
        status=str(state.label),
        tone=TONES.get(state, "neutral"),
        url=reverse("storefront:return" if is_return else "storefront:dispute", args=[case.id]),
    )


def form_lines(lines: Sequence[ReturnableLine]) -> list[tuple[Any, str, int, str]]:
    """What the form of a return says of each line: price, until when, for which reasons."""
    language = get_language() or "en"
    return [
        (
            row.line.id,
            in_language(row.line.titles, language) or row.line.sku,
            row.free,
            _hint(row),
        )
        for row in lines
    ]


def _hint(row: ReturnableLine) -> str:
    values = {
        "count": row.free,
        "sum": format_money(row.line.unit),
        "until": in_sentence(format_moment(row.until)),
        "fault": in_sentence(format_moment(row.until_fault)),
    }
    if row.until == row.until_fault:
        return _("You have %(count)s, %(sum)s each. Until %(until)s.") % values
    if row.is_fault_only:
        return (
            _(
                "You have %(count)s, %(sum)s each. Only if something is wrong with it, until %(fault)s."
            )
            % values
        )
    return (
        _(
            "You have %(count)s, %(sum)s each. Until %(until)s; if something is wrong, until %(fault)s."
        )
        % values
    )
