"""What sellers do, and the bank that pays them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from apps.core.viewer import SYSTEM
from apps.orders.models import Dispute
from apps.orders.services import (
    cancelling,
    disputing,
    fulfilment,
    inspecting,
    returning,
)
from apps.orders.tests.machine.trade import PICK, UNITS, Deeds
from apps.orders.tests.services.fulfilling import owner
from apps.orders.types import CancelReason
from apps.orders.types_returns import (
    Condition,
    Verdict,
    Words,
)
from apps.payments.models import (
    Payout,
)
from apps.payments.services import payouts
from apps.payments.tests.payouts import order_of, reported
from apps.payments.types_payouts import PayoutState, TransferOutcome


class SellerDeeds(Deeds):
    """Confirms, ships, cancels, inspects, answers, asks for money."""

    @rule(pick=PICK)
    def seller_confirms(self, pick: int) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: fulfilment.confirm_order(order_id=order.id, actor=SYSTEM, now=self.now)
        )

    @rule(pick=PICK, units=st.integers(0, 2))
    def seller_ships(self, pick: int, units: int) -> None:
        """Some units of the first line; none given: everything that is left."""
        order = self.order(pick)
        line = order.lines.order_by("sku")[0]
        items = {line.id: units} if units else None
        self.attempt(
            lambda: fulfilment.ship_order(
                order_id=order.id, items=items, actor=SYSTEM, now=self.now
            )
        )

    @rule(pick=PICK)
    def seller_cancels(self, pick: int) -> None:
        self.cancel(pick, CancelReason.OUT_OF_STOCK, SYSTEM)

    @rule(pick=PICK, units=UNITS)
    def seller_cancels_units(self, pick: int, units: int) -> None:
        order = self.order(pick)
        line = order.lines.order_by("sku")[0]
        self.attempt(
            lambda: cancelling.cancel_units(
                order_id=order.id,
                items={line.id: units},
                reason=CancelReason.OUT_OF_STOCK,
                actor=SYSTEM,
                now=self.now,
            )
        )

    @rule(pick=PICK, step=st.sampled_from(["approve", "reject", "sent", "received"]))
    def return_goes_on(self, pick: int, step: str) -> None:
        case = self.open_return(pick)
        if case is None:
            return
        steps: dict[str, Callable[[], Any]] = {
            "approve": lambda: returning.approve_return(
                return_id=case.id, actor=SYSTEM, now=self.now
            ),
            "reject": lambda: returning.reject_return(
                return_id=case.id, why="Worn", actor=SYSTEM, now=self.now
            ),
            "sent": lambda: returning.mark_sent(
                return_id=case.id,
                carrier="Post",
                tracking_number="",
                actor=self.buyer,
                now=self.now,
            ),
            "received": lambda: inspecting.mark_received(
                return_id=case.id, actor=SYSTEM, now=self.now
            ),
        }
        self.attempt(steps[step])

    @rule(pick=PICK, accepted=st.integers(0, 3), condition=st.sampled_from(list(Condition)))
    def seller_inspects(self, pick: int, accepted: int, condition: Condition) -> None:
        case = self.open_return(pick)
        if case is None:
            return
        verdicts = [
            Verdict(row.line_id, min(accepted, row.quantity), condition, "Worn")
            for row in case.lines.all()
        ]
        self.attempt(
            lambda: inspecting.inspect_return(
                return_id=case.id, verdicts=verdicts, actor=SYSTEM, now=self.now
            )
        )

    @rule(pick=PICK)
    def seller_answers_a_dispute(self, pick: int) -> None:
        found = Dispute.objects.filter(order_id=self.order(pick).id).first()
        if found is None:
            return
        number = self.world.sellers.index(self.order(pick).seller) + 1
        words = Words("It is not.", uuid4().hex)
        self.attempt(
            lambda: disputing.say(
                dispute_id=found.id, words=words, actor=owner(number), now=self.now
            )
        )

    @rule(pick=PICK)
    def seller_asks_for_a_payout(self, pick: int) -> None:
        seller = self.world.sellers[pick % 2]
        wanted = order_of(seller.id, currency=seller.currency)
        self.attempt(lambda: payouts.request_payout(order=wanted, actor=SYSTEM, now=self.now))

    @rule(is_paid=st.booleans())
    def payouts_end(self, *, is_paid: bool) -> None:
        """Staff let them go and the bank pays, or staff stop them."""
        waiting = [PayoutState.HELD, PayoutState.CREATED]
        for payout in Payout.objects.filter(state__in=waiting).select_related("account"):
            self.attempt(lambda one=payout: self._end_payout(one, is_paid=is_paid))  # type: ignore[misc]

    def _end_payout(self, payout: Payout, *, is_paid: bool) -> None:
        given = {"payout_id": payout.id, "actor": SYSTEM, "reason": "Known", "now": self.now}
        if not is_paid:
            payouts.stop_payout(**given)
            return
        if payout.state == PayoutState.HELD:
            payouts.approve_payout(**given)
        reported(payout, TransferOutcome.PAID, now=self.now)
