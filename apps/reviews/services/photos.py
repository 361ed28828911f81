"""Photos: upload, put on a review, forget what nobody put on one.

Invariant: a photo is of one review at most, its owner's; what is stored was decoded and encoded anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.services.images import store_picture
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.viewer import Viewer
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.rules import MAX_PHOTOS

# Uploads of one account that wait for their review.
MAX_LOOSE = 30
KEEP_LOOSE = timedelta(days=2)


class TooManyPhotos(InvalidInput):
    code = "reviews.too_many_photos"
    message = _("A review has at most %(limit)s photos.")


class TooManyUploads(DomainError):
    code = "reviews.too_many_uploads"
    message = _("You have uploaded many photos that no review shows. Try again in two days.")


def add_photo(*, content: bytes, actor: Viewer, now: datetime) -> ReviewPhoto:
    """Store a picture for a review that its owner is writing. Not for use inside a transaction.

    :raises NotFound: the actor has no account
    :raises UnusablePicture: see catalog.services.images
    :raises TooManyUploads: many of this account's wait already
    """
    if actor.user_id is None:
        raise NotFound
    if ReviewPhoto.objects.filter(owner_id=actor.user_id, review=None).count() >= MAX_LOOSE:
        raise TooManyUploads
    stored = store_picture(content)
    return ReviewPhoto.objects.create(
        owner_id=actor.user_id,
        content_hash=stored.content_hash,
        width=stored.width,
        height=stored.height,
        renditions=stored.widths,
        preview=stored.preview,
        uploaded_at=now,
    )


def put_photos(*, review: Review, photo_ids: Sequence[UUID]) -> None:
    """Show exactly these photos, in this order, on a locked review.

    :raises TooManyPhotos: more than a review may have
    :raises NotFound: one is another's, of another review, or gone
    """
    wanted = list(dict.fromkeys(photo_ids))
    if len(wanted) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    ReviewPhoto.objects.filter(review=review).update(review=None, position=None)
    for position, photo_id in enumerate(wanted):
        loose = ReviewPhoto.objects.filter(id=photo_id, owner_id=review.author_id, review=None)
        if not loose.update(review=review, position=position):
            raise NotFound


def drop_loose(*, now: datetime) -> int:
    """Forget uploads that no review shows; the pictures stay under their hash, which others may share."""
    count, _details = ReviewPhoto.objects.filter(
        review=None, uploaded_at__lt=now - KEEP_LOOSE
    ).delete()
    return count
