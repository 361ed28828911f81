"""Two purchases, who is in them, and what holds after every step."""

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import Viewer
from apps.logistics.models import Shipment
from apps.orders.models import Order, OrderEvent, OrderGroup, Return
from apps.orders.rules import may_move
from apps.orders.services import (
    cancelling,
)
from apps.orders.services.refunding import refundable
from apps.orders.tests.services.fulfilling import courier
from apps.orders.tests.services.moving import courier_goes_to
from apps.orders.tests.services.world import pay, place
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.models import (
    LedgerAccount,
    PaymentAllocation,
    PaymentAttempt,
)
from apps.payments.selectors import settlements_for
from apps.payments.tests.payouts import plain_account
from marketplace.tests.world import World, make_world

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


class Deeds(RuleBasedStateMachine):
    """What every step needs, and what always holds."""

    world: World
    now: datetime
    groups: list[OrderGroup]
    attempts: list[PaymentAttempt]
    order_ids: list[UUID]

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

    def cancel(self, pick: int, reason: CancelReason, actor: Viewer) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: cancelling.cancel_order(
                order_id=order.id, reason=reason, actor=actor, now=self.now
            )
        )

    def open_return(self, pick: int) -> Return | None:
        return Return.objects.filter(order_id=self.order(pick).id).order_by("-id").first()

    def part(self, order: Order, share: int) -> Money:
        left = refundable(order)
        return Money(left.minor * share // 100, left.currency)

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
