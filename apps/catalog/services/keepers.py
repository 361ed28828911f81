"""Stock keepers of one warehouse: the grant is given, taken, and swept away with what it hung on.

Invariant: a grant stands on a warehouse of a seller whose stock keeper the person is; it only narrows.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, remove_perm

from apps.catalog.models import Warehouse, WarehouseKeeper
from apps.catalog.selectors.keepers import KEEP
from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import MemberRole, Power


class NotAStockKeeper(DomainError):
    code = "catalog.not_a_stock_keeper"
    message = _("Only a stock keeper can be kept to some warehouses.")


@transaction.atomic
def set_kept_warehouses(
    *,
    seller_id: UUID,
    member_id: int,
    warehouse_ids: Collection[UUID],
    actor: Viewer,
    now: datetime,
) -> None:
    """Keep a stock keeper to these warehouses of the shop; none means all of them again.

    :raises NotFound: the actor changes no warehouses of this seller, or a row is another seller's
    :raises NotAStockKeeper: see the class
    """
    get_membership(actor, seller_id, Power.ASSIGN_KEEPERS)
    advisory_lock("catalog.keepers", seller_id)
    member = (
        SellerMember.objects.select_for_update(of=("self",), no_key=True)
        .filter(seller_id=seller_id, id=member_id)
        .select_related("user")
        .first()
    )
    if member is None:
        raise NotFound
    if member.role != MemberRole.STOCK:
        raise NotAStockKeeper
    own = {row.id: row for row in Warehouse.objects.filter(seller_id=seller_id)}
    if not set(warehouse_ids) <= set(own):
        raise NotFound
    before = set(
        WarehouseKeeper.objects.filter(
            user_id=member.user_id, content_object__seller_id=seller_id
        ).values_list("content_object_id", flat=True)
    )
    for warehouse_id in set(warehouse_ids) - before:
        assign_perm(KEEP, member.user, own[warehouse_id])
    for warehouse_id in before - set(warehouse_ids):
        remove_perm(KEEP, member.user, own[warehouse_id])
    audit.record(
        actor=actor,
        action="catalog.keeper_set",
        target_type="seller",
        target_id=seller_id,
        before={"user_id": str(member.user_id), "warehouses": sorted(map(str, before))},
        after={"user_id": str(member.user_id), "warehouses": sorted(map(str, warehouse_ids))},
    )


@transaction.atomic
def drop_orphan_grants(*, now: datetime) -> int:
    """Take away grants of people who are no stock keepers of the warehouse's seller any more; return how many.

    Of two sweeps at once each grant goes, and is noted, with one.
    """
    orphans = _taken_orphans()
    for grant in orphans:
        audit.record(
            actor=SYSTEM,
            action="catalog.keeper_dropped",
            target_type="warehouse",
            target_id=grant.content_object_id,
            before={"user_id": str(grant.user_id)},
        )
    WarehouseKeeper.objects.filter(pk__in=[grant.pk for grant in orphans]).delete()
    return len(orphans)


def _taken_orphans() -> list[WarehouseKeeper]:
    """Lock grants that hang on nothing; those that another sweep has are left to it."""
    keeper = SellerMember.objects.filter(
        seller_id=OuterRef("content_object__seller_id"),
        user_id=OuterRef("user_id"),
        role=MemberRole.STOCK,
    )
    orphans = WarehouseKeeper.objects.filter(~Exists(keeper))
    return list(orphans.select_for_update(skip_locked=True, of=("self",)))
