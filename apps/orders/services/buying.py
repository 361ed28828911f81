"""Buying from a page: place what was confirmed and start paying for it, as one step."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from apps.core.locks import money_path
from apps.core.viewer import Viewer
from apps.orders.models import OrderGroup
from apps.orders.services import paying, placing
from apps.orders.types import GroupStatus


@money_path
def buy(
    *,
    viewer: Viewer,
    checkout_id: UUID,
    quote_digest: str,
    return_url_of: Callable[[UUID], str],
    now: datetime,
) -> OrderGroup:
    """Place a checkout and write its payment attempt; a repeated call returns the same group.

    Pressing Pay twice, or in two tabs, therefore leads to one order and one open attempt.

    :raises QuoteChanged, OfferSoldOut, NotFound and refusals of an unfinished checkout: see placing.place_order
    """
    group = placing.place_order(
        viewer=viewer, checkout_id=checkout_id, quote_digest=quote_digest, now=now
    )
    if group.status == GroupStatus.AWAITING_PAYMENT:
        paying.pay_for(group=group, return_url=return_url_of(group.id), now=now)
    return group
