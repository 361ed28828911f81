"""Disputes as their buyer reads them: what comes next, what both sides said."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.formats import format_moment, in_sentence
from apps.orders.models import Dispute
from apps.orders.selectors_disputes import DisputeView
from apps.orders.types_returns import DisputeState, Side
from apps.orders.web.cases import Said, conversation
from apps.storefront.trade.case_page import TONES
from apps.storefront.trade.parcels import Deed

D = DisputeState


@dataclass(frozen=True, slots=True)
class ShownDispute:
    source: DisputeView
    status: str
    tone: str
    next_step: str
    messages: tuple[Said, ...]
    deeds: tuple[Deed, ...] = ()

    @property
    def case(self) -> Dispute:
        return self.source.case


def shown_dispute(view: DisputeView, mine: Side = Side.BUYER) -> ShownDispute:
    case = view.case
    return ShownDispute(
        source=view,
        status=str(case.get_state_display()),
        tone=TONES.get(D(case.state), "neutral"),
        next_step=dispute_step(case),
        messages=conversation(view, mine),
        deeds=_dispute_deeds(view),
    )


def dispute_step(case: Dispute) -> str:
    due = {"due": in_sentence(format_moment(case.due_at)) if case.due_at else ""}
    match case.state:
        case D.OPEN:
            return _("The seller answers by %(due)s; then the marketplace decides.") % due
        case D.SELLER_ANSWERED:
            return _("If you two do not agree by %(due)s, the marketplace decides.") % due
        case D.IN_ARBITRATION:
            return _("Our people read what both sides said and decide. Add what is missing.")
        case D.WITHDRAWN:
            return _("It was withdrawn. The money is released by its clock.")
    return _("The decision is final here.")


def _dispute_deeds(view: DisputeView) -> tuple[Deed, ...]:
    deeds = []
    if view.can_escalate:
        deeds.append(
            Deed(
                label=_("Ask the marketplace to decide"),
                url=reverse("storefront:dispute_escalate", args=[view.case.id]),
                consequence=_(
                    "Our people decide on what both sides have said. The money waits until then."
                ),
                button=_("Ask for a decision"),
            )
        )
    if view.can_withdraw:
        deeds.append(
            Deed(
                label=_("Give up the dispute"),
                url=reverse("storefront:dispute_withdraw", args=[view.case.id]),
                consequence=_("The money is no longer on hold: the seller gets it on its day."),
                button=_("Withdraw the dispute"),
            )
        )
    return tuple(deeds)
