"""R10: whatever buyer, seller, courier, staff, provider and clocks do, in any order, the money adds up.

Each sequence begins with the same two purchases, brought as far as the sequence says, in a savepoint of its own. At every step: captured = refunded + released + held,
and a status moved only along the table. At the end all clocks run out: every order has ended and
every invariant holds.
"""

import os
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    rule,
    run_state_machine_as_test,
)

from apps.core.invariants import violations
from apps.orders.models import Order, OrderEvent
from apps.orders.services import (
    cancelling,
    disputing,
    inspecting,
    lifecycle,
    settling,
    surcharges,
)
from apps.orders.tests.machine.buyer import BuyerDeeds
from apps.orders.tests.machine.courier import CourierDeeds
from apps.orders.tests.machine.seller import SellerDeeds
from apps.orders.tests.machine.staff import StaffDeeds
from apps.orders.tests.machine.trade import BEGINNING, begin
from apps.orders.types import OrderStatus
from apps.payments.services import releasing

SEEN: set[str] = set()
STAGES = st.integers(0, 4)
ENDS = {OrderStatus.CANCELLED, OrderStatus.DELIVERED, OrderStatus.RETURNED}


class Trade(BuyerDeeds, SellerDeeds, CourierDeeds, StaffDeeds):
    """From two purchases to the last clock."""

    @initialize(first=STAGES, second=STAGES)
    def two_purchases(self, first: int, second: int) -> None:
        """Each has come so far that what follows is not always refused."""
        self.savepoint = connection.savepoint()
        (beginning,) = BEGINNING
        self.world, self.now = beginning.world, beginning.at
        self.groups, self.attempts = beginning.groups, beginning.attempts
        self.order_ids = beginning.order_ids
        self._bring_to(first, group=0, picks=[0])
        self._bring_to(second, group=1, picks=[1, 2])

    def _bring_to(self, stage: int, *, group: int, picks: list[int]) -> None:
        """Placed, paid, confirmed, shipped, delivered: 0 to 4."""
        if stage >= 1:
            self.provider_captures(group)
        for pick in picks:
            if stage >= 2:
                self.seller_confirms(pick)
            if stage >= 3:
                self.seller_ships(pick, 0)
            if stage >= 4:
                self.parcel_comes_or_goes_back(pick)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            self._let_every_clock_run_out()
            assert set(self._statuses()) <= ENDS
            assert violations() == []
            SEEN.update(OrderEvent.objects.values_list("status", flat=True))
        finally:
            connection.savepoint_rollback(self.savepoint)

    @rule(hours=st.sampled_from([1, 13, 25, 80, 400]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._sweep()

    def _statuses(self) -> list[str]:
        return list(Order.objects.filter(id__in=self.order_ids).values_list("status", flat=True))

    def _sweep(self) -> None:
        for timer in (
            lifecycle.sweep,
            surcharges.expire_waiting,
            cancelling.cancel_late,
            inspecting.move_due_returns,
            disputing.move_due_disputes,
            settling.release_due,
            releasing.make_due_available,
        ):
            self.attempt(lambda timer=timer: timer(now=self.now))  # type: ignore[misc]

    def _let_every_clock_run_out(self) -> None:
        """Nobody does anything but what only people can: bring parcels, decide, lift holds."""
        for _round in range(8):
            for pick in range(len(self.order_ids)):
                self.parcel_comes_or_goes_back(pick)
                self.staff_lift_the_hold(pick)
                self.arbiter_decides(pick, 50)
            self.provider_settles_refunds(is_paid=True)
            self.now += timedelta(days=15)
            self._sweep()
            if set(self._statuses()) <= ENDS and not Order.objects.filter(
                id__in=self.order_ids, release_due_at__isnull=False
            ):
                return


def run(sequences: int, steps: int) -> None:
    """Live through so many sequences of so many steps; all states of an order must have been seen."""
    SEEN.clear()
    BEGINNING[:] = [begin()]
    run_state_machine_as_test(
        Trade,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Rows that were rolled back are carried along until a transaction ends: many short runs are quicker
# than one long one.
@pytest.mark.usefixtures("swept_tables", "db")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("_part", range(4))
def test_sequences_of_everybodys_deeds_keep_the_money_together(_part: int) -> None:
    run(sequences=int(os.environ.get("MACHINE_SEQUENCES", "50")), steps=50)

    # All units of an order come back in few of fifty.
    assert set(OrderStatus.values) - {OrderStatus.RETURNED} <= SEEN


NIGHTLY_PARTS = 10


@pytest.mark.nightly
@pytest.mark.usefixtures("swept_tables", "db")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("_part", range(NIGHTLY_PARTS))
def test_two_thousand_sequences_keep_the_money_together(_part: int) -> None:
    run(sequences=2000 // NIGHTLY_PARTS, steps=50)

    assert set(OrderStatus.values) == SEEN
