"""Helpful votes: one for each account and review, taken back by the same button."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.page_tags import product_tag
from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.page_store import forget_pages
from apps.core.viewer import Viewer
from apps.reviews.models import HelpfulVote, Review
from apps.reviews.services.access import locked_review
from apps.reviews.types import ReviewStatus


class OwnReview(DomainError):
    code = "reviews.own_review"
    message = _("This is your own review: others say whether it helped.")


@money_path
def set_helpful(
    *, review_id: UUID, is_helpful: bool | None, actor: Viewer, now: datetime
) -> tuple[Review, bool]:
    """Vote, take the vote back, or (None) do what was not done; return the review and the vote.

    :raises NotFound: not published, or the actor has no account
    :raises OwnReview: nobody votes for what they wrote
    """
    review = locked_review(review_id)
    if actor.user_id is None or review.status != ReviewStatus.PUBLISHED:
        raise NotFound
    if review.author_id == actor.user_id:
        raise OwnReview
    own = HelpfulVote.objects.filter(review=review, user_id=actor.user_id)
    had = own.exists()
    wanted = not had if is_helpful is None else is_helpful
    if wanted and not had:
        HelpfulVote.objects.create(review=review, user_id=actor.user_id, at=now)
    elif had and not wanted:
        own.delete()
    review.helpful_count = HelpfulVote.objects.filter(review=review).count()
    review.save(update_fields=["helpful_count"])
    forget_pages(product_tag(review.product_id))
    return review, wanted
