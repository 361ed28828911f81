"""Which warehouses of a seller a member of its staff may see and count."""

from collections.abc import Iterable
from uuid import UUID

from guardian.shortcuts import get_objects_for_user

from apps.accounts.models import User
from apps.catalog.models import Warehouse, WarehouseKeeper
from apps.core.errors import NotFound
from apps.sellers.models import SellerMember
from apps.sellers.types import MemberRole

KEEP = "catalog.keep_warehouse"


def kept_warehouses(member: SellerMember) -> frozenset[UUID] | None:
    """Return the warehouses of a stock keeper who keeps some alone; None where all are open.

    One query for stock keepers, none for the other roles.
    """
    if member.role != MemberRole.STOCK:
        return None
    # Only the grants of this row count: neither a superuser's rights nor a group's narrow or widen anything.
    rows = get_objects_for_user(
        User(pk=member.user_id),
        KEEP,
        klass=Warehouse.objects.filter(seller_id=member.seller_id),
        use_groups=False,
        with_superuser=False,
        accept_global_perms=False,
    )
    return frozenset(rows.values_list("id", flat=True)) or None


def check_kept(member: SellerMember, warehouse_id: UUID) -> None:
    """:raises NotFound: the member keeps other warehouses alone"""
    kept = kept_warehouses(member)
    if kept is not None and warehouse_id not in kept:
        raise NotFound


def keepers_of(members: Iterable[SellerMember]) -> dict[tuple[UUID, UUID], frozenset[UUID]]:
    """Map (seller, user) to the warehouses that they keep alone. One query."""
    found: dict[tuple[UUID, UUID], set[UUID]] = {}
    rows = WarehouseKeeper.objects.filter(
        user_id__in=[member.user_id for member in members]
    ).values_list("content_object__seller_id", "user_id", "content_object_id")
    for seller_id, user_id, warehouse_id in rows:
        found.setdefault((seller_id, user_id), set()).add(warehouse_id)
    return {key: frozenset(ids) for key, ids in found.items()}
