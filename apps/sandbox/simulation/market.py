"""One simulated market: orders come in, everybody acts, timers run; at the end nothing is open.

Every step goes through the services that people's clicks and the providers' reports go through.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone

from apps.catalog.models import Offer
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.orders.models import Dispute, Order, OrderGroup, Return
from apps.orders.services import cancelling, disputing, inspecting, lifecycle, settling
from apps.orders.services.refunding import refund_goodwill, refundable
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.orders.types_returns import OPEN_DISPUTES, OPEN_RETURNS
from apps.payments.models import Refund
from apps.payments.services import releasing
from apps.payments.services.refund_sending import may_be_asked_for, settle_refund
from apps.payments.types import RefundState
from apps.sandbox.simulation import banks, buyers, cases, chargebacks, habits, sellers
from apps.sandbox.simulation.agenda import Agenda

SWEEP = timedelta(hours=12)
# How long facts wait for the relay: a batch of them costs little more than one.
RELAY = timedelta(minutes=20)
MAX_OFFERS = 400
PACE_HOURS = 0.2
STUCK_AFTER = timedelta(days=90)
# When staff come to what went wrong.
LOOKED_INTO = timedelta(days=1)


class Stuck(RuntimeError):
    """Orders stayed open although every clock had its time: a hole in the house's rules."""


