"""R10: whatever buyer, seller, courier, staff, provider and clocks do, in any order, the money adds up.

Each sequence begins with the same two purchases, in a savepoint of its own. At every step: captured = refunded + released + held,
and a status moved only along the table. At the end all clocks run out: every order has ended and
every invariant holds.
"""

import contextlib
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM, Viewer
from apps.logistics.models import Shipment
from apps.logistics.services import delivering
from apps.logistics.services.shipping import hand_back, report_lost
from apps.logistics.types import FailureReason
from apps.orders.models import AddressChange, Dispute, Order, OrderEvent, OrderGroup, Return
from apps.orders.rules import may_move
from apps.orders.services import (
    addressing,
    arbitrating,
    cancelling,
    disputing,
    fulfilment,
    inspecting,
    lifecycle,
    returning,
    settling,
    surcharges,
)
from apps.orders.services.address_quotes import quote_address
from apps.orders.services.addressing import AddressConsent
from apps.orders.services.refunding import refund_goodwill, refundable
from apps.orders.tests.services.fulfilling import courier, owner
from apps.orders.tests.services.moving import courier_goes_to, report_surcharge
from apps.orders.tests.services.world import capture, pay, place
from apps.orders.types import CancelReason, OrderStatus
from apps.orders.types_returns import (
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Verdict,
    Words,
)
from apps.payments.models import (
    LedgerAccount,
    PaymentAllocation,
    PaymentAttempt,
    Payout,
    Refund,
)
from apps.payments.selectors import settlements_for
from apps.payments.services import holds, payouts, releasing
from apps.payments.services.refund_sending import settle_refund
from apps.payments.tests.payouts import order_of, plain_account, reported
from apps.payments.types import RefundState
from apps.payments.types_payouts import PayoutState, TransferOutcome
from marketplace.tests.world import ADDRESS, World, make_world

SEEN: set[str] = set()
ENDS = {OrderStatus.CANCELLED, OrderStatus.DELIVERED, OrderStatus.RETURNED}
UNITS = st.integers(1, 3)
PICK = st.integers(0, 3)


@dataclass
class Beginning:
    """Two purchases, of one seller and of two, placed and not paid; the sellers have banks."""

    world: World
    at: datetime
    groups: list[OrderGroup]
    attempts: list[PaymentAttempt]
    order_ids: list[UUID]


BEGINNING: list[Beginning] = []


def begin() -> Beginning:
    world, at = make_world(offers_each=2, units=10_000), timezone.now()
    courier_goes_to("Buxoro", 40_000_00)
    courier_goes_to("Samarqand", 10_000_00)
    for city in ("Toshkent", "Buxoro", "Samarqand"):
        courier(city)
    for seller in world.sellers:
        plain_account(seller.id, currency=seller.currency, now=at - timedelta(days=30))
    groups = [place(world, quantity=2), place(world, offers=(1, 2), quantity=2)]
    attempts = [pay(world, group) for group in groups]
    order_ids = [order.id for group in groups for order in group.orders.order_by("number")]
    deliver_all(now=timezone.now())
    return Beginning(world, at, groups, attempts, order_ids)


