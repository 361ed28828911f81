"""Reads of reviews: what is published is public, the rest is its author's, its seller's or staff's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from apps.core.errors import NotFound
from apps.core.paging import newest_page
from apps.core.queues import Queue, queue_of
from apps.core.viewer import Viewer
from apps.orders.models import OrderGroup, OrderLine
from apps.orders.selectors_kept import kept_line, kept_lines
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.types import ReviewStatus

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class OwnReviewPage:
    """Some reviews or lines, newest first; `next_before` is the id to ask the older ones with, or None."""

    rows: tuple[Review, ...] | tuple[OrderLine, ...]
    next_before: UUID | None


def published(product_id: UUID) -> QuerySet[Review]:
    """The published reviews of a product with photos and answers, newest first. Two queries."""
    return _dressed(_published(product_id)).order_by("-id")


def own_review(viewer: Viewer, product_id: UUID) -> Review | None:
    """Return the viewer's own review of a product, in any state but deleted."""
    return own_rows(viewer).filter(product_id=product_id).first()


def get_own_review(viewer: Viewer, review_id: UUID) -> Review:
    """:raises NotFound: another's, deleted, or none"""
    found = own_rows(viewer).filter(id=review_id).first()
    if found is None:
        raise NotFound
    return found


def own_reviews(
    viewer: Viewer, *, before: UUID | None = None, limit: int = PAGE_SIZE
) -> OwnReviewPage:
    """Return what the viewer wrote, newest first. Two queries."""
    found, next_before = newest_page(own_rows(viewer), before=before, limit=limit)
    return OwnReviewPage(tuple(found), next_before)


def own_review_count(viewer: Viewer) -> int:
    return own_rows(viewer).count()


def lines_to_review(
    viewer: Viewer, *, before: UUID | None = None, limit: int = PAGE_SIZE
) -> OwnReviewPage:
    """Return the latest kept line of each product that the viewer has not reviewed. One query."""
    found, next_before = newest_page(unreviewed(viewer), before=before, limit=limit)
    return OwnReviewPage(tuple(found), next_before)


def to_review_count(viewer: Viewer) -> int:
    return unreviewed(viewer).count()


def unreviewed(viewer: Viewer) -> QuerySet[OrderLine]:
    """The latest kept line of each product that the viewer has not reviewed, with its order."""
    if viewer.user_id is None:
        return OrderLine.objects.none()
    own = Review.objects.filter(
        author_id=viewer.user_id, deleted_at=None, product_id=OuterRef("product_id")
    )
    latest = kept_lines(viewer).filter(~Exists(own)).order_by("product_id", "-id")
    ids = latest.distinct("product_id").values("id")
    return OrderLine.objects.filter(id__in=ids).select_related("order").order_by("-id")


def may_review(viewer: Viewer, product_id: UUID) -> bool:
    """Tell whether the viewer has the product and has not reviewed it."""
    return kept_line(viewer, product_id) is not None and own_review(viewer, product_id) is None


def reviews_of_group(viewer: Viewer, group: OrderGroup) -> dict[UUID, bool]:
    """Return the products that the viewer has of a group, and whether each is reviewed. One query.

    Nothing for who only looks at it: staff, and a guest with its link.
    """
    if viewer.user_id is None or group.user_id != viewer.user_id:
        return {}
    kept = kept_lines(viewer).filter(order__group=group).order_by()
    own = Review.objects.filter(
        author_id=viewer.user_id, deleted_at=None, product_id=OuterRef("product_id")
    )
    rows = kept.annotate(is_reviewed=Exists(own)).values_list("product_id", "is_reviewed")
    return dict(rows)


def may_edit(review: Review, now: datetime) -> bool:
    """Tell whether its author may still change a review."""
    return now < review.created_at + timedelta(days=settings.REVIEW_EDIT_DAYS)


def own_photos(viewer: Viewer, photo_ids: Sequence[UUID]) -> list[ReviewPhoto]:
    """Return the viewer's own uploads among the ids, in their order; what is another's is left out."""
    if viewer.user_id is None:
        return []
    rows = ReviewPhoto.objects.filter(owner_id=viewer.user_id, id__in=photo_ids)
    by_id = {row.id: row for row in rows}
    return [by_id[photo_id] for photo_id in photo_ids if photo_id in by_id]


def reviews_in_moderation() -> Queue:
    """What waits for staff."""
    return queue_of(Review.objects.filter(status=ReviewStatus.IN_MODERATION), "submitted_at")


def _published(product_id: UUID) -> QuerySet[Review]:
    return Review.objects.filter(product_id=product_id, status=ReviewStatus.PUBLISHED).order_by()


def own_rows(viewer: Viewer) -> QuerySet[Review]:
    """What the viewer wrote and did not delete, with photos and answers."""
    if viewer.user_id is None:
        return Review.objects.none()
    return _dressed(Review.objects.filter(author_id=viewer.user_id, deleted_at=None))


def _dressed(rows: QuerySet[Review]) -> QuerySet[Review]:
    photos = ReviewPhoto.objects.order_by("position")
    return rows.select_related("answer__seller").prefetch_related(Prefetch("photos", photos))
