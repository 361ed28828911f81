"""Returns after delivery, up to the parcel on its way back (services.inspecting does the rest).

Invariant: under the order's lock the units of open returns and those sent back never pass those
delivered; every step is in the audit and is told to both sides by ReturnChanged.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.terms import return_point
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import money_path
from apps.core.numbers import next_in_sequence
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert_all
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.orders import rules_returns
from apps.orders.events import ReturnChanged
from apps.orders.models import Dispute, Order, OrderLine, Return, ReturnLine
from apps.orders.selectors_cases import units_in_returns
from apps.orders.services.access import (
    UnitsUnavailable,
    check_buyer,
    check_seller,
    locked_lines,
    locked_order,
)
from apps.orders.services.evidence import attach
from apps.orders.types import OrderStatus
from apps.orders.types_returns import (
    OPEN_DISPUTES,
    ReturnRequest,
    ReturnState,
    ReturnTerms,
)
from apps.sellers.types import Power

RETURN_NUMBERS = "return_number"
DIGITS = 6


class ReturnTooLate(DomainError):
    code = "orders.return_too_late"
    message = _("The time to send this back is over, or it is not taken back for this reason.")


class ReturnNotPossible(DomainError):
    code = "orders.return_not_possible"
    message = _("Nothing of this order can be sent back now.")


class ReturnMoveNotAllowed(DomainError):
    code = "orders.return_move_not_allowed"
    message = _("The return is not at a step that allows this. Look at it again.")


class ReasonMissing(InvalidInput):
    code = "orders.reason_missing"
    message = _("Say why: the other side reads it.")


def return_terms() -> ReturnTerms:
    return ReturnTerms(
        default_days=settings.RETURN_DAYS,
        answer_hours=settings.RETURN_ANSWER_HOURS,
        send_days=settings.RETURN_SEND_DAYS,
        transit_days=settings.RETURN_TRANSIT_DAYS,
        inspect_hours=settings.RETURN_INSPECT_HOURS,
        appeal_days=settings.RETURN_APPEAL_DAYS,
        dispute_days=settings.DISPUTE_DAYS,
        dispute_answer_hours=settings.DISPUTE_ANSWER_HOURS,
    )


@money_path
def request_return(
    *, order_id: UUID, request: ReturnRequest, actor: Viewer, now: datetime
) -> Return:
    """Ask to send units of a delivered order back; a repeated key returns the first return.

    :raises NotFound: not the actor's order
    :raises ReturnNotPossible: it is not delivered, or a dispute of it is open
    :raises UnitsUnavailable: more units than the buyer has outside of other returns, or none
    :raises ReturnTooLate: the window of one of the lines is over
    """
    order = locked_order(order_id)
    check_buyer(actor, order)
    if earlier := Return.objects.filter(order=order, key=request.key).first():
        return earlier
    disputed = Dispute.objects.filter(order=order, state__in=OPEN_DISPUTES).exists()
    if order.status != OrderStatus.DELIVERED or disputed:
        raise ReturnNotPossible
    lines = locked_lines(order)
    chosen = _chosen(lines, request.items)
    _check_windows(order, chosen, request.reason, now)
    pause_point("orders.request_return")
    made = Return.objects.create(
        number=f"R-{next_in_sequence(RETURN_NUMBERS)}",
        order=order,
        key=request.key,
        reason=request.reason,
        note=request.note.strip(),
        code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}}",
        currency=order.currency,
        due_at=rules_returns.return_due(ReturnState.REQUESTED, now=now, terms=return_terms()),
        requested_at=now,
    )
    insert_all(ReturnLine(return_case=made, line=line, quantity=units) for line, units in chosen)
    attach(request.photos, return_case=made)
    announce(made, order, "orders.return_request", actor)
    return made


def _chosen(lines: Sequence[OrderLine], items: Mapping[UUID, int]) -> list[tuple[OrderLine, int]]:
    by_id = {line.id: line for line in lines}
    chosen = [(by_id[line_id], units) for line_id, units in items.items() if line_id in by_id]
    taken = units_in_returns(list(by_id))
    if not chosen or len(chosen) != len(items):
        raise UnitsUnavailable
    for line, units in chosen:
        free = line.delivered_quantity - line.sent_back_quantity - taken.get(line.id, 0)
        if not 0 < units <= free:
            raise UnitsUnavailable
    return chosen


def _check_windows(
    order: Order, chosen: Sequence[tuple[OrderLine, int]], reason: str, now: datetime
) -> None:
    for line, _units in chosen:
        until = rules_returns.return_until(
            order.delivered_at or now, line.return_days, reason, settings.RETURN_DAYS
        )
        if now >= until:
            raise ReturnTooLate


@money_path
def cancel_return(*, return_id: UUID, actor: Viewer, now: datetime) -> Return:
    """Withdraw a return that is not sent yet; repeating changes nothing.

    :raises NotFound: not the actor's
    :raises ReturnMoveNotAllowed: it is on its way or over
    """
    case, order = opened_return(return_id)
    check_buyer(actor, order)
    if case.state != ReturnState.CANCELLED:
        move_return(case, order, to=ReturnState.CANCELLED, actor=actor, now=now)
    return case


@money_path
def approve_return(*, return_id: UUID, actor: Viewer, now: datetime) -> Return:
    """Agree to take units back; the buyer gets the address. Repeating changes nothing.

    :raises NotFound: the actor does not decide on returns of this seller
    :raises ReturnMoveNotAllowed: it was answered before
    """
    case, order = opened_return(return_id)
    check_seller(actor, order, Power.CANCEL_ORDERS)
    if case.state != ReturnState.APPROVED:
        approve(case, order, actor=actor, now=now)
    return case


def approve(
    case: Return, order: Order, *, actor: Viewer, now: datetime, is_by_clock: bool = False
) -> None:
    line_id = case.lines.order_by("id").values_list("line_id", flat=True)[0]
    place = return_point(line_id) or {"city": order.seller.city}
    case.ship_to = {"name": order.seller.name, **place}
    move_return(
        case,
        order,
        to=ReturnState.APPROVED,
        actor=actor,
        now=now,
        is_by_clock=is_by_clock,
        changed=("ship_to",),
    )


@money_path
def reject_return(*, return_id: UUID, why: str, actor: Viewer, now: datetime) -> Return:
    """Refuse a return before it is sent, or say that it did not arrive; the buyer may dispute it.

    :raises NotFound: the actor does not decide on returns of this seller
    :raises ReasonMissing: no words
    :raises ReturnMoveNotAllowed: it is at another step
    """
    case, order = opened_return(return_id)
    check_seller(actor, order, Power.CANCEL_ORDERS)
    if not why.strip():
        raise ReasonMissing(field="why")
    if case.state not in {ReturnState.REQUESTED, ReturnState.IN_TRANSIT}:
        raise ReturnMoveNotAllowed
    case.answer = why.strip()
    move_return(case, order, to=ReturnState.REJECTED, actor=actor, now=now, changed=("answer",))
    return case


@money_path
def mark_sent(
    *, return_id: UUID, carrier: str, tracking_number: str, actor: Viewer, now: datetime
) -> Return:
    """Note that the buyer handed the parcel in; repeating changes nothing.

    :raises NotFound: not the actor's
    :raises ReturnMoveNotAllowed: it is not approved
    """
    case, order = opened_return(return_id)
    check_buyer(actor, order)
    if case.state == ReturnState.IN_TRANSIT:
        return case
    case.carrier, case.tracking_number = carrier.strip(), tracking_number.strip()
    move_return(
        case,
        order,
        to=ReturnState.IN_TRANSIT,
        actor=actor,
        now=now,
        changed=("carrier", "tracking_number"),
    )
    return case


def opened_return(return_id: UUID) -> tuple[Return, Order]:
    """Lock the order of a return and read the return after that.

    :raises NotFound: there is none
    """
    order_id = Return.objects.filter(id=return_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    order = locked_order(order_id)
    return Return.objects.get(id=return_id), order


def move_return(
    case: Return,
    order: Order,
    *,
    to: ReturnState,
    actor: Viewer,
    now: datetime,
    is_by_clock: bool = False,
    changed: Sequence[str] = (),
) -> None:
    """Move a return of a locked order: timestamp, clock, audit, event.

    :raises ReturnMoveNotAllowed: rules_returns.RETURN_MOVES has no such move
    """
    if to not in rules_returns.RETURN_MOVES[ReturnState(case.state)]:
        raise ReturnMoveNotAllowed(current=case.state, target=to)
    values: dict[str, Any] = {
        "state": to,
        f"{to.lower()}_at": now,
        "due_at": rules_returns.return_due(to, now=now, terms=return_terms()),
        "is_by_clock": is_by_clock,
    }
    for name, value in values.items():
        setattr(case, name, value)
    case.save(update_fields=[*values, *changed])
    announce(case, order, f"orders.return_{to.lower()}", actor)


def announce(case: Return, order: Order, action: str, actor: Viewer) -> None:
    audit.record(
        actor=actor,
        action=action,
        target_type="return",
        target_id=case.id,
        after={"state": case.state, "order": order.number},
    )
    emit(
        ReturnChanged(
            group_id=order.group_id, order_id=order.id, return_id=case.id, state=case.state
        )
    )
