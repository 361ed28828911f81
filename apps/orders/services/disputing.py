"""Disputes: opened by the buyer, answered by the seller, decided by staff in one posting.

Invariant: under the order's lock; while a dispute is open the order's escrow is on hold; it is
decided once, and the decision books the whole escrow.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import money_path
from apps.core.money import Money
from apps.core.numbers import next_in_sequence
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer
from apps.orders import rules_returns
from apps.orders.events import DisputeChanged
from apps.orders.models import Dispute, Order, Return
from apps.orders.selectors_buyers import is_buyer
from apps.orders.selectors_cases import check_no_open_case
from apps.orders.services.access import check_buyer, check_seller, locked_order
from apps.orders.services.refunding import refundable
from apps.orders.services.returning import return_terms
from apps.orders.services.speaking import write_words
from apps.orders.types import OrderStatus
from apps.orders.types_returns import (
    OPEN_DISPUTES,
    RETURN_DISPUTES,
    DisputeReason,
    DisputeState,
    ReturnState,
    Side,
    Words,
)
from apps.payments.models import EscrowHold
from apps.payments.selectors import is_held
from apps.payments.services.holds import hold_escrow, lift_hold
from apps.sellers.types import Power

log = structlog.get_logger(__name__)

DECIDE_PERMISSION = "orders.decide_dispute"
DISPUTE_NUMBERS = "dispute_number"
BATCH = 500


class DisputeNotPossible(DomainError):
    code = "orders.dispute_not_possible"
    message = _("A dispute cannot be opened for this order now: it is too early, or too late.")


class DisputeMoveNotAllowed(DomainError):
    code = "orders.dispute_move_not_allowed"
    message = _("The dispute is not at a step that allows this. Look at it again.")


class AmountNotPossible(InvalidInput):
    code = "orders.amount_not_possible"
    message = _("Give a sum within what is left of this order's money.")


@money_path
def open_dispute(
    *,
    order_id: UUID,
    reason: DisputeReason,
    wanted: Money,
    words: Words,
    actor: Viewer,
    now: datetime,
    return_id: UUID | None = None,
) -> Dispute:
    """Open a dispute and freeze the order's escrow; a repeated key returns the first.

    :raises NotFound: not the actor's order, or not a return of it
    :raises CaseOpen: another return or dispute of it is open
    :raises DisputeNotPossible: it was not delivered, or the time is over
    :raises AmountNotPossible: nothing, or more than is left
    :raises ReasonMissing: no words
    """
    order = locked_order(order_id)
    check_buyer(actor, order)
    if earlier := Dispute.objects.filter(order=order, key=words.key).first():
        return earlier
    check_no_open_case(order)
    case = _return_of(order, reason, return_id, now)
    if wanted.currency != order.currency or not 0 < wanted.minor <= refundable(order).minor:
        raise AmountNotPossible(field="wanted")
    pause_point("orders.open_dispute")
    dispute = Dispute.objects.create(
        number=f"D-{next_in_sequence(DISPUTE_NUMBERS)}",
        order=order,
        return_case=case,
        key=words.key,
        reason=reason,
        currency=wanted.currency,
        wanted_minor=wanted.minor,
        hold=_freeze(order, actor, now),
        due_at=rules_returns.dispute_due(DisputeState.OPEN, now=now, terms=return_terms()),
        open_at=now,
    )
    write_words(dispute, Side.BUYER, words, actor, now)
    announce(dispute, order, "orders.dispute_open", actor)
    return dispute


def _return_of(
    order: Order, reason: DisputeReason, return_id: UUID | None, now: datetime
) -> Return | None:
    """Check that it is in time, and find the return it speaks of."""
    if reason not in RETURN_DISPUTES:
        until = order.delivered_at and order.delivered_at + timedelta(days=settings.DISPUTE_DAYS)
        if order.status != OrderStatus.DELIVERED or until is None or now >= until:
            raise DisputeNotPossible
        return None
    case = Return.objects.filter(order=order, id=return_id).first() if return_id else None
    if case is None:
        raise NotFound
    wanted = (
        ReturnState.REJECTED if reason == DisputeReason.RETURN_REJECTED else ReturnState.REFUNDED
    )
    if case.state != wanted or case.due_at is None or now >= case.due_at:
        raise DisputeNotPossible
    return case


def _freeze(order: Order, actor: Viewer, now: datetime) -> EscrowHold | None:
    """Hold what is in escrow; a hold of staff's that is on stays theirs."""
    if order.released_at is not None or is_held(order.id) or not refundable(order):
        return None
    return hold_escrow(reference_id=order.id, actor=actor, reason="DISPUTE", now=now)


def unfreeze(dispute: Dispute, actor: Viewer, now: datetime) -> None:
    """Lift the hold that a dispute placed, unless staff lifted it before."""
    hold = dispute.hold
    if hold is not None and hold.lifted_at is None:
        lift_hold(hold_id=hold.id, actor=actor, reason="DISPUTE", now=now)


