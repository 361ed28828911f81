"""Reactions of reviews to delivered orders, and to their own facts where people must be told."""

from apps.core.outbox import handles
from apps.orders.events import OrderStatusChanged
from apps.orders.types import OrderStatus
from apps.reviews.events import ReviewAnswered, ReviewPublished
from apps.reviews.services import inviting, messages


@handles(OrderStatusChanged)
def plan_invitation(event: OrderStatusChanged) -> None:
    if event.status == OrderStatus.DELIVERED:
        inviting.plan_invitation(order_id=event.order_id)


@handles(ReviewPublished)
def tell_seller(event: ReviewPublished) -> None:
    messages.tell_seller(review_id=event.review_id)


@handles(ReviewAnswered)
def tell_author(event: ReviewAnswered) -> None:
    messages.tell_author(review_id=event.review_id)
