"""Where an order stands on its way, and when it arrives."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.formats import format_day, format_moment, in_sentence
from apps.orders.models import Order
from apps.orders.types import OrderStatus

# The way of a parcel, with the words of each step.
_WAY = (
    (OrderStatus.CREATED, "placed_at"),
    (OrderStatus.PAID, "paid_at"),
    (OrderStatus.PROCESSING, "processing_at"),
    (OrderStatus.SHIPPED, "shipped_at"),
    (OrderStatus.DELIVERED, "delivered_at"),
)


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    at: str
    state: str


def steps_of(order: Order, status: OrderStatus) -> tuple[Step, ...]:
    """The steps done, the one it stands at, and those to come; an ended order shows no future."""
    if status in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        done = [(step, getattr(order, stamp)) for step, stamp in _WAY if getattr(order, stamp)]
        ended = getattr(order, f"{status.lower()}_at")
        return (
            *(Step(_step_label(step), format_moment(at), "done") for step, at in done),
            Step(str(status.label), format_moment(ended) if ended else "", "current"),
        )
    reached = [step for step, _stamp in _WAY].index(status)
    return tuple(
        Step(
            _step_label(step),
            format_moment(at) if (at := getattr(order, stamp)) else "",
            _state(index, reached),
        )
        for index, (step, stamp) in enumerate(_WAY)
    )


def _state(index: int, reached: int) -> str:
    if index < reached or index == len(_WAY) - 1 == reached:
        return "done"
    return "current" if index == reached else "todo"


def _step_label(step: OrderStatus) -> str:
    return _("Placed") if step == OrderStatus.CREATED else str(step.label)


def promise_of(order: Order, status: OrderStatus) -> str:
    if status in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        return ""
    if status == OrderStatus.DELIVERED:
        return _("Delivered: %(day)s") % {
            "day": in_sentence(format_day(timezone.localtime(order.delivered_at).date()))
            if order.delivered_at
            else ""
        }
    return delivery_days(order.promised_from, order.promised_to)


def delivery_days(first: date, last: date) -> str:
    """Write when something arrives: a day, or a range of days."""
    if first == last:
        return format_day(last)
    return f"{format_day(first)} – {in_sentence(format_day(last))}"
