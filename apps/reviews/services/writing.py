"""What an author does: write a review of what was bought, change it, delete it.

Invariant: only the buyer of a delivered unit writes, one review of a product at a time; the verified
mark comes from the order line. docs/reviews.md tells what is read by staff first.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import account
from apps.core.errors import DomainError, InvalidInput
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.viewer import Viewer
from apps.orders.selectors_kept import kept_line
from apps.reviews import rules
from apps.reviews.models import Review
from apps.reviews.selectors import may_edit
from apps.reviews.services.access import (
    move_review,
    note,
    own_locked_review,
    published_event,
)
from apps.reviews.services.photos import put_photos
from apps.reviews.services.rating import refresh_rating
from apps.reviews.types import ReviewDraft, ReviewStatus
from apps.sellers.selectors import membership_of


class NotBought(DomainError):
    code = "reviews.not_bought"
    message = _("Reviews are written by people who bought the product here and received it.")


class OwnShop(DomainError):
    code = "reviews.own_shop"
    message = _("You work for the shop that sold it: others review what it sells.")


class AlreadyReviewed(DomainError):
    code = "reviews.already_reviewed"
    message = _("You have reviewed this product. You can change that review.")


class EditTimeOver(DomainError):
    code = "reviews.edit_time_over"
    message = _("A review can be changed for %(days)s days. You can still delete it.")


class ReviewInvalid(InvalidInput):
    code = "reviews.invalid"
    message = _("Give one to five stars; at most 150 characters of title and 5,000 of text.")


@money_path
def write_review(*, product_id: UUID, draft: ReviewDraft, actor: Viewer, now: datetime) -> Review:
    """Write the actor's review of a product. Stars alone are published at once, the rest waits.

    Emits ReviewPublished where it is published.

    :raises ReviewInvalid: stars, title or text out of bounds
    :raises NotBought: no delivered and kept unit of it is the actor's
    :raises OwnShop: the actor works for who sold it
    :raises AlreadyReviewed: the actor's review of it is there
    :raises TooManyPhotos, NotFound: see photos.put_photos
    """
    draft = checked(draft)
    line = kept_line(actor, product_id)
    if line is None:
        raise NotBought
    if membership_of(actor, line.order.seller_id):
        raise OwnShop
    if Review.objects.filter(
        product_id=product_id, author_id=actor.user_id, deleted_at=None
    ).exists():
        raise AlreadyReviewed
    pause_point("reviews.write")
    status = rules.first_status(draft, is_premoderated=settings.REVIEWS_PREMODERATION)
    is_published = status == ReviewStatus.PUBLISHED
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_id=product_id,
                author_id=actor.user_id,
                line=line,
                seller_id=line.order.seller_id,
                author_name=rules.public_name(account(actor).full_name),
                rating=draft.rating,
                title=draft.title,
                text=draft.text,
                language=draft.language,
                is_verified_purchase=True,
                status=status,
                created_at=now,
                published_at=now if is_published else None,
                submitted_at=None if is_published else now,
            )
    except IntegrityError as error:
        raise AlreadyReviewed from error
    put_photos(review=review, photo_ids=draft.photo_ids)
    note(review, "write", actor)
    if is_published:
        refresh_rating(product_id=product_id)
        emit(published_event(review))
    return review


@money_path
def edit_review(*, review_id: UUID, draft: ReviewDraft, actor: Viewer, now: datetime) -> Review:
    """Change the actor's own review within REVIEW_EDIT_DAYS; other words are read anew before they show.

    :raises ReviewInvalid: stars, title or text out of bounds
    :raises NotFound: another's review, or deleted
    :raises EditTimeOver: it was written too long ago
    :raises TooManyPhotos: see photos.put_photos
    """
    draft = checked(draft)
    review = own_locked_review(review_id, actor)
    if not may_edit(review, now):
        raise EditTimeOver(days=settings.REVIEW_EDIT_DAYS)
    before = {"status": review.status, "rating": review.rating}
    photos = tuple(review.photos.order_by("position").values_list("id", flat=True))
    is_changed = (review.title, review.text, photos) != (draft.title, draft.text, draft.photo_ids)
    status = rules.status_after_edit(
        ReviewStatus(review.status),
        draft,
        is_changed=is_changed,
        is_premoderated=settings.REVIEWS_PREMODERATION,
    )
    review.rating, review.title, review.text = draft.rating, draft.title, draft.text
    review.language, review.edited_at = draft.language, now
    review.save(update_fields=["rating", "title", "text", "language", "edited_at"])
    put_photos(review=review, photo_ids=draft.photo_ids)
    if status != review.status:
        move_review(review, to=status, now=now)
    note(review, "edit", actor, before)
    refresh_rating(product_id=review.product_id)
    if status == ReviewStatus.PUBLISHED != before["status"]:
        emit(published_event(review))
    return review


@money_path
def delete_review(*, review_id: UUID, actor: Viewer, now: datetime) -> None:
    """Take the actor's own review off the page for good; the row stays. Another may be written.

    :raises NotFound: another's review, or deleted already
    """
    review = own_locked_review(review_id, actor)
    before = {"status": review.status, "rating": review.rating}
    move_review(review, to=ReviewStatus.DELETED, now=now)
    note(review, "delete", actor, before)
    refresh_rating(product_id=review.product_id)


def checked(draft: ReviewDraft) -> ReviewDraft:
    """Return a draft without blanks around its words, its language guessed by them.

    :raises ReviewInvalid: out of bounds
    """
    title, text = draft.title.strip(), draft.text.strip().replace("\r\n", "\n")
    if (
        draft.rating not in rules.STARS
        or len(title) > rules.MAX_TITLE
        or len(text) > rules.MAX_TEXT
        or "\0" in title + text
    ):
        raise ReviewInvalid
    language = rules.language_of(f"{title} {text}", draft.language)
    if language not in dict(settings.LANGUAGES):
        raise ReviewInvalid
    ids = tuple(dict.fromkeys(draft.photo_ids))
    return replace(draft, title=title, text=text, language=language, photo_ids=ids)
