"""Pictures of returns and disputes: re-encoded, kept privately, read by those who may see the case."""

from collections.abc import Iterable, Sequence

from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_lazy as _

from apps.catalog.services.images import StoredPicture, store_picture
from apps.core.errors import InvalidInput
from apps.orders.models import CasePhoto, DisputeMessage, Return
from apps.orders.types_returns import PHOTO_LIMIT


class TooManyPhotos(InvalidInput):
    code = "orders.too_many_photos"
    message = _("At most %(limit)s pictures, please.")


def private_storage() -> Storage:
    return storages["private"]


def store_evidence(contents: Sequence[bytes]) -> tuple[StoredPicture, ...]:
    """Keep pictures where no public address leads. Call it before the transaction.

    :raises TooManyPhotos, UnusablePicture: nothing is kept of the case
    """
    if len(contents) > PHOTO_LIMIT:
        raise TooManyPhotos(limit=PHOTO_LIMIT)
    return tuple(store_picture(content, storage=private_storage()) for content in contents)


def attach(
    photos: Iterable[StoredPicture],
    *,
    return_case: Return | None = None,
    message: DisputeMessage | None = None,
) -> None:
    CasePhoto.objects.bulk_create(
        CasePhoto(
            return_case=return_case,
            message=message,
            content_hash=photo.content_hash,
            width=photo.width,
            height=photo.height,
            widths=photo.widths,
        )
        for photo in photos
    )
