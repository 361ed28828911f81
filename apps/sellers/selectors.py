"""Reads of sellers."""

from uuid import UUID

from apps.core.errors import NotFound
from apps.core.queues import Queue, queue_of
from apps.core.viewer import Viewer
from apps.sellers.models import SavedFilter, Seller, SellerMember
from apps.sellers.types import MemberRole, Power


def memberships(viewer: Viewer) -> list[SellerMember]:
    """The viewer's own places in sellers' staff, by the shop's name."""
    if viewer.user_id is None:
        return []
    rows = SellerMember.objects.filter(user_id=viewer.user_id).select_related("seller")
    return list(rows.order_by("seller__name"))


def is_member(viewer: Viewer) -> bool:
    """Tell whether the viewer works for any seller."""
    if viewer.user_id is None:
        return False
    return SellerMember.objects.filter(user_id=viewer.user_id).exists()


def membership_of(viewer: Viewer, seller_id: UUID) -> SellerMember | None:
    """Return the viewer's place in a seller's staff with the seller loaded, or None for strangers."""
    if viewer.user_id is None:
        return None
    rows = SellerMember.objects.filter(user_id=viewer.user_id, seller_id=seller_id)
    return rows.select_related("seller").first()


def get_membership(viewer: Viewer, seller_id: UUID, power: Power | None = None) -> SellerMember:
    """Return the viewer's place in a seller's staff.

    :raises NotFound: the viewer is no member, or the role has not this power
    """
    member = membership_of(viewer, seller_id)
    if member is None or (power is not None and not member.may(power)):
        raise NotFound
    return member


def staff(viewer: Viewer, seller_id: UUID) -> list[SellerMember]:
    """Return a seller's staff with their accounts, those who came first on top.

    :raises NotFound: the viewer may not manage it
    """
    get_membership(viewer, seller_id, Power.MANAGE_STAFF)
    rows = SellerMember.objects.filter(seller_id=seller_id).select_related("user")
    return list(rows.order_by("added_at", "id"))


def owners_of(seller_id: UUID) -> list[SellerMember]:
    """Return a seller's owners who can sign in, with their accounts: whom letters of money go to."""
    rows = SellerMember.objects.filter(
        seller_id=seller_id, role=MemberRole.OWNER, user__is_active=True
    )
    return list(rows.select_related("user", "seller").order_by("id"))


def may_be_paid(seller_id: UUID) -> bool:
    """Tell whether money may leave for a seller: not while it is suspended. Who is no seller here may."""
    return not Seller.objects.filter(id=seller_id, status=Seller.Status.SUSPENDED).exists()


def stock_keepers(viewer: Viewer, seller_id: UUID) -> list[SellerMember]:
    """Return a seller's stock keepers with their accounts.

    :raises NotFound: the viewer may not say which warehouses they keep
    """
    get_membership(viewer, seller_id, Power.ASSIGN_KEEPERS)
    rows = SellerMember.objects.filter(seller_id=seller_id, role=MemberRole.STOCK)
    return list(rows.select_related("user").order_by("added_at", "id"))


def saved_filters(member: SellerMember, page: str) -> list[SavedFilter]:
    """Return a member's own filters of a list, by name."""
    return list(SavedFilter.objects.filter(member=member, page=page).order_by("name"))


def applications() -> Queue:
    """Sellers that wait for a decision: for staff."""
    waiting = (Seller.Status.APPLIED, Seller.Status.IN_REVIEW)
    return queue_of(Seller.objects.filter(status__in=waiting), "applied_at")
