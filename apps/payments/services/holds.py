"""Holds: staff keep an order's escrow where it is until they lift the hold.

Invariant: under the payment's lock, so that a hold and a release never pass each other.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.models import EscrowHold, Settlement
from apps.payments.services.allocating import lock_payments_of


class EscrowAlreadyReleased(DomainError):
    code = "payments.escrow_already_released"
    message = _("The money of this order is with the seller already.")


class HoldLifted(DomainError):
    code = "payments.hold_lifted"
    message = _("This hold was lifted before.")


@money_path
def hold_escrow(*, reference_id: UUID, actor: Viewer, reason: str, now: datetime) -> EscrowHold:
    """Keep the escrow of an order from being released; refunds out of it stay possible.

    A repeat returns the hold that is on.

    :raises NotFound: nothing was paid for such an order
    :raises EscrowAlreadyReleased: too late
    """
    _lock_paid(reference_id)
    if standing := EscrowHold.objects.filter(reference_id=reference_id, lifted_at=None).first():
        return standing
    if Settlement.objects.filter(reference_id=reference_id).exists():
        raise EscrowAlreadyReleased
    hold = EscrowHold.objects.create(reference_id=reference_id, reason=reason, placed_at=now)
    audit.record(
        actor=actor,
        action="payments.escrow_held",
        target_type="order",
        target_id=reference_id,
        reason=reason,
    )
    return hold


@money_path
def lift_hold(*, hold_id: int, actor: Viewer, reason: str, now: datetime) -> EscrowHold:
    """Lift a hold: what is due is released by its own clock.

    :raises NotFound: there is no such hold
    :raises HoldLifted: somebody was quicker
    """
    reference_id = (
        EscrowHold.objects.filter(id=hold_id).values_list("reference_id", flat=True).first()
    )
    if reference_id is None:
        raise NotFound
    _lock_paid(reference_id)
    hold = EscrowHold.objects.get(id=hold_id)
    if hold.lifted_at is not None:
        raise HoldLifted
    hold.lifted_at = now
    hold.save(update_fields=["lifted_at"])
    audit.record(
        actor=actor,
        action="payments.hold_lifted",
        target_type="order",
        target_id=reference_id,
        reason=reason,
    )
    return hold


def _lock_paid(reference_id: UUID) -> None:
    """:raises NotFound: nothing was paid for it"""
    try:
        payments = lock_payments_of([reference_id])
    except LookupError:
        raise NotFound from None
    if not any(payment.captured_at for payment in payments):
        raise NotFound
