"""Returns and disputes in every state, for tests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import Viewer
from apps.orders.models import Dispute, Order, OrderLine, Return
from apps.orders.services import disputing, inspecting, returning, settling
from apps.orders.tests.services.fulfilling import owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import (
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Verdict,
    Words,
)
from apps.payments.models import Refund
from marketplace.tests.world import World


def line_of(order: Order) -> OrderLine:
    return OrderLine.objects.filter(order=order).order_by("id")[0]


def ask(
    world: World,
    order: Order,
    units: int = 1,
    *,
    reason: ReturnReason = ReturnReason.FAULTY,
    items: Mapping[UUID, int] | None = None,
    key: str = "",
    at: datetime | None = None,
    actor: Viewer | None = None,
) -> Return:
    case = returning.request_return(
        order_id=order.id,
        request=ReturnRequest(
            items=items or {line_of(order).id: units},
            reason=reason,
            key=key or uuid4().hex,
            note="It does not switch on.",
        ),
        actor=actor or world.viewer(),
        now=at or now(),
    )
    deliver_all()
    return case


def approve(case: Return, at: datetime | None = None) -> Return:
    found = returning.approve_return(return_id=case.id, actor=owner(), now=at or now())
    deliver_all()
    return found


def arrived(world: World, order: Order, units: int = 1, **given: object) -> Return:
    """A return that the seller has to look at."""
    case = ask(world, order, units, **given)  # type: ignore[arg-type]  # passed on
    approve(case)
    returning.mark_sent(
        return_id=case.id,
        carrier="Post",
        tracking_number="RR1",
        actor=world.viewer(),
        now=now(),
    )
    deliver_all()
    found = inspecting.mark_received(return_id=case.id, actor=owner(), now=now())
    deliver_all()
    return found


def accept(
    case: Return,
    accepted: int | None = None,
    condition: Condition = Condition.RESTOCK,
    why: str = "",
    actor: Viewer | None = None,
) -> Return:
    """Accept `accepted` units of every line; all where it is left out."""
    verdicts = [
        Verdict(row.line_id, row.quantity if accepted is None else accepted, condition, why)
        for row in case.lines.all()
    ]
    found = inspecting.inspect_return(
        return_id=case.id, verdicts=verdicts, actor=actor or owner(), now=now()
    )
    deliver_all()
    return found


def dispute(
    world: World,
    order: Order,
    minor: int = 100_000_00,
    *,
    reason: DisputeReason = DisputeReason.NOT_AS_DESCRIBED,
    case: Return | None = None,
    at: datetime | None = None,
    key: str = "",
) -> Dispute:
    found = disputing.open_dispute(
        order_id=order.id,
        reason=reason,
        wanted=Money(minor, order.currency),
        words=Words("It is blue, the picture was red.", key or uuid4().hex),
        actor=world.viewer(),
        now=at or now(),
        return_id=case.id if case else None,
    )
    deliver_all()
    return found


def receive(world: World, order: Order) -> None:
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    deliver_all()


def refunds(order: Order) -> list[int]:
    rows = Refund.objects.filter(allocation__reference_id=order.id).order_by("created_at")
    return list(rows.values_list("amount_minor", flat=True))


def after(moment: datetime | None, **delta: float) -> datetime:
    assert moment is not None
    return moment + timedelta(**delta)
