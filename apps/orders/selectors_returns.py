"""Returns as their buyer and their seller's staff have them: what is theirs, what they may do now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.money import Money, total
from apps.core.paging import newest_page
from apps.core.viewer import Viewer
from apps.orders.models import CasePhoto, Dispute, Order, Return, ReturnLine
from apps.orders.selectors import ORDER_GRANT, own_order
from apps.orders.selectors_cases import ReturnableLine, returnable_lines, units_in_returns
from apps.orders.types import OrderStatus
from apps.orders.types_returns import (
    OPEN_DISPUTES,
    RETURN_TABS,
    DisputeState,
    ReturnState,
)
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

R = ReturnState


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return with order, group, lines and photos loaded, and what this viewer may do with it."""

    case: Return
    lines: tuple[ReturnLine, ...]
    photos: tuple[CasePhoto, ...]
    can_cancel: bool = False
    can_send: bool = False
    can_dispute: bool = False
    can_answer: bool = False
    can_receive: bool = False
    can_report_missing: bool = False
    can_inspect: bool = False
    sees_money: bool = True

    @property
    def order(self) -> Order:
        return self.case.order

    @property
    def goods(self) -> Money:
        """The price of all that was asked for."""
        return total([row.line.unit * row.quantity for row in self.lines], self.case.currency)


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Newest first; `next_before` is the id to ask the older ones with, or None."""

    returns: list[ReturnView]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class CaseWork:
    """What waits for a seller's people."""

    to_answer: int
    to_inspect: int
    disputes: int


def _loaded(rows: QuerySet[Return]) -> QuerySet[Return]:
    lines = ReturnLine.objects.select_related("line").order_by("id")
    photos = CasePhoto.objects.order_by("id")
    return rows.select_related("order__group", "order__seller").prefetch_related(
        Prefetch("lines", lines), Prefetch("photos", photos)
    )


def what_can_return(viewer: Viewer, group_id: UUID, order_id: UUID) -> list[ReturnableLine]:
    """Return the units of an order that the viewer placed and may send back now.

    :raises NotFound: another's, or none
    """
    order = own_order(viewer, group_id, order_id)
    if order.status != OrderStatus.DELIVERED:
        return []
    if Dispute.objects.filter(order=order, state__in=OPEN_DISPUTES).exists():
        return []
    taken = units_in_returns([line.id for line in order.lines.all()])
    return returnable_lines(order, clock.now(), taken)


def _own(viewer: Viewer) -> Q:
    mine = Q(pk__in=[])
    if viewer.user_id is not None:
        mine |= Q(order__group__user_id=viewer.user_id)
    for grant in viewer.holds(ORDER_GRANT):
        mine |= Q(order__group_id=grant.id, order__group__token_version=grant.version)
    return mine


def buyer_returns(viewer: Viewer, *, before: UUID | None = None, limit: int = 20) -> ReturnPage:
    """Return the viewer's own returns: a customer's, or those of orders that a guest has links to."""
    rows = _loaded(Return.objects.filter(_own(viewer)))
    found, next_before = newest_page(rows, before=before, limit=limit)
    shown = [_for_buyer(case, clock.now(), may_dispute=False) for case in found]
    return ReturnPage(shown, next_before)


def buyer_return(viewer: Viewer, return_id: UUID) -> ReturnView:
    """:raises NotFound: another's, or none"""
    case = _loaded(Return.objects.filter(_own(viewer), id=return_id)).first()
    if case is None:
        raise NotFound
    is_disputed = case.order.disputes.filter(
        Q(state__in=OPEN_DISPUTES) | Q(return_case=case, state=DisputeState.DECIDED)
    ).exists()
    return _for_buyer(case, clock.now(), may_dispute=not is_disputed)


def _for_buyer(case: Return, now: datetime, *, may_dispute: bool) -> ReturnView:
    in_time = case.due_at is not None and now < case.due_at
    return ReturnView(
        case=case,
        lines=tuple(case.lines.all()),
        photos=tuple(case.photos.all()),
        can_cancel=case.state in {R.REQUESTED, R.APPROVED},
        can_send=case.state == R.APPROVED,
        can_dispute=may_dispute and case.state in {R.REJECTED, R.REFUNDED} and in_time,
    )


def seller_returns(
    viewer: Viewer, seller_id: UUID, *, tab: str = "", before: UUID | None = None, limit: int = 20
) -> ReturnPage:
    """Return a page of a seller's returns; `tab` is a ReturnTab or "" for all.

    The same number of queries for any number of returns.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    member = get_membership(viewer, seller_id)
    rows = _loaded(Return.objects.filter(order__seller_id=seller_id))
    if tab:
        if tab not in RETURN_TABS:
            raise NotFound
        rows = rows.filter(state__in=RETURN_TABS[tab])
    found, next_before = newest_page(rows, before=before, limit=limit)
    return ReturnPage([_for_seller(case, member) for case in found], next_before)


def seller_return(viewer: Viewer, return_id: UUID) -> ReturnView:
    """:raises NotFound: of another seller, or none"""
    case = _loaded(Return.objects.filter(id=return_id)).first()
    if case is None:
        raise NotFound
    return _for_seller(case, get_membership(viewer, case.order.seller_id))


def _for_seller(case: Return, member: SellerMember) -> ReturnView:
    decides, takes_in = member.may(Power.CANCEL_ORDERS), member.may(Power.FULFIL_ORDERS)
    return ReturnView(
        case=case,
        lines=tuple(case.lines.all()),
        photos=tuple(case.photos.all()),
        can_answer=decides and case.state == R.REQUESTED,
        can_receive=takes_in and case.state in {R.APPROVED, R.IN_TRANSIT},
        can_report_missing=decides and case.state == R.IN_TRANSIT,
        can_inspect=decides and case.state == R.RECEIVED,
        sees_money=member.may(Power.SEE_MONEY),
    )


def case_work(viewer: Viewer, seller_id: UUID) -> CaseWork:
    """Count what waits for a seller, in two queries beside the membership's.

    :raises NotFound: the viewer is not of its staff
    """
    get_membership(viewer, seller_id)
    counts = Return.objects.filter(order__seller_id=seller_id).aggregate(
        to_answer=Count("id", filter=Q(state=R.REQUESTED)),
        to_inspect=Count("id", filter=Q(state=R.RECEIVED)),
    )
    disputes = Dispute.objects.filter(order__seller_id=seller_id, state=DisputeState.OPEN)
    return CaseWork(**counts, disputes=disputes.count())
