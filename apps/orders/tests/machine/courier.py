"""What couriers do with the parcels."""

from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from apps.logistics.models import Shipment
from apps.logistics.services import delivering
from apps.logistics.services.shipping import hand_back
from apps.logistics.types import FailureReason
from apps.orders.tests.machine.trade import PICK, Deeds
from apps.orders.tests.services.fulfilling import courier


class CourierDeeds(Deeds):
    """Takes, delivers, fails, brings back."""

    @rule(pick=PICK)
    def courier_sets_out(self, pick: int) -> None:
        if shipment := self.shipment(pick):
            self._set_out(shipment)

    @rule(pick=PICK, is_right=st.booleans())
    def courier_delivers(self, pick: int, *, is_right: bool) -> None:
        if shipment := self.shipment(pick):
            self._hand_over(shipment, code=shipment.handover_code if is_right else "x")

    @rule(pick=PICK, reason=st.sampled_from(list(FailureReason)))
    def courier_fails(self, pick: int, reason: FailureReason) -> None:
        shipment = self.shipment(pick)
        if shipment is None:
            return
        self.attempt(
            lambda: delivering.fail_attempt(
                shipment_id=shipment.id,
                reason=reason,
                key=uuid4().hex,
                actor=courier(shipment.city),
                now=self.now,
            )
        )

    @rule(pick=PICK)
    def parcel_comes_or_goes_back(self, pick: int) -> None:
        """Every parcel of the order ends: at its buyer, or with the seller where it was refused."""
        for shipment in Shipment.objects.filter(reference_id=self.order(pick).id):
            actor = courier(shipment.city)
            self.attempt(
                lambda one=shipment, by=actor: hand_back(  # type: ignore[misc]
                    shipment_id=one.id, actor=by, now=self.now
                )
            )
        self.courier_sets_out(pick)
        self.courier_delivers(pick, is_right=True)
        for shipment in Shipment.objects.filter(reference_id=self.order(pick).id):
            self._set_out(shipment)
            self._hand_over(shipment, code=shipment.handover_code)

    def _set_out(self, shipment: Shipment) -> None:
        actor, key = courier(shipment.city), uuid4().hex
        self.attempt(
            lambda: delivering.take_task(shipment_id=shipment.id, actor=actor, now=self.now)
        )
        self.attempt(
            lambda: delivering.start_delivery(
                shipment_id=shipment.id, key=key, actor=actor, now=self.now
            )
        )

    def _hand_over(self, shipment: Shipment, *, code: str) -> None:
        self.attempt(
            lambda: delivering.deliver(
                shipment_id=shipment.id,
                code=code,
                key=uuid4().hex,
                actor=courier(shipment.city),
                now=self.now,
            )
        )