@money_path
def say(*, dispute_id: UUID, words: Words, actor: Viewer, now: datetime) -> Dispute:
    """Add words and pictures of a side; the seller's first answer moves the dispute on.

    A repeated key says nothing twice.

    :raises NotFound: the actor is of neither side
    :raises DisputeMoveNotAllowed: it is over
    :raises ReasonMissing: no words
    """
    dispute, order = opened_dispute(dispute_id)
    side = side_of(actor, order)
    if dispute.messages.filter(key=words.key).exists():
        return dispute
    if dispute.state not in OPEN_DISPUTES:
        raise DisputeMoveNotAllowed
    message = write_words(dispute, side, words, actor, now)
    if side == Side.SELLER and dispute.state == DisputeState.OPEN:
        move_dispute(dispute, order, to=DisputeState.SELLER_ANSWERED, actor=actor, now=now)
    else:
        announce(dispute, order, "orders.dispute_said", actor, message.id)
    return dispute


def side_of(actor: Viewer, order: Order) -> Side:
    """Return for which side an actor speaks.

    :raises NotFound: for neither
    """
    if is_buyer(actor, order.group):
        return Side.BUYER
    if actor.can(DECIDE_PERMISSION):
        return Side.STAFF
    check_seller(actor, order, Power.CANCEL_ORDERS)
    return Side.SELLER


@money_path
def escalate(*, dispute_id: UUID, actor: Viewer, now: datetime) -> Dispute:
    """Ask the marketplace to decide, once the seller has answered; repeating changes nothing.

    :raises NotFound: not the actor's
    :raises DisputeMoveNotAllowed: the seller's time is not over, or it is decided
    """
    dispute, order = opened_dispute(dispute_id)
    check_buyer(actor, order)
    if dispute.state == DisputeState.IN_ARBITRATION:
        return dispute
    if dispute.state != DisputeState.SELLER_ANSWERED:
        raise DisputeMoveNotAllowed
    move_dispute(dispute, order, to=DisputeState.IN_ARBITRATION, actor=actor, now=now)
    return dispute


@money_path
def withdraw_dispute(*, dispute_id: UUID, actor: Viewer, now: datetime) -> Dispute:
    """Give up a dispute: the money is released by its own clock. Repeating changes nothing.

    :raises NotFound: not the actor's
    :raises DisputeMoveNotAllowed: it is decided
    """
    dispute, order = opened_dispute(dispute_id)
    check_buyer(actor, order)
    if dispute.state != DisputeState.WITHDRAWN:
        move_dispute(dispute, order, to=DisputeState.WITHDRAWN, actor=actor, now=now)
        unfreeze(dispute, actor, now)
    return dispute


def opened_dispute(dispute_id: UUID) -> tuple[Dispute, Order]:
    """Lock the order of a dispute and read the dispute after that.

    :raises NotFound: there is none
    """
    order_id = Dispute.objects.filter(id=dispute_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    order = locked_order(order_id)
    return Dispute.objects.get(id=dispute_id), order


def move_dispute(
    dispute: Dispute,
    order: Order,
    *,
    to: DisputeState,
    actor: Viewer,
    now: datetime,
    changed: tuple[str, ...] = (),
) -> None:
    """Move a dispute of a locked order: timestamp, clock, audit, event.

    :raises DisputeMoveNotAllowed: rules_returns.DISPUTE_MOVES has no such move
    """
    if to not in rules_returns.DISPUTE_MOVES[DisputeState(dispute.state)]:
        raise DisputeMoveNotAllowed(current=dispute.state, target=to)
    values: dict[str, Any] = {
        "state": to,
        f"{to.lower()}_at": now,
        "due_at": rules_returns.dispute_due(to, now=now, terms=return_terms()),
    }
    for name, value in values.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=[*values, *changed])
    announce(dispute, order, f"orders.dispute_{to.lower()}", actor)


def announce(
    dispute: Dispute, order: Order, action: str, actor: Viewer, message_id: UUID | None = None
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target_type="dispute",
        target_id=dispute.id,
        after={"state": dispute.state, "order": order.number},
    )
    emit(
        DisputeChanged(
            group_id=order.group_id,
            order_id=order.id,
            dispute_id=dispute.id,
            state=dispute.state,
            message_id=message_id,
        )
    )


def move_due_disputes(*, now: datetime) -> int:
    """Bring every dispute whose clock ran out before the arbiter; return how many."""
    due = Dispute.objects.filter(due_at__lte=now).order_by("due_at")
    moved = 0
    for dispute_id in due.values_list("id", flat=True)[:BATCH]:
        try:
            moved += _escalate_if_due(dispute_id=dispute_id, now=now)
        except DomainError as refusal:
            log.warning("dispute_clock_refused", dispute_id=str(dispute_id), code=refusal.code)
    return moved


@money_path
def _escalate_if_due(*, dispute_id: UUID, now: datetime) -> bool:
    dispute, order = opened_dispute(dispute_id)
    if dispute.due_at is None or dispute.due_at > now:
        return False
    move_dispute(dispute, order, to=DisputeState.IN_ARBITRATION, actor=SYSTEM, now=now)
    return True
