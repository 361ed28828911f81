"""The money of a dearer address: a payment of its own, asked for before the parcel is sent elsewhere.

Invariant: under the order's lock; a change waits for its money until its term, the parcel or the end
of the order overtakes it, and never twice for one order at once.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.viewer import Viewer
from apps.orders.events import AddressChangeEnded
from apps.orders.models import AddressChange, Order
from apps.orders.selectors_addressing import SURCHARGE_REFERENCE
from apps.orders.services.access import check_buyer, locked_order
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.types import AddressChangeState
from apps.payments.models import PaymentAttempt
from apps.payments.selectors import latest_attempt
from apps.payments.services import paying
from apps.payments.types import Share

BATCH = 500


def start_surcharge(
    *, order: Order, change: AddressChange, return_url: str, now: datetime
) -> PaymentAttempt:
    """Write a payment attempt for what a waiting change of a locked order costs more."""
    return paying.start_payment(
        intent=paying.PaymentIntent(
            reference_type=SURCHARGE_REFERENCE,
            reference_id=change.id,
            payer_id=order.group.user_id,
            payer_email=order.group.email,
            description=_("%(site)s order %(number)s, delivery to another address")
            % {"site": settings.SITE_NAME, "number": order.number},
            language=order.group.language,
            amount=change.difference,
            shares=[Share(order.id, order.seller_id, change.difference)],
        ),
        return_url=return_url,
        now=now,
    )


@money_path
def pay_surcharge(
    *, order_id: UUID, return_url: str, viewer: Viewer, now: datetime
) -> PaymentAttempt:
    """Pay for the change that waits, or try again; an open attempt is returned.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: no change waits
    :raises PaymentAlreadyCaptured: the money is here
    """
    order = locked_order(order_id)
    check_buyer(viewer, order)
    change = waiting_change(order)
    if change is None or change.expires_at is None or change.expires_at <= now:
        raise MoveNotAllowed(current=order.status, target=order.status)
    return start_surcharge(order=order, change=change, return_url=return_url, now=now)


def waiting_change(order: Order) -> AddressChange | None:
    """Return the change of a locked order that waits for its money."""
    return AddressChange.objects.filter(order=order, state=AddressChangeState.WAITING).first()


def drop_waiting(order: Order, now: datetime) -> None:
    """End the change of a locked order that waits: its page closes, late money goes back.

    Emits AddressChangeEnded.
    """
    if change := waiting_change(order):
        end_change(order, change, AddressChangeState.DROPPED, now)


def end_change(order: Order, change: AddressChange, to: AddressChangeState, now: datetime) -> None:
    change.state = to
    change.ended_at = now
    change.save(update_fields=["state", "ended_at"])
    attempt = latest_attempt(SURCHARGE_REFERENCE, change.id)
    if attempt is not None:
        emit(
            AddressChangeEnded(
                group_id=order.group_id,
                order_id=order.id,
                change_id=change.id,
                attempt_id=attempt.id,
            )
        )


def expire_waiting(*, now: datetime) -> int:
    """End every change whose money did not come in time; return how many."""
    due = AddressChange.objects.filter(state=AddressChangeState.WAITING, expires_at__lte=now)
    return sum(
        _expire(order_id=order_id, now=now)
        for order_id in due.order_by("expires_at").values_list("order_id", flat=True)[:BATCH]
    )


@money_path
def _expire(*, order_id: UUID, now: datetime) -> bool:
    order = locked_order(order_id)
    change = waiting_change(order)
    if change is None or change.expires_at is None or change.expires_at > now:
        return False
    end_change(order, change, AddressChangeState.EXPIRED, now)
    return True
