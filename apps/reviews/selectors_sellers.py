"""Reviews as a seller's staff see them: published ones of what the shop sold."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.core.errors import NotFound
from apps.core.paging import newest_page
from apps.core.viewer import Viewer
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.rules import LOW_RATING
from apps.reviews.types import ReviewStatus, SellerReviewTab
from apps.sellers.selectors import get_membership

PAGE_SIZE = 20
_TABS = {
    "": Q(),
    SellerReviewTab.UNANSWERED.value: Q(answer=None),
    SellerReviewTab.LOW.value: Q(rating__lte=LOW_RATING),
}


@dataclass(frozen=True, slots=True)
class SellerReviewPage:
    """Some reviews, newest first; `next_before` is the id to ask the older ones with, or None."""

    reviews: tuple[Review, ...]
    next_before: UUID | None


def seller_reviews(
    viewer: Viewer, seller_id: UUID, *, tab: str = "", before: UUID | None = None
) -> SellerReviewPage:
    """Return reviews of what a shop sold, with photos and answers. Three queries.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    get_membership(viewer, seller_id)
    if tab not in _TABS:
        raise NotFound
    rows = _of_seller(seller_id).filter(_TABS[tab])
    photos = ReviewPhoto.objects.order_by("position")
    dressed = rows.select_related("answer").prefetch_related(Prefetch("photos", photos))
    found, next_before = newest_page(dressed, before=before, limit=PAGE_SIZE)
    return SellerReviewPage(tuple(found), next_before)


def seller_review(viewer: Viewer, seller_id: UUID, review_id: UUID) -> Review:
    """:raises NotFound: not of the viewer's shop, or not published"""
    get_membership(viewer, seller_id)
    found = _of_seller(seller_id).filter(id=review_id).select_related("answer").first()
    if found is None:
        raise NotFound
    return found


def unanswered_count(viewer: Viewer, seller_id: UUID) -> int:
    """:raises NotFound: the viewer is not of its staff"""
    get_membership(viewer, seller_id)
    return _of_seller(seller_id).filter(answer=None).count()


def _of_seller(seller_id: UUID) -> QuerySet[Review]:
    return Review.objects.filter(seller_id=seller_id, status=ReviewStatus.PUBLISHED)
