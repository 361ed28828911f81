"""What staff do by hand."""

from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from apps.core.viewer import SYSTEM
from apps.logistics.services.shipping import report_lost
from apps.orders.models import Dispute
from apps.orders.services import (
    arbitrating,
    settling,
)
from apps.orders.services.refunding import refund_goodwill
from apps.orders.tests.machine.trade import PICK, Deeds
from apps.payments.services import holds


class StaffDeeds(Deeds):
    """Gives up, releases, holds, gives goodwill, decides."""

    @rule(pick=PICK)
    def staff_give_a_parcel_up(self, pick: int) -> None:
        shipment = self.shipment(pick)
        if shipment is None:
            return
        self.attempt(
            lambda: report_lost(
                shipment_id=shipment.id, actor=SYSTEM, now=self.now, reason="Not found"
            )
        )

    @rule(pick=PICK)
    def staff_release(self, pick: int) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: settling.release_order(
                order_id=order.id, actor=SYSTEM, now=self.now, why="Known"
            )
        )

    @rule(pick=PICK)
    def staff_hold(self, pick: int) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: holds.hold_escrow(
                reference_id=order.id, actor=SYSTEM, reason="Doubt", now=self.now
            )
        )

    @rule(pick=PICK)
    def staff_lift_the_hold(self, pick: int) -> None:
        hold = holds.EscrowHold.objects.filter(
            reference_id=self.order(pick).id, lifted_at=None, reason="Doubt"
        ).first()
        if hold is None:
            return
        self.attempt(
            lambda: holds.lift_hold(hold_id=hold.id, actor=SYSTEM, reason="Clear", now=self.now)
        )

    @rule(pick=PICK, share=st.integers(1, 100))
    def staff_give_goodwill(self, pick: int, share: int) -> None:
        order = self.order(pick)
        amount = self.part(order, share)
        self.attempt(
            lambda: refund_goodwill(
                order_id=order.id,
                amount=amount,
                key=uuid4().hex,
                actor=SYSTEM,
                now=self.now,
                why="Scratched",
            )
        )

    @rule(pick=PICK, share=st.integers(0, 100))
    def arbiter_decides(self, pick: int, share: int) -> None:
        found = Dispute.objects.filter(order_id=self.order(pick).id).order_by("-id").first()
        if found is None:
            return
        amount = self.part(self.order(pick), share)
        self.attempt(
            lambda: arbitrating.decide_dispute(
                dispute_id=found.id, refund=amount, text="Shared", actor=SYSTEM, now=self.now
            )
        )