class Trade(RuleBasedStateMachine):
    """From two purchases to the last clock."""

    @initialize()
    def two_purchases(self) -> None:
        self.savepoint = connection.savepoint()
        (beginning,) = BEGINNING
        self.world, self.now = beginning.world, beginning.at
        self.groups, self.attempts = beginning.groups, beginning.attempts
        self.order_ids = beginning.order_ids

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

    # What every step needs

    @property
    def buyer(self) -> Viewer:
        return self.world.viewer()

    def order(self, pick: int) -> Order:
        return Order.objects.get(id=self.order_ids[pick % len(self.order_ids)])

    def shipment(self, pick: int) -> Shipment | None:
        found = Shipment.objects.filter(reference_id=self.order(pick).id).order_by("-number")
        return found.first()

    def attempt(self, deed: Callable[[], Any]) -> None:
        """Do it, or be refused: a refusal changes nothing."""
        with clock.standing_at(self.now), contextlib.suppress(DomainError):
            deed()
            deliver_all(now=timezone.now())

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

    # The clock and the provider

    @rule(hours=st.sampled_from([1, 13, 25, 80, 400]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._sweep()

    @rule(pick=st.integers(0, 1))
    def provider_captures(self, pick: int) -> None:
        self.attempt(lambda: capture(self.attempts[pick].id, self.groups[pick]))

    @rule(is_paid=st.booleans())
    def provider_settles_refunds(self, *, is_paid: bool) -> None:
        """A refund that failed leaves its money in escrow for people; so at most one fails a sequence."""
        has_failed = Refund.objects.filter(state=RefundState.FAILED).exists()
        state = RefundState.SUCCEEDED if is_paid or has_failed else RefundState.FAILED
        for refund in Refund.objects.filter(state=RefundState.CREATED):
            self.attempt(
                lambda one=refund: settle_refund(  # type: ignore[misc]
                    refund_id=one.id, state=state, failure_code="", now=self.now
                )
            )

    # The buyer

    @rule(pick=PICK)
    def buyer_cancels(self, pick: int) -> None:
        self._cancel(pick, CancelReason.BY_BUYER, self.buyer)

    @rule(pick=PICK)
    def buyer_confirms_receipt(self, pick: int) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: settling.confirm_receipt(order_id=order.id, viewer=self.buyer, now=self.now)
        )

    @rule(pick=PICK, city=st.sampled_from(["Toshkent", "Buxoro", "Samarqand"]))
    def buyer_moves_the_parcel(self, pick: int, city: str) -> None:
        """Buxoro is dearer than Toshkent, Samarqand cheaper; what was quoted is confirmed."""
        order, place = self.order(pick), ADDRESS | {"city": city}

        def confirm() -> None:
            quote = quote_address(order=order, address=place, viewer=self.buyer, now=self.now)
            addressing.change_address(
                order_id=order.id,
                address=place,
                consent=AddressConsent(quote.digest, quote.expires_at),
                return_url="http://shop.test/",
                viewer=self.buyer,
                now=self.now,
            )

        self.attempt(confirm)

    @rule(pick=PICK)
    def provider_captures_a_surcharge(self, pick: int) -> None:
        """In time or late, of a change that waits or of one that ended."""
        waiting = AddressChange.objects.filter(
            order_id=self.order(pick).id, expires_at__isnull=False
        ).order_by("id")
        for change in waiting:
            self.attempt(lambda one=change: report_surcharge(one))  # type: ignore[misc]

    @rule(pick=PICK, units=UNITS, reason=st.sampled_from(list(ReturnReason)))
    def buyer_asks_to_send_back(self, pick: int, units: int, reason: ReturnReason) -> None:
        order = self.order(pick)
        line = order.lines.order_by("sku")[0]
        request = ReturnRequest(items={line.id: units}, reason=reason, key=uuid4().hex, note="Why")
        self.attempt(
            lambda: returning.request_return(
                order_id=order.id, request=request, actor=self.buyer, now=self.now
            )
        )

    @rule(pick=PICK, share=st.integers(1, 100))
    def buyer_disputes(self, pick: int, share: int) -> None:
        order = self.order(pick)
        wanted = self._part(order, share)
        self.attempt(
            lambda: disputing.open_dispute(
                order_id=order.id,
                reason=DisputeReason.NOT_AS_DESCRIBED,
                wanted=wanted,
                words=Words("It is blue.", uuid4().hex),
                actor=self.buyer,
                now=self.now,
            )
        )

    # The seller

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
        self._cancel(pick, CancelReason.OUT_OF_STOCK, SYSTEM)

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
        case = self._open_return(pick)
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
        case = self._open_return(pick)
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

    # The courier

    @rule(pick=PICK)
    def courier_sets_out(self, pick: int) -> None:
        shipment = self.shipment(pick)
        if shipment is None:
            return
        actor = courier(shipment.city)
        key = uuid4().hex
        self.attempt(
            lambda: delivering.take_task(shipment_id=shipment.id, actor=actor, now=self.now)
        )
        self.attempt(
            lambda: delivering.start_delivery(
                shipment_id=shipment.id, key=key, actor=actor, now=self.now
            )
        )

    @rule(pick=PICK, is_right=st.booleans())
    def courier_delivers(self, pick: int, *, is_right: bool) -> None:
        shipment = self.shipment(pick)
        if shipment is None:
            return
        code = shipment.handover_code if is_right else "x"
        self.attempt(
            lambda: delivering.deliver(
                shipment_id=shipment.id,
                code=code,
                key=uuid4().hex,
                actor=courier(shipment.city),
                now=self.now,
            )
        )

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
            self._bring(shipment)

    def _bring(self, shipment: Shipment) -> None:
        actor, key = courier(shipment.city), uuid4().hex
        self.attempt(
            lambda: delivering.take_task(shipment_id=shipment.id, actor=actor, now=self.now)
        )
        self.attempt(
            lambda: delivering.start_delivery(
                shipment_id=shipment.id, key=key, actor=actor, now=self.now
            )
        )
        self.attempt(
            lambda: delivering.deliver(
                shipment_id=shipment.id,
                code=shipment.handover_code,
                key=key,
                actor=actor,
                now=self.now,
            )
        )

    # Staff

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
        amount = self._part(order, share)
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
        amount = self._part(self.order(pick), share)
        self.attempt(
            lambda: arbitrating.decide_dispute(
                dispute_id=found.id, refund=amount, text="Shared", actor=SYSTEM, now=self.now
            )
        )

    # What always holds

    @invariant()
    def captured_is_refunded_released_and_held(self) -> None:
        ids = getattr(self, "order_ids", [])
        paid = PaymentAllocation.objects.filter(
            reference_id__in=ids, payment__captured_at__isnull=False
        )
        escrows = LedgerAccount.objects.filter(owner_type="order", kind="ESCROW")
        held = dict(escrows.values_list("owner_id", "balance_minor"))
        settlements = settlements_for(ids)
        sums = paid.values("reference_id").annotate(
            captured=Sum("amount_minor"), refunded=Sum("refunded_minor")
        )
        for row in sums:
            settlement = settlements.get(row["reference_id"])
            released = settlement.left.total.minor if settlement else 0
            in_escrow = held[str(row["reference_id"])]
            assert row["captured"] == row["refunded"] + released + in_escrow, row

    @invariant()
    def statuses_moved_along_the_table(self) -> None:
        rows = OrderEvent.objects.filter(order_id__in=getattr(self, "order_ids", []))
        steps: dict[Any, list[str]] = {}
        for order_id, status in rows.order_by("order_id", "seq").values_list("order_id", "status"):
            steps.setdefault(order_id, []).append(status)
        for path in steps.values():
            for before, after in itertools.pairwise(path):
                assert may_move(OrderStatus(before), OrderStatus(after)), path

    def _cancel(self, pick: int, reason: CancelReason, actor: Viewer) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: cancelling.cancel_order(
                order_id=order.id, reason=reason, actor=actor, now=self.now
            )
        )

    def _open_return(self, pick: int) -> Return | None:
        return Return.objects.filter(order_id=self.order(pick).id).order_by("-id").first()

    def _part(self, order: Order, share: int) -> Money:
        left = refundable(order)
        return Money(left.minor * share // 100, left.currency)


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


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_sequences_of_everybodys_deeds_keep_the_money_together() -> None:
    run(sequences=int(os.environ.get("MACHINE_SEQUENCES", "25")), steps=40)


@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.timeout(14_400)
def test_two_thousand_sequences_reach_every_state_and_keep_the_money_together() -> None:
    run(sequences=2000, steps=50)

    assert set(OrderStatus.values) == SEEN
