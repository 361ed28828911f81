"""What returns and disputes of an order are open: its money waits for them."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.orders.models import Dispute, Order, Return
from apps.orders.types_returns import OPEN_DISPUTES, OPEN_RETURNS, ReturnState


class CaseOpen(DomainError):
    code = "orders.case_open"
    message = _(
        "Case %(number)s of this order is open. The money waits until it is over: finish or withdraw"
        " it first."
    )


def open_case(order: Order) -> Return | Dispute | None:
    """Return the open dispute or return of an order."""
    dispute = Dispute.objects.filter(order=order, state__in=OPEN_DISPUTES).first()
    return dispute or Return.objects.filter(order=order, state__in=OPEN_RETURNS).first()


def check_no_open_case(order: Order) -> None:
    """:raises CaseOpen: a return or a dispute of it is not over"""
    if found := open_case(order):
        raise CaseOpen(number=found.number)


def orders_with_cases(now: datetime) -> QuerySet[Order]:
    """Orders that are not released by the clock: a case is open, or a refusal can be disputed still."""
    appealable = Q(state=ReturnState.REJECTED, due_at__gt=now)
    returns = Return.objects.filter(Q(state__in=OPEN_RETURNS) | appealable).values("order_id")
    disputes = Dispute.objects.filter(state__in=OPEN_DISPUTES).values("order_id")
    return Order.objects.filter(Q(id__in=returns) | Q(id__in=disputes))
