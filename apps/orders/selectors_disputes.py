"""Disputes as both sides and staff have them, their evidence, the arbiter's queue."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.core.errors import NotFound
from apps.core.paging import newest_page
from apps.core.queues import Queue, queue_of
from apps.core.viewer import Viewer
from apps.orders.models import CasePhoto, Dispute, DisputeMessage, Order
from apps.orders.selectors import ORDER_GRANT
from apps.orders.selectors_buyers import is_buyer
from apps.orders.types_returns import DISPUTE_TABS, OPEN_DISPUTES, DisputeState
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

D = DisputeState
STAFF_PERMISSION = "orders.view_dispute"


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute with order, group, messages and photos loaded, and what this viewer may do."""

    case: Dispute
    messages: tuple[DisputeMessage, ...]
    can_say: bool = False
    can_escalate: bool = False
    can_withdraw: bool = False

    @property
    def order(self) -> Order:
        return self.case.order


@dataclass(frozen=True, slots=True)
class DisputePage:
    disputes: list[DisputeView]
    next_before: UUID | None


def _loaded(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    photos = Prefetch("photos", CasePhoto.objects.order_by("id"))
    said = DisputeMessage.objects.order_by("id").prefetch_related(photos)
    return rows.select_related(
        "order__group", "order__seller", "return_case", "hold"
    ).prefetch_related(Prefetch("messages", said))


def _own(viewer: Viewer) -> Q:
    mine = Q(pk__in=[])
    if viewer.user_id is not None:
        mine |= Q(order__group__user_id=viewer.user_id)
    for grant in viewer.holds(ORDER_GRANT):
        mine |= Q(order__group_id=grant.id, order__group__token_version=grant.version)
    return mine


def buyer_disputes(viewer: Viewer, *, limit: int = 50) -> list[DisputeView]:
    """Return the viewer's own disputes, newest first."""
    rows = _loaded(Dispute.objects.filter(_own(viewer))).order_by("-id")
    return [_for_buyer(case) for case in rows[:limit]]


def buyer_dispute(viewer: Viewer, dispute_id: UUID) -> DisputeView:
    """:raises NotFound: another's, or none"""
    case = _loaded(Dispute.objects.filter(_own(viewer), id=dispute_id)).first()
    if case is None:
        raise NotFound
    return _for_buyer(case)


def _for_buyer(case: Dispute) -> DisputeView:
    is_open = case.state in OPEN_DISPUTES
    return DisputeView(
        case=case,
        messages=tuple(case.messages.all()),
        can_say=is_open,
        can_escalate=case.state == D.SELLER_ANSWERED,
        can_withdraw=is_open,
    )


def seller_disputes(
    viewer: Viewer, seller_id: UUID, *, tab: str = "", before: UUID | None = None, limit: int = 20
) -> DisputePage:
    """Return a page of a seller's disputes; `tab` is a DisputeTab or "" for all.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    member = get_membership(viewer, seller_id)
    rows = _loaded(Dispute.objects.filter(order__seller_id=seller_id))
    if tab:
        if tab not in DISPUTE_TABS:
            raise NotFound
        rows = rows.filter(state__in=DISPUTE_TABS[tab])
    found, next_before = newest_page(rows, before=before, limit=limit)
    return DisputePage([_for_seller(case, member) for case in found], next_before)


def seller_dispute(viewer: Viewer, dispute_id: UUID) -> DisputeView:
    """:raises NotFound: of another seller, or none"""
    case = _loaded(Dispute.objects.filter(id=dispute_id)).first()
    if case is None:
        raise NotFound
    return _for_seller(case, get_membership(viewer, case.order.seller_id))


def _for_seller(case: Dispute, member: SellerMember) -> DisputeView:
    can_say = case.state in OPEN_DISPUTES and member.may(Power.CANCEL_ORDERS)
    return DisputeView(case=case, messages=tuple(case.messages.all()), can_say=can_say)


def staff_dispute(viewer: Viewer, dispute_id: UUID) -> DisputeView:
    """:raises NotFound: the viewer is not of the staff that sees disputes"""
    case = _loaded(Dispute.objects.filter(id=dispute_id)).first()
    if case is None or not viewer.can(STAFF_PERMISSION):
        raise NotFound
    is_open = case.state in OPEN_DISPUTES
    return DisputeView(case=case, messages=tuple(case.messages.all()), can_say=is_open)


def case_photo(viewer: Viewer, photo_id: UUID) -> CasePhoto:
    """Return a picture of a case that the viewer may see: its buyer, its seller's staff, staff.

    :raises NotFound: another's, or none
    """
    photo = (
        CasePhoto.objects.select_related(
            "return_case__order__group", "message__dispute__order__group"
        )
        .filter(id=photo_id)
        .first()
    )
    if photo is None:
        raise NotFound
    case = photo.return_case or (photo.message.dispute if photo.message else None)
    if case is None:
        raise NotFound
    if not viewer.can(STAFF_PERMISSION) and not is_buyer(viewer, case.order.group):
        get_membership(viewer, case.order.seller_id)
    return photo


def disputes_to_decide() -> Queue:
    return queue_of(Dispute.objects.filter(state=D.IN_ARBITRATION), "in_arbitration_at")
