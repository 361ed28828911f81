"""Pictures of a seller's card: taken in one by one, put in order, described, taken away.

Invariant: a card has ten pictures at most; a seller sends and keeps no more than the quota. Pictures are decoded
before any transaction begins (see images.py): the page that uploads waits for it, and nobody else does.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDraft, DraftPicture
from apps.catalog.services.drafts import DraftInReview, locked_draft, touch_draft
from apps.catalog.services.images import MAX_BYTES, StoredPicture, UnusablePicture, store_picture
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import advisory_lock
from apps.core.rate_limit import hit
from apps.core.viewer import Viewer
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

MAX_PICTURES = 10
ALT_LENGTH = 200


class TooManyPictures(DomainError):
    code = "catalog.too_many_pictures"
    message = _("A card can have %(maximum)s pictures. Delete one first.")


class PictureQuotaSpent(DomainError):
    code = "catalog.picture_quota_spent"
    message = _("Your shop has sent very many pictures. Try again later, or delete some.")


class AltTooLong(InvalidInput):
    code = "catalog.alt_too_long"
    message = _("Say what the picture shows in %(maximum)s characters at most.")


def add_draft_picture(
    *, draft_id: UUID, content: bytes, actor: Viewer, now: datetime
) -> DraftPicture:
    """Take in one uploaded file; the same file again is the picture that is there.

    :raises NotFound: the actor does not change products of its seller
    :raises UnusablePicture, TooManyPictures, PictureQuotaSpent, DraftInReview: see the classes
    """
    draft = CardDraft.objects.filter(id=draft_id).first()
    if draft is None:
        raise NotFound
    get_membership(actor, draft.seller_id, Power.CHANGE_PRODUCTS)
    if not draft.is_open:
        raise DraftInReview
    if len(content) > MAX_BYTES:
        raise UnusablePicture
    _check_room(draft)
    if not hit(rule="seller_pictures", subject=str(draft.seller_id)).is_allowed:
        raise PictureQuotaSpent
    return _add(draft_id, store_picture(content), actor, now)


@transaction.atomic
def describe_pictures(
    *, draft_id: UUID, alts: Mapping[int, Mapping[str, str]], actor: Viewer, now: datetime
) -> None:
    """Say what pictures show: picture id to language to text; unknown ids are passed over.

    :raises NotFound, DraftInReview: as in add_draft_picture
    :raises AltTooLong: see the class
    """
    draft = _open(draft_id, actor)
    for picture in draft.pictures.filter(id__in=alts):
        texts = {language: text.strip() for language, text in alts[picture.pk].items()}
        if any(len(text) > ALT_LENGTH for text in texts.values()):
            raise AltTooLong(maximum=ALT_LENGTH)
        picture.alt = {language: text for language, text in texts.items() if text}
        picture.save(update_fields=["alt"])
    touch_draft(draft, now)


@transaction.atomic
def move_picture(
    *, draft_id: UUID, picture_id: int, position: int, actor: Viewer, now: datetime
) -> None:
    """Put a picture at a place, from 0; the others close up.

    :raises NotFound, DraftInReview: as in add_draft_picture, or there is no such picture
    """
    draft = _open(draft_id, actor)
    rows = list(draft.pictures.all())
    picture = next((row for row in rows if row.pk == picture_id), None)
    if picture is None:
        raise NotFound
    rows.remove(picture)
    rows.insert(max(0, min(position, len(rows))), picture)
    _number(rows)
    touch_draft(draft, now)


@transaction.atomic
def delete_picture(*, draft_id: UUID, picture_id: int, actor: Viewer, now: datetime) -> None:
    """Take a picture off the draft; the version in the shop keeps its own.

    :raises NotFound, DraftInReview: as in add_draft_picture, or there is no such picture
    """
    draft = _open(draft_id, actor)
    deleted, _kinds = draft.pictures.filter(id=picture_id).delete()
    if not deleted:
        raise NotFound
    _number(list(draft.pictures.all()))
    touch_draft(draft, now)


@transaction.atomic
def _add(draft_id: UUID, stored: StoredPicture, actor: Viewer, now: datetime) -> DraftPicture:
    draft = _open(draft_id, actor)
    advisory_lock("catalog.pictures", draft.seller_id)
    if found := draft.pictures.filter(content_hash=stored.content_hash).first():
        return found
    _check_room(draft)
    picture = DraftPicture.objects.create(
        draft=draft,
        content_hash=stored.content_hash,
        width=stored.width,
        height=stored.height,
        renditions=stored.widths,
        preview=stored.preview,
        position=draft.pictures.count(),
        added_at=now,
    )
    touch_draft(draft, now)
    return picture


def _check_room(draft: CardDraft) -> None:
    """:raises TooManyPictures, PictureQuotaSpent: see the classes"""
    if draft.pictures.count() >= MAX_PICTURES:
        raise TooManyPictures(maximum=MAX_PICTURES)
    kept = DraftPicture.objects.filter(draft__seller_id=draft.seller_id).count()
    if kept >= settings.SELLER_PICTURES_MAX:
        raise PictureQuotaSpent


def _open(draft_id: UUID, actor: Viewer) -> CardDraft:
    draft = locked_draft(draft_id, actor)
    if not draft.is_open:
        raise DraftInReview
    return draft


def _number(rows: list[DraftPicture]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    DraftPicture.objects.bulk_update(rows, ["position"])
