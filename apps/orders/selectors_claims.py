"""Purchases made without an account that a person may take into theirs.

Invariant: an order is somebody's by its link or by its e-mail address once that was verified; an
address that was only typed in proves nothing.
"""

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.selectors import verified_emails
from apps.core.viewer import Viewer
from apps.orders.models import OrderGroup
from apps.orders.selectors import ORDER_GRANT

LIMIT = 50


def claimable_groups(viewer: Viewer) -> QuerySet[OrderGroup]:
    """Return the guests' purchases that are the viewer's, newest first; none for guests."""
    if viewer.user_id is None:
        return OrderGroup.objects.none()
    mine = Q(lower_email__in=verified_emails(viewer.user_id))
    for grant in viewer.holds(ORDER_GRANT):
        mine |= Q(id=grant.id, token_version=grant.version)
    rows = OrderGroup.objects.annotate(lower_email=Lower("email")).filter(mine, user=None)
    return rows.order_by("-id")
