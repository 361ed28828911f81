"""Invitations: some days after delivery a buyer with an account is asked for reviews, once an order.

There is no wish in accounts yet that would forbid such letters; when there is, it is asked here.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.rows import insert_once
from apps.orders.models import Order
from apps.orders.selectors_kept import kept_lines_of_order
from apps.orders.types import OrderStatus
from apps.reviews.models import Review, ReviewInvitation
from apps.reviews.services.messages import invite

BATCH = 200


@transaction.atomic
def plan_invitation(*, order_id: UUID) -> None:
    """Note when the buyer of a delivered order is asked; repeating changes nothing."""
    order = Order.objects.select_related("group").get(id=order_id)
    if order.status != OrderStatus.DELIVERED or order.delivered_at is None:
        return
    if order.group.user_id is None:
        return  # who ordered as a guest has no account to write with
    due = order.delivered_at + timedelta(days=settings.REVIEW_INVITE_DAYS)
    insert_once(ReviewInvitation(order=order, due_at=due))


def send_due(*, now: datetime) -> int:
    """Send the letters that are due; return how many orders were looked at."""
    due = ReviewInvitation.objects.filter(closed_at=None, due_at__lte=now).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for order_id in ids:
        _send_one(order_id=order_id, now=now)
    return len(ids)


@transaction.atomic
def _send_one(*, order_id: UUID, now: datetime) -> None:
    rows = ReviewInvitation.objects.filter(pk=order_id, closed_at=None)
    invitation = rows.select_for_update(skip_locked=True).first()
    if invitation is None:
        return
    invitation.closed_at = now
    invitation.save(update_fields=["closed_at"])
    lines = kept_lines_of_order(order_id)
    if not lines:
        return
    written = Review.objects.filter(
        author_id=lines[0].order.group.user_id,
        product_id__in=[line.product_id for line in lines],
    )
    reviewed = set(written.values_list("product_id", flat=True))
    unwritten = [line for line in lines if line.product_id not in reviewed]
    if unwritten:
        invite(order=unwritten[0].order, lines=unwritten)
