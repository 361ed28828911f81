"""Simulated ways back after delivery: returns, their inspection, disputes and their decision."""

from datetime import timedelta
from uuid import UUID

from apps.core.errors import DomainError
from apps.core.money import Money
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.orders.models import Dispute, Order, Return
from apps.orders.services import arbitrating, disputing, inspecting, returning
from apps.orders.services.refunding import refundable
from apps.orders.types_returns import (
    OPEN_DISPUTES,
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    ReturnState,
    Verdict,
    Words,
)
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda
from apps.sellers.selectors import owners_of

ARBITER_COMES = timedelta(days=6)
REASONS = sorted(ReturnReason.values)


def send_back(agenda: Agenda, buyer: Viewer, order_id: UUID) -> str:
    """Ask to send some units of a delivered order back."""
    order = Order.objects.get(id=order_id)
    units = {
        line.id: agenda.chance.randint(1, line.delivered_quantity - line.sent_back_quantity)
        for line in order.lines.order_by("sku")
        if line.delivered_quantity > line.sent_back_quantity
    }
    if not units:
        return "nothing to send back"
    case = returning.request_return(
        order_id=order_id,
        request=ReturnRequest(
            items=units,
            reason=ReturnReason(agenda.chance.choice(REASONS)),
            key=f"sim-{agenda.now.isoformat()}",
            note="It does not switch on.",
        ),
        actor=buyer,
        now=agenda.now,
    )
    if not agenda.happens(habits.SOMEBODY_IS_SILENT):
        agenda.within(40, lambda: _answer(agenda, buyer, case.id))
    else:
        agenda.plan(timedelta(days=4), lambda: _hand_in(agenda, buyer, case.id))
    return "return asked for"


def _answer(agenda: Agenda, buyer: Viewer, return_id: UUID) -> str:
    if agenda.happens(habits.SELLER_REFUSES_A_RETURN):
        returning.reject_return(
            return_id=return_id, why="It was worn.", actor=SYSTEM, now=agenda.now
        )
        _after_refusal(agenda, buyer, return_id)
        return "return refused"
    returning.approve_return(return_id=return_id, actor=SYSTEM, now=agenda.now)
    if not agenda.happens(habits.SOMEBODY_IS_SILENT):
        agenda.within(80, lambda: _hand_in(agenda, buyer, return_id))
    return "return approved"


def _hand_in(agenda: Agenda, buyer: Viewer, return_id: UUID) -> str:
    returning.mark_sent(
        return_id=return_id,
        carrier="Post",
        tracking_number="RR1",
        actor=buyer,
        now=agenda.now,
    )
    if not agenda.happens(habits.SOMEBODY_IS_SILENT):
        agenda.within(90, lambda: _receive(agenda, buyer, return_id))
    return "return on its way"


def _receive(agenda: Agenda, buyer: Viewer, return_id: UUID) -> str:
    inspecting.mark_received(return_id=return_id, actor=SYSTEM, now=agenda.now)
    if not agenda.happens(habits.SOMEBODY_IS_SILENT):
        agenda.within(40, lambda: _inspect(agenda, buyer, return_id))
    return "return received"


def _inspect(agenda: Agenda, buyer: Viewer, return_id: UUID) -> str:
    case = Return.objects.get(id=return_id)
    verdicts = [
        Verdict(row.line_id, *_verdict(agenda, row.quantity))
        for row in case.lines.order_by("line__sku")
    ]
    found = inspecting.inspect_return(
        return_id=return_id, verdicts=verdicts, actor=SYSTEM, now=agenda.now
    )
    if found.state == ReturnState.REJECTED:
        _after_refusal(agenda, buyer, return_id)
        return "return found wanting"
    return "return refunded"


def _verdict(agenda: Agenda, units: int) -> tuple[int, Condition, str]:
    is_less = agenda.happens(habits.UNITS_ARE_NOT_ACCEPTED)
    is_broken = agenda.happens(habits.UNITS_CANNOT_BE_SOLD_AGAIN)
    condition = Condition.WRITE_OFF if is_broken else Condition.RESTOCK
    return (units - 1, condition, "One is worn.") if is_less else (units, condition, "")


def _after_refusal(agenda: Agenda, buyer: Viewer, return_id: UUID) -> None:
    if agenda.happens(habits.BUYER_DISPUTES_A_REFUSAL):
        order_id = Return.objects.get(id=return_id).order_id
        agenda.within(60, lambda: dispute(agenda, buyer, order_id, return_id))


def dispute(agenda: Agenda, buyer: Viewer, order_id: UUID, return_id: UUID | None = None) -> str:
    """Open a dispute; each side then speaks, is silent, or gives in."""
    left = refundable(Order.objects.get(id=order_id))
    found = disputing.open_dispute(
        order_id=order_id,
        return_id=return_id,
        reason=DisputeReason.RETURN_REJECTED if return_id else DisputeReason.NOT_AS_DESCRIBED,
        wanted=_part(agenda, left),
        words=_words(agenda, "It is blue, the picture was red."),
        actor=buyer,
        now=agenda.now,
    )
    if agenda.happens(habits.DISPUTE_IS_WITHDRAWN):
        agenda.within(50, lambda: _withdraw(agenda, buyer, found.id))
    elif not agenda.happens(habits.SOMEBODY_IS_SILENT):
        agenda.within(60, lambda: _reply(agenda, buyer, found.id))
    agenda.plan(ARBITER_COMES, lambda: _decide(agenda, found.id))
    return "dispute opened"


def _withdraw(agenda: Agenda, buyer: Viewer, dispute_id: UUID) -> str:
    disputing.withdraw_dispute(dispute_id=dispute_id, actor=buyer, now=agenda.now)
    return "dispute withdrawn"


def _reply(agenda: Agenda, buyer: Viewer, dispute_id: UUID) -> str:
    seller_id = Dispute.objects.get(id=dispute_id).order.seller_id
    owner = viewer_of(owners_of(seller_id)[0].user)
    words = _words(agenda, "The picture shows it in the evening.")
    disputing.say(dispute_id=dispute_id, words=words, actor=owner, now=agenda.now)
    disputing.escalate(dispute_id=dispute_id, actor=buyer, now=agenda.now)
    return "dispute before the marketplace"


def _why(part: Money, left: Money) -> str:
    if not part:
        return "What came is what was shown and described."
    return "The description was wrong." if part == left else "Both sides share it."


def _decide(agenda: Agenda, dispute_id: UUID) -> str:
    """Decide as an arbiter does; where something stands in the way, come back later."""
    found = Dispute.objects.select_related("order").get(id=dispute_id)
    left = refundable(found.order)
    part = agenda.chance.choice((Money.zero(left.currency), _part(agenda, left), left))
    try:
        arbitrating.decide_dispute(
            dispute_id=dispute_id,
            refund=part,
            text=_why(part, left),
            actor=SYSTEM,
            now=agenda.now,
        )
    except DomainError:
        if found.state in OPEN_DISPUTES:
            agenda.plan(ARBITER_COMES, lambda: _decide(agenda, dispute_id))
        raise
    return "dispute decided"


def _part(agenda: Agenda, whole: Money) -> Money:
    share = whole.minor * agenda.chance.randint(1, 99) // 100
    return Money(min(max(1, share), whole.minor), whole.currency)


def _words(agenda: Agenda, text: str) -> Words:
    return Words(text=text, key=f"sim-{agenda.now.isoformat()}-{agenda.chance.random()}")
