"""R03: the hold expires while the success webhook lands, and a rival wants the unit meanwhile."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from apps.catalog.models import Reservation, Stock
from apps.core.invariants import violations
from apps.core.pauses import set_pause
from apps.core.viewer import SYSTEM
from apps.orders.models import Order, OrderGroup
from apps.orders.services import lifecycle
from apps.orders.tests.services.world import capture, now, pay, place, units
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.models import Refund
from marketplace.tests.buyers import Buyer, at_once, ready_buyers
from marketplace.tests.world import World, make_world, receive_units

# The named smaller sizes of `make test`; in full R03 has 500 trials.
TRIALS_IN_CI, TRIALS = 30, 500
RIVALS_IN_CI, RIVALS = 12, 200
# Each racer starts up to this late: so either may be first.
JITTER_SECONDS = 0.05

pytestmark = [pytest.mark.usefixtures("committed_db", "_wide_windows")]


@pytest.fixture
def _wide_windows() -> Iterator[None]:
    """Let payment and sweeper rest a moment between their check and their write."""
    chance = random.Random(2)
    points = ("orders.accept_payment", "orders.expire_hold")
    for point in points:
        set_pause(point, lambda: time.sleep(chance.uniform(0, 0.03)))
    yield
    for point in points:
        set_pause(point, None)


def expire(group: OrderGroup) -> bool:
    return lifecycle.expire_hold(group_id=group.id, now=group.hold_expires_at)


def one_race(world: World, chance: random.Random, rival: Buyer | None = None) -> OrderGroup:
    """Race payment and expiry (and a rival) for a group whose money is booked."""
    group = place(world)
    capture(pay(world, group).id, group)
    racers: list[Callable[[], Any]] = [
        partial(lifecycle.accept_payment, group_id=group.id, now=now()),
        partial(expire, group),
    ]
    if rival:
        racers.append(rival.place)

    def late(racer: Callable[[], Any], jitter: float) -> Any:
        time.sleep(jitter)
        return racer()

    at_once(
        [partial(late, racer, chance.uniform(0, JITTER_SECONDS)) for racer in racers],
        threads=len(racers),
    )
    group.refresh_from_db()
    return group


def race_many(trials: int, *, seed: int, is_patient: bool = True) -> list[str]:
    """Run races on a stock that is enough; return what went wrong (unless patient, at its first sign)."""
    world, chance = make_world(units=trials), random.Random(seed)
    wrong = []
    for number in range(trials):
        group = one_race(world, chance)
        if group.status != GroupStatus.PAID:
            wrong.append(f"{number}: {group.status}")
        elif units(world) != (trials - number - 1, 0):
            wrong.append(f"{number}: units {units(world)}")
        if wrong and not is_patient:
            return wrong
    sold = Reservation.objects.filter(state=Reservation.State.CONSUMED).count()
    if sold != trials:
        wrong.append(f"{sold} of {trials} sold")
    if Order.objects.exclude(status=OrderStatus.PAID).exists():
        wrong.append("an order is stuck")
    return wrong + [str(violation) for violation in violations()]


@pytest.mark.timeout(120)
def test_payment_against_expiry_sells_every_unit_once() -> None:
    assert race_many(TRIALS_IN_CI, seed=3) == []


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_payment_against_expiry_in_full_sells_every_unit_once() -> None:
    assert race_many(TRIALS, seed=3) == []


@pytest.mark.timeout(120)
def test_payment_against_expiry_without_the_group_s_lock_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with the guard off the same race must be seen to fail."""

    def unlocked(group_id: Any) -> tuple[OrderGroup, list[Order]]:
        group = OrderGroup.objects.get(id=group_id)
        return group, list(group.orders.order_by("id"))

    monkeypatch.setattr(lifecycle, "_locked_group", unlocked)

    assert race_many(TRIALS, seed=3, is_patient=False) != []


def race_for_the_last_unit(trials: int, *, seed: int) -> Counter[str]:
    """The one unit goes to the payer or, after the expiry, to the rival: to exactly one of the two."""
    world, chance = make_world(units=1), random.Random(seed)
    warehouse = Stock.objects.earliest("id").warehouse
    seen: Counter[str] = Counter()
    for number in range(trials):
        (rival,) = ready_buyers(1, [world.offers[0]])
        group = one_race(world, chance, rival)
        theirs = OrderGroup.objects.filter(checkout=rival.checkout_id).first()
        assert (group.status == GroupStatus.PAID) != bool(theirs)
        if theirs:
            assert group.cancel_reason == CancelReason.SOLD_OUT
            assert units(world) == (1, 1)
            lifecycle.cancel_unpaid(
                group_id=theirs.id, reason=CancelReason.BY_BUYER, actor=SYSTEM, now=now()
            )
        else:
            assert units(world) == (0, 0)
            receive_units(world.offers[0], warehouse, 1, key=f"trial:{number}")
        seen[group.status] += 1
        refunded = Refund.objects.filter(payment__reference_id=group.id)
        assert list(refunded.values_list("amount_minor", flat=True)) == (
            [group.total_minor] if theirs else []
        )
    assert violations() == []
    return seen


@pytest.mark.timeout(120)
def test_last_unit_goes_to_the_payer_or_to_the_rival() -> None:
    seen = race_for_the_last_unit(RIVALS_IN_CI, seed=4)
    assert set(seen) <= {GroupStatus.PAID, GroupStatus.CANCELLED}


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_last_unit_in_full_goes_to_the_payer_or_to_the_rival() -> None:
    seen = race_for_the_last_unit(RIVALS, seed=4)
    assert set(seen) == {GroupStatus.PAID, GroupStatus.CANCELLED}
