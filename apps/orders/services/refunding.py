"""Giving money of a delivered order back to its buyer."""

from collections.abc import Sequence
from datetime import datetime

from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.orders.models import Order, OrderLine
from apps.payments.models import Refund
from apps.payments.selectors import escrow_balance
from apps.payments.services.refunds import issue_refund


def refundable(order: Order) -> Money:
    return escrow_balance(order.id, order.currency)


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
    """Return `amount` of a locked order to its buyer, out of escrow; nothing where it is zero."""
    if not amount:
        return None
    return issue_refund(
        key=f"order:{order.id}:{key}",
        reference_id=order.id,
        amount=amount,
        reason=reason,
        actor=actor,
        now=now,
    )
