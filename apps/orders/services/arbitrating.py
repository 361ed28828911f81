"""The arbiter's decision: who gets what of an order's money, once, in one posting."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.core.errors import NotFound
from apps.core.locks import money_path
from apps.core.money import Money
from apps.core.pauses import pause_point
from apps.core.viewer import Viewer
from apps.orders.models import Dispute, Order, OrderLine
from apps.orders.services.access import locked_lines
from apps.orders.services.disputing import (
    DECIDE_PERMISSION,
    AmountNotPossible,
    DisputeMoveNotAllowed,
    move_dispute,
    opened_dispute,
    unfreeze,
)
from apps.orders.services.fulfilment import note
from apps.orders.services.mediating import check_impartial, check_nothing_awaited
from apps.orders.services.refunding import give_back, refundable
from apps.orders.services.returning import ReasonMissing
from apps.orders.services.settling import mark_released, release_of
from apps.orders.types_returns import OPEN_DISPUTES, DisputeState
from apps.payments.selectors import escrow_balance
from apps.payments.services.deciding import decide_escrow
from apps.payments.services.refunds import RefundOrder
from apps.payments.types import Release


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """What a decision does: the buyer's part, and how the rest is split (None: nothing is released)."""

    left: Money
    refund: Money
    release: Release | None
    is_after_release: bool


def preview_decision(*, dispute: Dispute, refund: Money, now: datetime) -> DecisionPreview:
    """Compute a decision without booking it.

    :raises AmountNotPossible: below zero, another currency, or more than is left
    :raises RefundUnpaid: a refund failed before; people solve that first
    """
    order = dispute.order
    left = refundable(order)
    if refund.currency != order.currency or not 0 <= refund.minor <= left.minor:
        raise AmountNotPossible(field="refund")
    is_after = order.released_at is not None
    return DecisionPreview(left, refund, _release(order, refund, now), is_after)


def _release(order: Order, refund: Money, now: datetime) -> Release | None:
    """Return how what is left beside the refund is split; None where nothing is to be released."""
    rest = escrow_balance(order.id, order.currency) - refund
    if order.released_at is not None or rest.minor <= 0:
        return None
    return release_of(order, rest, now)


@money_path
def decide_dispute(
    *, dispute_id: UUID, refund: Money, text: str, actor: Viewer, now: datetime
) -> Dispute:
    """Give `refund` (0 or more) to the buyer and the rest to the seller; the order is settled by it.

    After the release the refund comes from where the money is now. Repeating the decision changes
    nothing; another one is refused. Emits DisputeChanged, OrderReleased, and those of payments.

    :raises NotFound: the actor may not decide
    :raises ArbiterIsASide: the actor placed the order or works for its seller
    :raises DisputeMoveNotAllowed: it is decided otherwise, or withdrawn
    :raises AmountNotPossible: below zero or more than is left
    :raises ReasonMissing: no words for the two sides
    :raises AnswerAwaited: somebody who was asked may still answer
    :raises EscrowFrozen: staff hold the money for another reason
    """
    if not actor.can(DECIDE_PERMISSION):
        raise NotFound
    dispute, order = opened_dispute(dispute_id)
    if dispute.state == DisputeState.DECIDED and dispute.refund == refund:
        return dispute
    if dispute.state not in OPEN_DISPUTES:
        raise DisputeMoveNotAllowed
    if not text.strip():
        raise ReasonMissing(field="text")
    check_impartial(actor, order)
    check_nothing_awaited(dispute, now)
    pause_point("orders.decide_dispute")
    lines = locked_lines(order)
    unfreeze(dispute, actor, now)
    _book(dispute, order, lines, refund, actor, now)
    dispute.refund_minor = refund.minor
    dispute.decision = text.strip()
    dispute.decided_by = actor.label
    move_dispute(
        dispute,
        order,
        to=DisputeState.DECIDED,
        actor=actor,
        now=now,
        changed=("refund_minor", "decision", "decided_by"),
    )
    return dispute


def _book(
    dispute: Dispute,
    order: Order,
    lines: list[OrderLine],
    refund: Money,
    actor: Viewer,
    now: datetime,
) -> None:
    if refund.currency != order.currency or not 0 <= refund.minor <= refundable(order).minor:
        raise AmountNotPossible(field="refund")
    key = f"refund:dispute:{dispute.number}"
    if order.released_at is not None or not escrow_balance(order.id, order.currency):
        give_back(
            order=order,
            lines=lines,
            amount=refund,
            key=key,
            reason=dispute.reason,
            actor=actor,
            now=now,
        )
        return
    decide_escrow(
        refund=RefundOrder(f"order:{order.id}:{key}", order.id, refund),
        release=_release(order, refund, now),
        reason=dispute.reason,
        actor=actor,
        now=now,
    )
    note(order, "orders.release", actor, {"dispute": dispute.number})
    mark_released(order, actor=actor, now=now)
