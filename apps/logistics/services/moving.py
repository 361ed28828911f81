"""What every service of a parcel shares: its lock, its moves, commands that may come twice, its code.

Invariant: a command's key is written with its tracking event, so a repeat finds the event and
changes nothing; a handover code can be tried five times, then rests for 15 minutes.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import lock_row
from apps.core.outbox import emit
from apps.core.viewer import Viewer
from apps.logistics import rules
from apps.logistics.events import ShipmentStatusChanged
from apps.logistics.locks import SHIPMENT
from apps.logistics.models import Shipment, TrackingEvent
from apps.logistics.types import ShipmentStatus

MAX_CODE_FAILURES = 5
CODE_REST = timedelta(minutes=15)


class ShipmentMoveNotAllowed(DomainError):
    code = "logistics.move_not_allowed"
    message = _("The parcel is not in a state that allows this.")


class WrongHandoverCode(DomainError):
    code = "logistics.wrong_code"
    message = _("This code does not match. Tries left: %(left)d.")
    http_status = 422


class HandoverCodeLocked(DomainError):
    code = "logistics.code_locked"
    message = _("Too many wrong codes. Try again in 15 minutes.")
    http_status = 429


class CommandKeyReused(DomainError):
    code = "logistics.key_reused"
    message = _("This key came before with another command.")
    http_status = 422


def new_handover_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def locked_shipment(shipment_id: UUID) -> Shipment:
    """:raises NotFound: there is none"""
    shipment = lock_row(Shipment.objects.filter(id=shipment_id), rank=SHIPMENT)
    if shipment is None:
        raise NotFound
    return shipment


def command_key(*, actor: Viewer, verb: str, key: str) -> str:
    """Make the key unique to its sender, so that nobody can take another's."""
    return f"{actor.actor_key}:{verb}:{key}"


def was_done(shipment: Shipment, key: str) -> bool:
    """Tell whether this command has been carried out before.

    :raises CommandKeyReused: it was for another parcel
    """
    event = TrackingEvent.objects.filter(key=key).first()
    if event is not None and event.shipment_id != shipment.id:
        raise CommandKeyReused
    return event is not None


def require_move(shipment: Shipment, to: ShipmentStatus) -> None:
    """:raises ShipmentMoveNotAllowed: rules.ALLOWED_MOVES has no such move"""
    if not rules.may_move(ShipmentStatus(shipment.status), to):
        raise ShipmentMoveNotAllowed(current=shipment.status, target=to)


def move_shipment(
    *,
    shipment: Shipment,
    to: ShipmentStatus,
    actor: Viewer,
    now: datetime,
    place: str = "",
    note: str = "",
    key: str = "",
) -> None:
    """Change the status of a locked parcel: step of its way, timestamp, event.

    :raises ShipmentMoveNotAllowed: rules.ALLOWED_MOVES has no such move
    """
    require_move(shipment, to)
    add_step(shipment, to=to, actor=actor, now=now, place=place, note=note, key=key)
    stamp = f"{to.lower()}_at"
    shipment.status = to
    setattr(shipment, stamp, now)
    shipment.save(update_fields=["status", stamp])
    emit(
        ShipmentStatusChanged(
            reference_id=shipment.reference_id, shipment_id=shipment.id, status=to
        )
    )


def add_step(
    shipment: Shipment,
    *,
    to: ShipmentStatus,
    actor: Viewer,
    now: datetime,
    place: str = "",
    note: str = "",
    key: str = "",
) -> TrackingEvent:
    last = shipment.events.aggregate(last=Max("seq"))["last"] or 0
    return TrackingEvent.objects.create(
        shipment=shipment,
        seq=last + 1,
        status=to,
        at=now,
        actor_id=actor.user_id,
        actor_label=actor.label,
        place=place,
        note=note,
        key=key or f"{shipment.id}:{last + 1}",
    )


def check_code(shipment: Shipment, code: str, now: datetime) -> DomainError | None:
    """Compare a handover code in constant time and count wrong ones on the locked parcel.

    The refusal is returned, not raised: raising would roll the count back. See `answering`.
    """
    if shipment.code_locked_until and shipment.code_locked_until > now:
        return HandoverCodeLocked()
    given = code.strip().encode()
    if hmac.compare_digest(given, shipment.handover_code.encode()):
        return None
    failures = shipment.code_failures + 1
    is_locked = failures >= MAX_CODE_FAILURES
    shipment.code_failures = 0 if is_locked else failures
    shipment.code_locked_until = now + CODE_REST if is_locked else None
    shipment.save(update_fields=["code_failures", "code_locked_until"])
    if is_locked:
        return HandoverCodeLocked()
    return WrongHandoverCode(left=MAX_CODE_FAILURES - failures)


def answering[**P](
    use_case: Callable[P, Shipment | DomainError],
) -> Callable[P, Shipment]:
    """Raise the refusal that a use case returned, after its transaction is committed."""

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> Shipment:
        answer = use_case(*args, **kwargs)
        if isinstance(answer, DomainError):
            raise answer
        return answer

    return run
