"""A parcel that a carrier lost: its buyer is refunded, and the marketplace bears the loss.

Invariant: the seller gets what these units would have brought it, no more; the marketplace earns no
commission on them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from apps.core.money import Money, total
from apps.core.viewer import Viewer
from apps.orders.economics import economics, settled_lines
from apps.orders.models import Order, OrderLine
from apps.payments.selectors import escrow_balance
from apps.payments.services.compensating import compensate_loss
from apps.payments.types import Release, Split
from apps.pricing.selectors import market_vat_bps


def split_now(order: Order, lines: Sequence[OrderLine], now: datetime) -> Split:
    """Return how what is held for a locked order would be split as its lines stand."""
    kept = settled_lines(lines)
    goods = total([line.unit * line.kept for line in kept], order.currency)
    held = escrow_balance(order.id, order.currency)
    return economics(
        kept,
        delivery=order.delivery_price,
        # More than that lies there where an earlier refund failed.
        held=min(held, goods + order.delivery_price),
        vat_bps=market_vat_bps(now.date()),
    )


def make_good(
    *,
    order: Order,
    parcel_id: UUID,
    before: Split,
    after: Split,
    actor: Viewer,
    now: datetime,
) -> None:
    """Pay the seller of a locked order the difference that a lost parcel makes for it, if any."""
    lost = before - after
    if lost.seller.minor <= 0 or lost.payout.minor <= 0:
        return
    nothing = Money.zero(order.currency)
    compensate_loss(
        release=Release(
            reference_id=parcel_id,
            payee_id=order.seller_id,
            commission=nothing,
            commission_vat=nothing,
            delivery=nothing,
            delivery_vat=nothing,
            seller=lost.seller,
            payout=lost.payout,
            available_at=now + timedelta(hours=settings.SETTLEMENT_PENDING_HOURS),
        ),
        actor=actor,
        now=now,
    )
