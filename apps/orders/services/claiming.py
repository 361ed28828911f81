"""Taking purchases made without an account into the account of the person who made them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from apps.core.errors import NotFound
from apps.core.locks import lock_rows, money_path
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.orders.locks import ORDER_GROUP
from apps.orders.models import OrderGroup
from apps.orders.selectors_claims import LIMIT, claimable_groups


@money_path
def claim_groups(*, group_ids: Collection[UUID], viewer: Viewer, now: datetime) -> list[OrderGroup]:
    """Make guests' purchases the viewer's; all of them or none. Their links stay good.

    :raises NotFound: the viewer is a guest, or one of them is not the viewer's to claim
    """
    wanted = set(group_ids)
    claimable = claimable_groups(viewer).filter(id__in=wanted).values("id")
    groups = lock_rows(OrderGroup.objects.filter(id__in=claimable, user=None), rank=ORDER_GROUP)
    if not wanted or len(wanted) > LIMIT or {group.id for group in groups} != wanted:
        raise NotFound
    for group in groups:
        group.user_id = viewer.user_id
        group.save(update_fields=["user"])
        audit.record(
            actor=viewer,
            action="orders.claim",
            target_type="order_group",
            target_id=group.id,
            after={"at": now.isoformat()},
        )
    return groups