@dataclass
class Market:
    """`offers` are what is bought; `baskets` how many are still to come."""

    agenda: Agenda
    people: list[buyers.Buyer]
    # Baskets come within this many hours of each other.
    pace_hours: float
    offers: list[Offer]
    baskets: int
    # The chances of the buyers' banks.
    banks: random.Random

    def __post_init__(self) -> None:
        self.delivered_at = self.agenda.now

    def run(self, *, until: datetime | None, progress: Callable[[int], None]) -> None:
        """Live until nothing is open, or until a moment, then leave things as they stand."""
        self.agenda.plan(timedelta(0), self._buy)
        done, last = 0, self.agenda.now
        while not (self.baskets == 0 and self.agenda.is_empty and self._is_quiet()):
            step = self.agenda.now + SWEEP
            end = min(step, until) if until else step
            while deed := self.agenda.next_deed(until=end):
                self._do(deed)
                progress(done := done + 1)
                last = self.agenda.now
            self._sweep()
            if self.agenda.now > last + STUCK_AFTER:
                raise Stuck(self._open())
            if until and self.agenda.now >= until:
                return

    def _do(self, deed: Callable[[], str]) -> None:
        with clock.standing_at(self.agenda.now):
            if self.agenda.now >= self.delivered_at + RELAY:
                self._deliver()
            try:
                self.agenda.tally[deed()] += 1
            except DomainError as refusal:
                self.agenda.tally[f"refused: {refusal.code}"] += 1

    def _deliver(self) -> None:
        """Let every fact arrive; refunds are paid, or not, before anybody else hears of them."""
        self.delivered_at = self.agenda.now
        for refund in Refund.objects.filter(state=RefundState.CREATED).select_related("payment"):
            # What a bank has, or will not give back, is not sent out beside it.
            if may_be_asked_for(refund, self.agenda.now):
                self._settle(refund.id)
        deliver_all(now=timezone.now())

    def _settle(self, refund_id: UUID) -> None:
        is_paid = not self.agenda.happens(habits.REFUND_FAILS)
        settle_refund(
            refund_id=refund_id,
            state=RefundState.SUCCEEDED if is_paid else RefundState.FAILED,
            failure_code="" if is_paid else "expired_or_canceled_card",
            now=self.agenda.now,
        )
        self.agenda.tally["refund paid" if is_paid else "refund failed"] += 1
        if not is_paid:
            self.agenda.plan(LOOKED_INTO, partial(self._give_again, refund_id))

    def _give_again(self, refund_id: UUID) -> str:
        """Do what staff do about the incident of a refund that failed: give the same sum once more."""
        refund = Refund.objects.select_related("allocation").get(id=refund_id)
        order = Order.objects.filter(id=refund.allocation.reference_id).first()
        if order is None:
            return "failed refund is no order's"
        refund_goodwill(
            order_id=order.id,
            amount=min(refund.amount, refundable(order)),
            key=f"again-{refund.id}",
            actor=SYSTEM,
            now=self.agenda.now,
            why="The first refund failed",
        )
        return "failed refund given again"

    def _sweep(self) -> None:
        """Run every timer, as beat does."""
        now = self.agenda.now
        with clock.standing_at(now):
            self._deliver()
            for name, timer in TIMERS.items():
                self.agenda.tally[f"timer: {name}"] += timer(now=now)
            self.agenda.tally["payouts asked for"] += banks.ask_for_payouts(self.agenda)
            self._deliver()

    def _is_quiet(self) -> bool:
        return not self._open()

    def _open(self) -> list[str]:
        """Return what was bought here and has a clock that runs, by number and status."""
        mine = Order.objects.filter(group__user__in=[one.user for one in self.people])
        open_now = mine.filter(
            status__in=[OrderStatus.PAID, OrderStatus.PROCESSING, OrderStatus.SHIPPED]
        ) | mine.filter(status=OrderStatus.DELIVERED, release_due_at__isnull=False)
        waiting = OrderGroup.objects.filter(
            user__in=[one.user for one in self.people],
            status__in=[GroupStatus.AWAITING_PAYMENT, GroupStatus.EXPIRED],
        )
        returns = Return.objects.filter(order__in=mine, state__in=OPEN_RETURNS)
        disputes = Dispute.objects.filter(order__in=mine, state__in=OPEN_DISPUTES)
        rows = [
            *open_now.values_list("number", "status"),
            *waiting.values_list("number", "status"),
            *returns.values_list("number", "state"),
            *disputes.values_list("number", "state"),
        ]
        return [f"{number} {status}" for number, status in rows]

    # What a buyer does

    def _buy(self) -> str:
        agenda = self.agenda
        self.baskets -= 1
        if self.baskets:
            agenda.within(self.pace_hours, self._buy)
        buyer = agenda.chance.choice(self.people)
        chosen = agenda.chance.sample(
            self.offers, min(len(self.offers), agenda.chance.randint(1, 3))
        )
        group = buyers.place(agenda, buyer, chosen)
        if group is None:
            return "not placed"
        if agenda.happens(habits.NEVER_PAYS):
            return "never paid"
        if agenda.happens(habits.PAYS_LATE):
            agenda.plan(buyers.late(), partial(self._pay, buyer, group))
            return "placed, paid late"
        agenda.within(0.2, partial(self._pay, buyer, group))
        return "placed"

    def _pay(self, buyer: buyers.Buyer, group: OrderGroup) -> str:
        said = buyers.pay(self.agenda, buyer, group)
        for order in group.orders.order_by("number"):
            self._follow(buyer, order)
        chargebacks.may_take_back(self.agenda, self.banks, group)
        return said

    def _follow(self, buyer: buyers.Buyer, order: Order) -> None:
        """Plan how one order goes on: its seller's work, and what its buyer may do in between."""
        agenda = self.agenda
        agenda.within(20, partial(sellers.begin, agenda, order.id))
        if agenda.happens(habits.BUYER_CANCELS):
            agenda.within(30, partial(self._cancel, buyer, order.id))
        if agenda.happens(habits.BUYER_CONFIRMS_RECEIPT):
            agenda.plan(
                timedelta(days=agenda.chance.uniform(3, 9)), partial(self._receive, buyer, order.id)
            )
        if agenda.happens(habits.BUYER_SENDS_BACK):
            deed = partial(cases.send_back, agenda, buyer.viewer, order.id)
            agenda.plan(timedelta(days=agenda.chance.uniform(4, 12)), deed)
        if agenda.happens(habits.BUYER_DISPUTES):
            deed = partial(cases.dispute, agenda, buyer.viewer, order.id)
            agenda.plan(timedelta(days=agenda.chance.uniform(4, 25)), deed)
        if agenda.happens(habits.STAFF_GIVE_GOODWILL):
            agenda.plan(
                timedelta(days=agenda.chance.uniform(1, 40)), partial(self._goodwill, order.id)
            )

    def _cancel(self, buyer: buyers.Buyer, order_id: UUID) -> str:
        cancelling.cancel_order(
            order_id=order_id, reason=CancelReason.BY_BUYER, actor=buyer.viewer, now=self.agenda.now
        )
        return "cancelled by the buyer"

    def _receive(self, buyer: buyers.Buyer, order_id: UUID) -> str:
        settling.confirm_receipt(order_id=order_id, viewer=buyer.viewer, now=self.agenda.now)
        return "receipt confirmed"

    def _goodwill(self, order_id: UUID) -> str:
        order = Order.objects.get(id=order_id)
        left = refundable(order)
        if not left or order.status not in {OrderStatus.SHIPPED, OrderStatus.DELIVERED}:
            return "no goodwill"
        part = Money(max(1, left.minor * self.agenda.chance.randint(1, 40) // 100), left.currency)
        refund_goodwill(
            order_id=order_id,
            amount=part,
            key=f"sim-{self.agenda.now.timestamp()}",
            actor=SYSTEM,
            now=self.agenda.now,
            why="Goodwill",
        )
        return "goodwill"


TIMERS: dict[str, Callable[..., int]] = {
    "unpaid": lifecycle.sweep,
    "late": cancelling.cancel_late,
    "returns": inspecting.move_due_returns,
    "disputes": disputing.move_due_disputes,
    "release": settling.release_due,
    "available": releasing.make_due_available,
}


def simulate(
    *,
    baskets: int,
    seed: int,
    start: datetime,
    until: datetime | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, int]:
    """Live through so many baskets from `start` on; return how often each thing happened.

    Without `until` it goes on until every clock has run out; with it, the baskets are spread. The same seed over the same shop gives
    the same history.

    :raises LookupError: the shop has nothing to sell
    """
    found = Offer.objects.filter(
        is_active=True,
        variant__product__status="PUBLISHED",
        components__item__stocks__on_hand__gt=0,
    )
    ids = found.order_by("variant__sku", "seller__slug").values_list("id", flat=True)
    unique = list(dict.fromkeys(ids[: MAX_OFFERS * 4]))[:MAX_OFFERS]
    by_id = Offer.objects.in_bulk(unique)
    if not by_id:
        raise LookupError("the shop has nothing to sell: load a catalogue first")
    agenda = Agenda(now=start, chance=random.Random(seed))
    pace = (until - start) / timedelta(hours=1) * 2 / baskets if until else PACE_HOURS
    bought = [by_id[one] for one in unique]
    chance = random.Random(f"banks:{seed}")
    market = Market(agenda, buyers.ensure_buyers(), pace, bought, baskets, chance)
    market.run(until=until, progress=progress)
    return dict(sorted(agenda.tally.items()))
