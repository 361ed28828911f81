"""Pictures that come after a return was asked for, as apps send them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from apps.catalog.services.images import StoredPicture
from apps.core.locks import money_path
from apps.core.viewer import Viewer
from apps.orders.models import Return
from apps.orders.services.access import check_buyer
from apps.orders.services.evidence import TooManyPhotos, attach
from apps.orders.services.returning import ReturnMoveNotAllowed, announce, opened_return
from apps.orders.types_returns import OPEN_RETURNS, PHOTO_LIMIT


@money_path
def add_return_photos(
    *, return_id: UUID, photos: Sequence[StoredPicture], actor: Viewer, now: datetime
) -> Return:
    """Add pictures to the buyer's open return; one that is there already is not added twice.

    :raises NotFound: not the actor's
    :raises ReturnMoveNotAllowed: the return is over
    :raises TooManyPhotos: more than PHOTO_LIMIT in all
    """
    case, order = opened_return(return_id)
    check_buyer(actor, order)
    if case.state not in OPEN_RETURNS:
        raise ReturnMoveNotAllowed(current=case.state, target=case.state)
    there = set(case.photos.values_list("content_hash", flat=True))
    new = [photo for photo in photos if photo.content_hash not in there]
    if len(there) + len(new) > PHOTO_LIMIT:
        raise TooManyPhotos(limit=PHOTO_LIMIT)
    if new:
        attach(new, return_case=case)
        announce(case, order, "orders.return_photos", actor)
    return case
