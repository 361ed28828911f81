"""What use cases of reviews check and take first: whose it is, that it is there, its lock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import lock_row
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.reviews.events import ReviewPublished
from apps.reviews.locks import REVIEW
from apps.reviews.models import Review
from apps.reviews.rules import may_move
from apps.reviews.types import RejectReason, ReviewStatus

_STAMPS = {
    ReviewStatus.IN_MODERATION: "submitted_at",
    ReviewStatus.PUBLISHED: "published_at",
    ReviewStatus.REJECTED: "rejected_at",
    ReviewStatus.DELETED: "deleted_at",
}


class ReviewMoveNotAllowed(DomainError):
    code = "reviews.move_not_allowed"
    message = _("This cannot be done with the review as it stands now.")


def locked_review(review_id: UUID) -> Review:
    """Lock a review that was not deleted.

    :raises NotFound: there is none
    """
    review = lock_row(Review.objects.filter(id=review_id, deleted_at=None), rank=REVIEW)
    if review is None:
        raise NotFound
    return review


def own_locked_review(review_id: UUID, actor: Viewer) -> Review:
    """:raises NotFound: another's, or none"""
    review = locked_review(review_id)
    if actor.user_id is None or review.author_id != actor.user_id:
        raise NotFound
    return review


def move_review(
    review: Review, *, to: ReviewStatus, now: datetime, reject_reason: RejectReason | str = ""
) -> None:
    """Move a locked review and stamp it; the caller saves nothing, counts and emits.

    :raises ReviewMoveNotAllowed: see rules.ALLOWED_MOVES
    """
    current = ReviewStatus(review.status)
    if not may_move(current, to):
        raise ReviewMoveNotAllowed(current=current, target=to)
    review.status = to
    review.reject_reason = reject_reason
    if to != ReviewStatus.IN_MODERATION:
        review.submitted_at = None
    setattr(review, _STAMPS[to], now)
    review.save(update_fields=["status", "reject_reason", "submitted_at", _STAMPS[to]])


def note(
    review: Review,
    action: str,
    actor: Viewer,
    before: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Leave an audit entry: states and stars; words of people are not copied."""
    audit.record(
        actor=actor,
        action=f"reviews.{action}",
        target_type="review",
        target_id=review.id,
        before=before,
        after={"status": review.status, "rating": review.rating},
        reason=reason,
    )


def published_event(review: Review) -> ReviewPublished:
    return ReviewPublished(review_id=review.id)
