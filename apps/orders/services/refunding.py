"""Giving money of an order back to its buyer, whoever holds it now.

Invariant: under the order's lock. What is in escrow goes first; after the release the rest comes out
of what the marketplace and the seller got, split again by the rule of the settlement
(docs/money.md has worked numbers).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.formats import format_money
from apps.core.locks import money_path
from apps.core.money import Money, total
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.orders.economics import economics, settled_lines, taken_back
from apps.orders.models import Order, OrderLine
from apps.orders.services.access import locked_lines, locked_order
from apps.payments.models import Refund
from apps.payments.selectors import escrow_balance, settlements_for
from apps.payments.services.refunds import RefundExceedsPayment, issue_refund
from apps.payments.types import Split
from apps.pricing.selectors import market_vat_bps

REFUND_PERMISSION = "orders.refund_order"
ANY_AMOUNT_PERMISSION = "orders.refund_any_amount"


class RefundOverLimit(DomainError):
    code = "orders.refund_over_limit"
    message = _(
        "You may give back up to %(limit)s of an order. Ask somebody who may give back more."
    )


class RefundTooMuch(DomainError):
    code = "orders.refund_too_much"
    message = _("%(left)s can still be given back of this order.")


class RefundNotPositive(DomainError):
    code = "orders.refund_not_positive"
    message = _("Give a sum above zero.")
    http_status = 422


@money_path
def refund_goodwill(
    *, order_id: UUID, amount: Money, key: str, actor: Viewer, now: datetime, why: str
) -> Refund:
    """Give a part of an order's money back because staff decided so; no unit comes back.

    A repeated key returns the first refund.

    :raises NotFound: the actor may not refund
    :raises RefundNotPositive, RefundTooMuch: nothing, or more than is left of what was paid
    :raises RefundOverLimit: all refunds of the order together pass what this actor may give
    """
    order = locked_order(order_id)
    if not actor.can(REFUND_PERMISSION):
        raise NotFound
    if amount.minor <= 0 or amount.currency != order.currency:
        raise RefundNotPositive
    is_repeat = Refund.objects.filter(key=f"order:{order.id}:goodwill:{key}").exists()
    if not is_repeat:
        _check_limit(order, amount, actor)
    lines = locked_lines(order)
    try:
        with transaction.atomic():
            refund = give_back(
                order=order,
                lines=lines,
                amount=amount,
                key=f"goodwill:{key}",
                reason=why[:60],
                actor=actor,
                now=now,
            )
    except RefundExceedsPayment as refusal:
        raise RefundTooMuch(left=format_money(refundable(order))) from refusal
    if refund is None:
        raise RefundNotPositive
    if not is_repeat:
        audit.record(
            actor=actor,
            action="orders.refund",
            target_type="order",
            target_id=order.id,
            after={"amount_minor": amount.minor, "currency": amount.currency},
            reason=why,
        )
    return refund


def _check_limit(order: Order, amount: Money, actor: Viewer) -> None:
    limit = Money(settings.STAFF_REFUND_LIMITS_MINOR.get(order.currency, 0), order.currency)
    given = sum(
        Refund.objects.filter(key__startswith=f"order:{order.id}:goodwill:")
        .exclude(state="FAILED")
        .values_list("amount_minor", flat=True)
    )
    is_over = given + amount.minor > limit.minor
    if is_over and not actor.can(ANY_AMOUNT_PERMISSION):
        raise RefundOverLimit(limit=format_money(limit))


def refundable(order: Order) -> Money:
    """Return what is in escrow and, after the release, with the marketplace and the seller."""
    held = escrow_balance(order.id, order.currency)
    settlement = settlements_for([order.id]).get(order.id)
    return held + settlement.left.total if settlement else held


def give_back(
    *,
    order: Order,
    lines: Sequence[OrderLine],
    amount: Money,
    key: str,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> Refund | None:
    """Return `amount` of a locked order to its buyer; None where there is nothing to return.

    `lines` are the locked lines as they stand now, what came back taken off: they tell how what is
    left is split. `key` is unique within the order.

    :raises RefundExceedsPayment: more than escrow and what was released hold between them
    """
    if not amount:
        return None
    held = escrow_balance(order.id, order.currency)
    return issue_refund(
        key=f"order:{order.id}:{key}",
        reference_id=order.id,
        amount=amount,
        reason=reason,
        actor=actor,
        now=now,
        taken_back=taken_from_release(order, lines, amount - min(amount, held)),
    )


def taken_from_release(order: Order, lines: Sequence[OrderLine], amount: Money) -> Split | None:
    """Split what has to come out of a locked order's settlement; None where escrow has it all.

    :raises RefundExceedsPayment: more than is left of what was released
    """
    settlement = settlements_for([order.id]).get(order.id) if amount else None
    if settlement is None:
        return None
    left = settlement.left
    if amount > left.total:
        raise RefundExceedsPayment
    kept = settled_lines(lines)
    goods = total([line.unit * line.kept for line in kept], order.currency)
    rest = left.total - amount
    target = economics(
        kept,
        delivery=order.delivery_price,
        held=min(rest, goods + order.delivery_price),
        vat_bps=market_vat_bps(settlement.released_at.date()),
    )
    return taken_back(left, target, amount, vat_bps=market_vat_bps(settlement.released_at.date()))
