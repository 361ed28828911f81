"""Start paying for an order group; the provider is called later by a money worker."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.locks import part_of_use_case
from apps.core.viewer import Viewer
from apps.orders.models import OrderGroup
from apps.orders.selectors import PAYMENT_REFERENCE, own_order_group
from apps.orders.services.lifecycle import MoveNotAllowed, hold_again
from apps.orders.types import GroupStatus
from apps.payments.models import PaymentAttempt
from apps.payments.services import paying
from apps.payments.types import Share

REFERENCE = PAYMENT_REFERENCE


@part_of_use_case
def pay(*, viewer: Viewer, group_id: UUID, return_url: str, now: datetime) -> PaymentAttempt:
    """Write a payment attempt for a group that is not paid; an expired hold is taken again first.

    :raises NotFound: not the viewer's own group, whatever else staff may see
    :raises OfferSoldOut: the hold had expired and the goods are gone
    :raises PaymentAlreadyCaptured, MoveNotAllowed: paid or cancelled
    """
    return pay_for(group=own_order_group(viewer, group_id), return_url=return_url, now=now)


def pay_for(*, group: OrderGroup, return_url: str, now: datetime) -> PaymentAttempt:
    """Write a payment attempt for a group that its buyer has just placed, or that is known to be theirs.

    :raises OfferSoldOut, PaymentAlreadyCaptured, MoveNotAllowed: see pay
    """
    if group.status == GroupStatus.CANCELLED:
        raise MoveNotAllowed(current=group.status, target=GroupStatus.PAID)
    if group.status == GroupStatus.EXPIRED:
        group = hold_again(group_id=group.id, now=now)
    # Read already where the whole group was.
    orders = sorted(group.orders.all(), key=lambda order: order.number)
    return paying.start_payment(
        intent=paying.PaymentIntent(
            reference_type=REFERENCE,
            reference_id=group.id,
            payer_id=group.user_id,
            payer_email=group.email,
            description=_("%(site)s order %(number)s")
            % {"site": settings.SITE_NAME, "number": group.number},
            language=group.language,
            amount=group.total,
            shares=[Share(order.id, order.seller_id, order.total) for order in orders],
        ),
        return_url=return_url,
        now=now,
    )
