"""Where couriers are, so that a buyer sees how far the parcel is.

Invariant: a position is kept only while its courier carries a parcel, one in 15 seconds, and for
30 days (personal data is not kept longer than it is of use).
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.core.errors import InvalidInput, NotFound
from apps.core.locks import advisory_lock
from apps.core.viewer import Viewer
from apps.logistics.models import Courier, CourierPosition, CourierTask
from apps.logistics.types import TaskState

EVERY = timedelta(seconds=15)
KEPT = timedelta(days=30)
BATCH = 10_000
STEP = Decimal("0.000001")


@transaction.atomic
def record_position(
    *, latitude: Decimal, longitude: Decimal, actor: Viewer, now: datetime
) -> CourierPosition | None:
    """Keep a position, or None when it is too soon after the last or the courier carries nothing.

    :raises NotFound: the actor is no courier
    :raises InvalidInput: not a place on Earth
    """
    courier = None
    if actor.user_id is not None:
        courier = Courier.objects.filter(user_id=actor.user_id, is_active=True).first()
    if courier is None:
        raise NotFound
    for field, degrees, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not degrees.is_finite() or abs(degrees) > most:
            raise InvalidInput(field=field)
    advisory_lock("logistics.position", courier.id)
    if not CourierTask.objects.filter(courier=courier, state=TaskState.TAKEN).exists():
        return None
    if CourierPosition.objects.filter(courier=courier, at__gt=now - EVERY).exists():
        return None
    return CourierPosition.objects.create(
        courier=courier,
        latitude=latitude.quantize(STEP),
        longitude=longitude.quantize(STEP),
        at=now,
    )


def forget_positions(*, now: datetime) -> int:
    """Delete what is older than 30 days, a batch at a time; return how many went."""
    old = CourierPosition.objects.filter(at__lt=now - KEPT).order_by("at")
    ids = list(old.values_list("id", flat=True)[:BATCH])
    CourierPosition.objects.filter(id__in=ids).delete()
    return len(ids)
