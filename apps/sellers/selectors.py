"""Reads of sellers."""

from uuid import UUID

from apps.core.viewer import Viewer
from apps.sellers.models import Seller, SellerMember


def active_sellers(ids: list[UUID] | None = None) -> list[Seller]:
    """Sellers whose shops are open: public."""
    rows = Seller.objects.filter(status=Seller.Status.ACTIVE)
    return list(rows.filter(id__in=ids) if ids is not None else rows.order_by("name"))


def memberships(viewer: Viewer) -> list[SellerMember]:
    """The viewer's own places in sellers' staff."""
    if viewer.user_id is None:
        return []
    return list(SellerMember.objects.filter(user_id=viewer.user_id).select_related("seller"))
