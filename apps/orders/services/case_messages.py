"""What both sides are told of returns and disputes, each step once, each in its own language."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core.formats import format_moment, format_money
from apps.core.viewer import GrantToken
from apps.notifications.services import send_email
from apps.orders.models import Dispute, DisputeMessage, Order, Return
from apps.orders.selectors import order_grant
from apps.orders.types_returns import Asked, DisputeState, ReturnState, Side
from apps.sellers.models import SellerMember
from apps.sellers.types import Power

News = tuple[str, str]


def tell_return(*, return_id: UUID, state: str) -> None:
    """Tell the buyer and those who answer for the shop that a return came to a state.

    What it has left since then is no news any more: its clock stands in no letter.
    """
    rows = Return.objects.select_related("order__group", "order__seller")
    case = rows.get(id=return_id)
    if case.state != state:
        return
    key = f"return:{case.id}:{state}"
    lines = [(row.line, row.quantity) for row in case.lines.select_related("line").order_by("id")]
    path = f"returns/{case.id}/"
    _tell_buyer(case.order, key, path, lines, lambda: _return_for_buyer(case, state))
    _tell_seller(case.order, key, path, lines, lambda: _return_for_seller(case, state))


def tell_dispute(*, dispute_id: UUID, state: str, message_id: UUID | None) -> None:
    """Tell both sides of a step; of words, the side that did not say them."""
    rows = Dispute.objects.select_related("order__group", "order__seller")
    dispute = rows.get(id=dispute_id)
    path = f"disputes/{dispute.id}/"
    lines = [(line, line.quantity) for line in dispute.order.lines.order_by("id")]
    if message_id is None:
        if dispute.state != state:
            return
        key = f"dispute:{dispute.id}:{state}"
        _tell_buyer(dispute.order, key, path, lines, lambda: _step(dispute, state))
        _tell_seller(dispute.order, key, path, lines, lambda: _step(dispute, state))
        return
    message = DisputeMessage.objects.get(id=message_id)
    key = f"dispute:{dispute.id}:said:{message_id}"
    if message.side != Side.BUYER:
        _tell_buyer(dispute.order, key, path, lines, lambda: _said(dispute, message, Side.BUYER))
    if message.side != Side.SELLER:
        _tell_seller(dispute.order, key, path, lines, lambda: _said(dispute, message, Side.SELLER))


def _return_for_buyer(case: Return, state: str) -> News | None:
    values = _values(case)
    match state:
        case ReturnState.REQUESTED:
            return (
                _("Return %(number)s: we have told the seller") % values,
                _("The seller answers by %(due)s. Silence counts as a yes.") % values,
            )
        case ReturnState.APPROVED:
            return (
                _("Return %(number)s: send it back") % values,
                _("Send the goods by %(due)s. The address and the code are on the page.") % values,
            )
        case ReturnState.RECEIVED:
            return (
                _("Return %(number)s has arrived") % values,
                _("The seller looks at it by %(due)s. Silence means that you get the money.")
                % values,
            )
        case ReturnState.REFUNDED:
            return (
                _("Return %(number)s: %(refund)s goes back to you") % values,
                _("The money goes to where it was paid from. A letter follows when it is paid.")
                % values,
            )
        case ReturnState.REJECTED:
            return (
                _("Return %(number)s was refused") % values,
                _("The seller says: %(answer)s You can open a dispute until %(due)s.") % values,
            )
        case ReturnState.EXPIRED:
            return (
                _("Return %(number)s is closed") % values,
                _("The goods were not sent back in time, so nothing is refunded.") % values,
            )
    return None


def _return_for_seller(case: Return, state: str) -> News | None:
    values = _values(case)
    match state:
        case ReturnState.REQUESTED:
            return (
                _("A buyer wants to send something back: %(number)s") % values,
                _("%(reason)s. Answer by %(due)s; silence counts as a yes.") % values,
            )
        case ReturnState.IN_TRANSIT:
            return (
                _("Return %(number)s is on its way to you") % values,
                _("Say when it arrives, or that it did not, by %(due)s.") % values,
            )
        case ReturnState.RECEIVED:
            return (
                _("Return %(number)s: look at the goods") % values,
                _("Decide by %(due)s. After that the buyer gets the money by itself.") % values,
            )
        case ReturnState.REFUNDED:
            return (
                _("Return %(number)s: %(refund)s went back to the buyer") % values,
                _("What can be sold again is in stock."),
            )
        case ReturnState.EXPIRED | ReturnState.CANCELLED:
            return (
                _("Return %(number)s is closed") % values,
                _("Nothing comes back, and the money is released by its clock."),
            )
    return None


def _step(dispute: Dispute, state: str) -> News | None:
    values = _values(dispute)
    match state:
        case DisputeState.OPEN:
            return (
                _("Dispute %(number)s is open") % values,
                _("The money waits. The seller answers by %(due)s; then the marketplace decides.")
                % values,
            )
        case DisputeState.SELLER_ANSWERED:
            return (
                _("Dispute %(number)s: the seller has answered") % values,
                _("If the two sides do not agree, the marketplace decides from %(due)s.") % values,
            )
        case DisputeState.IN_ARBITRATION:
            return (
                _("Dispute %(number)s: the marketplace decides now") % values,
                _("Both sides may still add evidence. The money waits for the decision."),
            )
        case DisputeState.DECIDED:
            return (
                _("Dispute %(number)s is decided: %(refund)s to the buyer") % values,
                _("The marketplace says: %(decision)s") % values,
            )
        case DisputeState.WITHDRAWN:
            return (
                _("Dispute %(number)s is withdrawn") % values,
                _("The money is released by its clock."),
            )
    return None


def _said(dispute: Dispute, message: DisputeMessage, reader: Side) -> News:
    values = _values(dispute)
    if message.answer_by and message.asked_of in {reader.value, Asked.BOTH.value}:
        return (
            _("Dispute %(number)s: the marketplace asks you") % values,
            _("Answer by %(until)s on the page of the dispute. Then it is decided.")
            % {"until": format_moment(message.answer_by)},
        )
    return (
        _("Dispute %(number)s: something new was said") % values,
        _("Read it on the page of the dispute."),
    )


def _values(case: Return | Dispute) -> dict[str, Any]:
    return {
        "number": case.number,
        "reason": case.get_reason_display(),
        "due": format_moment(case.due_at) if case.due_at else "",
        "refund": format_money(case.refund) if case.refund is not None else "",
        "answer": getattr(case, "answer", ""),
        "decision": getattr(case, "decision", ""),
    }


def _tell_buyer(
    order: Order, key: str, path: str, lines: list[Any], news: Callable[[], News | None]
) -> None:
    group, language = order.group, order.group.language
    with translation.override(language):
        found = news()
    if found is None:
        return
    token = GrantToken.write(order_grant(group))
    send_email(
        kind="case_news",
        key=f"buyer:{key}",
        recipient_id=group.user_id,
        address=group.email,
        language=language,
        context={
            "heading": found[0],
            "sentence": found[1],
            "url": f"{settings.SITE_URL}/{language}/orders/open/{token}/?next=/{language}/{path}",
            "lines": _lines(lines, language),
        },
    )


def _tell_seller(
    order: Order, key: str, path: str, lines: list[Any], news: Callable[[], News | None]
) -> None:
    staff = SellerMember.objects.filter(seller_id=order.seller_id, user__is_active=True)
    for member in staff.select_related("user").order_by("id"):
        if not member.may(Power.CANCEL_ORDERS):
            continue
        language = member.user.language
        with translation.override(language):
            found = news()
        if found is None:
            return
        send_email(
            kind="seller_case_news",
            key=f"seller:{key}:{member.user_id}",
            recipient_id=member.user_id,
            address=member.user.email,
            language=language,
            context={
                "heading": found[0],
                "sentence": found[1],
                "shop": order.seller.name,
                "url": f"{settings.SITE_URL}/{language}/seller/{path}",
                "lines": _lines(lines, language),
            },
        )


def _lines(lines: list[Any], language: str) -> list[dict[str, Any]]:
    return [
        {
            "title": line.titles.get(language) or next(iter(line.titles.values())),
            "options": line.option_labels.get(language, ""),
            "quantity": quantity,
        }
        for line, quantity in lines
    ]
