"""The seller's answer: one for each published review of what that shop sold."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.page_tags import product_tag
from apps.core.errors import InvalidInput, NotFound
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.page_store import forget_pages
from apps.core.viewer import Viewer
from apps.reviews.events import ReviewAnswered
from apps.reviews.models import Review, ReviewAnswer
from apps.reviews.rules import MAX_ANSWER
from apps.reviews.services.access import locked_review, note
from apps.reviews.types import ReviewStatus
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power


class AnswerInvalid(InvalidInput):
    code = "reviews.answer_invalid"
    message = _("Write an answer of at most 2,000 characters.")


@money_path
def answer_review(*, review_id: UUID, text: str, actor: Viewer, now: datetime) -> ReviewAnswer:
    """Say the shop's answer, or say it in other words. Emits ReviewAnswered for the first.

    :raises NotFound: no published review of this shop, or the actor's role may not answer
    :raises AnswerInvalid: nothing, or too much
    """
    review = _opened(review_id, actor)
    words = text.strip().replace("\r\n", "\n")
    if not words or len(words) > MAX_ANSWER or "\0" in words:
        raise AnswerInvalid
    forget_pages(product_tag(review.product_id))
    answer = ReviewAnswer.objects.filter(review=review).first()
    if answer is not None:
        answer.text, answer.edited_at = words, now
        answer.save(update_fields=["text", "edited_at"])
        note(review, "answer_edit", actor)
        return answer
    assert actor.user_id is not None  # noqa: S101  a member has an account
    answer = ReviewAnswer.objects.create(
        review=review,
        seller_id=review.seller_id,  # type: ignore[misc]  # _opened found its seller
        author_id=actor.user_id,
        text=words,
        created_at=now,
    )
    note(review, "answer", actor)
    emit(ReviewAnswered(review_id=review.id))
    return answer


@money_path
def remove_answer(*, review_id: UUID, actor: Viewer) -> None:
    """Take the shop's answer back; nothing where there is none.

    :raises NotFound: no published review of this shop, or the actor's role may not answer
    """
    review = _opened(review_id, actor)
    deleted, _details = ReviewAnswer.objects.filter(review=review).delete()
    if deleted:
        forget_pages(product_tag(review.product_id))
        note(review, "answer_remove", actor)


def _opened(review_id: UUID, actor: Viewer) -> Review:
    review = locked_review(review_id)
    if review.seller_id is None or review.status != ReviewStatus.PUBLISHED:
        raise NotFound
    get_membership(actor, review.seller_id, Power.ANSWER_REVIEWS)
    return review
