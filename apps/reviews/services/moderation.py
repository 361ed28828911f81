"""Moderation: staff publish a review or reject it; both can be taken back."""

from datetime import datetime
from uuid import UUID

from apps.core.errors import NotFound
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.viewer import Viewer
from apps.reviews.models import Review
from apps.reviews.services.access import locked_review, move_review, note, published_event
from apps.reviews.services.rating import refresh_rating
from apps.reviews.types import RejectReason, ReviewStatus

PERMISSION = "reviews.change_review"


@money_path
def publish_review(*, review_id: UUID, actor: Viewer, reason: str, now: datetime) -> Review:
    """Show a review on its product's page; repeating changes nothing. Emits ReviewPublished.

    :raises NotFound: the actor does not moderate, or there is no such review
    """
    review = _opened(review_id, actor)
    if review.status == ReviewStatus.PUBLISHED:
        return review
    before = {"status": review.status}
    move_review(review, to=ReviewStatus.PUBLISHED, now=now)
    note(review, "publish", actor, before, reason)
    refresh_rating(product_id=review.product_id)
    emit(published_event(review))
    return review


@money_path
def reject_review(
    *, review_id: UUID, code: RejectReason, actor: Viewer, reason: str, now: datetime
) -> Review:
    """Keep a review off the page; its author reads `code`, `reason` stays in the audit.

    :raises NotFound: the actor does not moderate, or there is no such review
    """
    review = _opened(review_id, actor)
    if review.status == ReviewStatus.REJECTED:
        return review
    before = {"status": review.status}
    move_review(review, to=ReviewStatus.REJECTED, now=now, reject_reason=code)
    note(review, "reject", actor, before, f"{code}: {reason}")
    refresh_rating(product_id=review.product_id)
    return review


def _opened(review_id: UUID, actor: Viewer) -> Review:
    if not actor.can(PERMISSION):
        raise NotFound
    return locked_review(review_id)
