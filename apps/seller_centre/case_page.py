"""Returns and disputes as a seller's staff read them: what to do until when, and what silence brings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.formats import format_moment, format_money, in_sentence
from apps.core.money import Money
from apps.orders.models import CasePhoto, Dispute, Return
from apps.orders.selectors_chargebacks import OrderChargeback
from apps.orders.selectors_disputes import DisputeView
from apps.orders.selectors_returns import ReturnView
from apps.orders.types_returns import DisputeState, ReturnState, Side
from apps.orders.web.cases import CaseLine, Said, case_line, conversation, what_happened
from apps.payments.types_chargebacks import reason_words

R = ReturnState
D = DisputeState
_TONES = {
    R.REQUESTED: "warning",
    R.APPROVED: "info",
    R.IN_TRANSIT: "info",
    R.RECEIVED: "warning",
    R.REFUNDED: "success",
    D.OPEN: "warning",
    D.SELLER_ANSWERED: "info",
    D.IN_ARBITRATION: "info",
    D.DECIDED: "success",
}
_STEPS = (
    R.REQUESTED,
    R.APPROVED,
    R.IN_TRANSIT,
    R.RECEIVED,
    R.REFUNDED,
    R.REJECTED,
    R.EXPIRED,
    R.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class ShownReturn:
    """`due` names the clock that runs, `consequence` what silence brings."""

    source: ReturnView
    status: str
    tone: str
    due: str
    consequence: str
    lines: tuple[CaseLine, ...]
    photos: tuple[CasePhoto, ...]
    history: tuple[tuple[str, str], ...]

    @property
    def case(self) -> Return:
        return self.source.case


@dataclass(frozen=True, slots=True)
class ShownDispute:
    source: DisputeView
    status: str
    tone: str
    next_step: str
    messages: tuple[Said, ...]

    @property
    def case(self) -> Dispute:
        return self.source.case


def shown_return(view: ReturnView) -> ShownReturn:
    """Dress a loaded return. No query is made here."""
    case, language = view.case, get_language() or "en"
    due, consequence = _clock(case)
    return ShownReturn(
        source=view,
        status=_return_status(R(case.state)),
        tone=_TONES.get(R(case.state), "neutral"),
        due=due,
        consequence=consequence,
        lines=tuple(case_line(row, language) for row in view.lines),
        photos=view.photos,
        history=tuple(
            (what_happened(step), format_moment(at))
            for step in _STEPS
            if (at := getattr(case, f"{step.lower()}_at"))
        ),
    )


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A row of what an order has of cases; `url` is where it is read whole, `sum` what is asked or taken."""

    kind: str
    number: str
    url: str
    status: str
    tone: str
    at: str
    why: str
    sum: Money | None


def cases_of_order(
    cases: Sequence[Return | Dispute], chargebacks: Sequence[OrderChargeback], *, sees_money: bool
) -> list[ShownCase]:
    """Dress an order's returns, disputes and chargebacks, as they came. No query is made here."""
    dated = [
        (
            case.requested_at if isinstance(case, Return) else case.open_at,
            _return_row(case)
            if isinstance(case, Return)
            else _dispute_row(case, sees_money=sees_money),
        )
        for case in cases
    ]
    dated += [(one.chargeback.opened_at, _chargeback_row(one)) for one in chargebacks]
    return [row for _at, row in sorted(dated, key=lambda one: one[0])]


def _return_row(case: Return) -> ShownCase:
    return ShownCase(
        kind=_("Return"),
        number=case.number,
        url=reverse("seller_centre:return", args=[case.id]),
        status=_return_status(R(case.state)),
        tone=_TONES.get(R(case.state), "neutral"),
        at=format_moment(case.requested_at),
        why=str(case.get_reason_display()),
        sum=None,
    )


def _dispute_row(case: Dispute, *, sees_money: bool) -> ShownCase:
    return ShownCase(
        kind=_("Dispute"),
        number=case.number,
        url=reverse("seller_centre:dispute", args=[case.id]),
        status=str(case.get_state_display()),
        tone=_TONES.get(D(case.state), "neutral"),
        at=format_moment(case.open_at),
        why=str(case.get_reason_display()),
        sum=case.wanted if sees_money else None,
    )


def _chargeback_row(one: OrderChargeback) -> ShownCase:
    """Only for those who see the money; it is read whole among the shop's chargebacks."""
    tone = "warning" if one.is_open else "success" if one.is_won else "danger"
    row = one.chargeback
    return ShownCase(
        kind=_("Chargeback"),
        number="",
        url=f"{reverse('seller_centre:finance', args=[one.order.seller_id])}#chargebacks-title",
        status=str(row.get_state_display()),
        tone=tone,
        at=format_moment(row.opened_at),
        why=reason_words(row.reason),
        sum=one.part,
    )


def _return_status(state: R) -> str:
    """As its seller reads it; the state's own words are the buyer's."""
    match state:
        case R.REQUESTED:
            return _("Waits for your answer")
        case R.APPROVED:
            return _("The buyer sends it")
        case R.RECEIVED:
            return _("With you")
        case R.REJECTED:
            return _("Refused by you")
    return str(state.label)


def _clock(case: Return) -> tuple[str, str]:
    time = {"time": in_sentence(format_moment(case.due_at)) if case.due_at else ""}
    match case.state:
        case R.REQUESTED:
            return (
                _("Answer by: %(time)s") % time,
                _("Silence counts as a yes: the buyer gets the address."),
            )
        case R.APPROVED:
            return (
                _("The buyer sends it by: %(time)s") % time,
                _("If not, the return is closed and you keep the money."),
            )
        case R.IN_TRANSIT:
            return (
                _("Say that it arrived, or did not, by: %(time)s") % time,
                _("Silence counts as arrived."),
            )
        case R.RECEIVED:
            return (
                _("Look at it by: %(time)s") % time,
                _("After that the buyer gets the money for all of it by itself."),
            )
    return "", ""


def money_back(view: ReturnView) -> str:
    """Say what the refund was, or is going to be; nothing where it came to nothing."""
    if view.case.state in {R.REJECTED, R.EXPIRED, R.CANCELLED}:
        return ""
    if view.case.refund is not None:
        return _("%(sum)s went back to the buyer.") % {"sum": format_money(view.case.refund)}
    return _(
        "%(sum)s if you accept all of it; the delivery too when everything of the order comes back"
        " and something was wrong with it."
    ) % {"sum": format_money(view.goods)}


def shown_dispute(view: DisputeView) -> ShownDispute:
    case = view.case
    return ShownDispute(
        source=view,
        status=str(case.get_state_display()),
        tone=_TONES.get(D(case.state), "neutral"),
        next_step=_dispute_step(case),
        messages=conversation(view, Side.SELLER),
    )


def _dispute_step(case: Dispute) -> str:
    due = {"due": in_sentence(format_moment(case.due_at)) if case.due_at else ""}
    match case.state:
        case D.OPEN:
            return (
                _("Answer by %(due)s. If you do not, the marketplace decides without your words.")
                % due
            )
        case D.SELLER_ANSWERED:
            return _("If you two do not agree by %(due)s, the marketplace decides.") % due
        case D.IN_ARBITRATION:
            return _("Our people read what both sides said and decide. Add what is missing.")
        case D.WITHDRAWN:
            return _("It was withdrawn. The money is released by its clock.")
    return _("The decision is final.")
