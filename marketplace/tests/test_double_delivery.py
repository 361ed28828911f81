"""R21: every task twice, in swapped pairs, by two timers at once, by a worker whose clock is off."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from apps.core import clock
from apps.core.invariants import violations
from apps.notifications.models import Delivery
from apps.sandbox.stripe.testing import RunningSandbox, running_sandbox
from marketplace.tests.doubles import BEATS, PROOFS, House, Job, Workers, house_tasks, outcome

CLOCK_OFF = timedelta(minutes=5)

pytestmark = pytest.mark.timeout(300)


def once(jobs: Sequence[Job]) -> Sequence[Job]:
    return jobs


def twice(jobs: Sequence[Job]) -> Sequence[Job]:
    return [job for job in jobs for _ in range(2)]


def swapped(jobs: Sequence[Job]) -> Sequence[Job]:
    """Each pair the other way round, and then once more as it was queued."""
    pairs = (list(reversed(pair)) for pair in itertools.batched(jobs, 2))
    return [*itertools.chain.from_iterable(pairs), *jobs]


class Astray(Workers):
    """Every other run is that of a worker whose clock is five minutes slow, then fast."""

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        off = (timedelta(0), -CLOCK_OFF, CLOCK_OFF)[sum(self.ran.values()) % 3]
        with clock.standing_at(clock.now() + off):
            super().run(name, arguments)


class TwoBeats(Workers):
    """Two timers strike at once: each periodic task is run by two workers in the same moment."""

    def beat(self, moment: Any) -> None:
        def work(job: Job) -> None:
            try:
                with clock.standing_at(moment):
                    self.run(*job)
            finally:
                connections.close_all()

        for job in BEATS:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(work, [job, job]))
        with clock.standing_at(moment):
            self.until_quiet()


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


def lived(sandbox: RunningSandbox, workers: Workers) -> tuple[House, dict[str, Any]]:
    """Fill a house, let its timers strike at every moment, and say what became of it."""
    house_tasks()
    with workers.listening():
        house = House(sandbox, workers)
        house.fill()
        for moment in house.moments:
            workers.beat(moment)
    return house, outcome(sandbox)


# Five orders: one abandoned, two that the seller let lie, two delivered and refunded in part.
EXPECTED: dict[str, Any] = {
    "attempts": {"EXPIRED": 1, "SUCCEEDED": 4},
    "audit": {
        "catalog.category_added": 1,
        "catalog.product_published": 4,
        "orders.cancel": 2,
        "orders.confirm": 3,
        "orders.place": 5,
        "orders.release": 2,
        "orders.ship": 2,
        "payments.escrow_released": 2,
        "payments.payout_available": 2,
        "payments.refund": 4,
        "sellers.activate": 2,
    },
    "broken_seals": 0,
    "charged": [12500000, 12500000, 12500000, 12500000],
    "dead": 0,
    "given_back": [1000000, 1000000, 12500000, 12500000],
    "groups": {"CANCELLED": 1, "PAID": 4},
    "incidents": {},
    "letters": {
        ("order_cancelled", "SENT"): 3,
        ("order_delivered", "SENT"): 2,
        ("order_expired", "SENT"): 1,
        ("order_paid", "SENT"): 4,
        ("order_placed", "SENT"): 5,
        ("order_refunded", "SENT"): 4,
        ("parcel_out", "SENT"): 2,
        ("parcel_shipped", "SENT"): 2,
        ("seller_new_order", "SENT"): 4,
        ("seller_order_cancelled", "SENT"): 2,
        ("seller_settled", "SENT"): 2,
    },
    "mails": 31,
    "orders": {"CANCELLED": 3, "DELIVERED": 2},
    "pages": 5,
    "parcels": {"DELIVERED": 2, "RETURNING": 1},
    "postings": [
        ("AVAILABLE", "SELLER_AVAILABLE", 2, 16200000),
        ("AVAILABLE", "SELLER_PENDING", 2, -16200000),
        ("CAPTURE", "ESCROW", 4, 50000000),
        ("CAPTURE", "PROVIDER_CLEARING", 4, -50000000),
        ("REFUND", "PROVIDER_CLEARING", 4, 27000000),
        ("REFUND", "REFUNDS_IN_TRANSIT", 4, -27000000),
        ("REFUND_REQUEST", "ESCROW", 4, -27000000),
        ("REFUND_REQUEST", "REFUNDS_IN_TRANSIT", 4, 27000000),
        ("RELEASE", "COMMISSION", 2, 1607142),
        ("RELEASE", "DELIVERY", 2, 4464286),
        ("RELEASE", "ESCROW", 2, -23000000),
        ("RELEASE", "SELLER_PENDING", 2, 16200000),
        ("RELEASE", "VAT_PAYABLE", 2, 728572),
    ],
    "refunds": {"SUCCEEDED": 4},
    "runs": {"AGREED"},
    "settlements": {"AVAILABLE": 2},
    "stock": [(48, 0), (50, 0), (50, 0), (50, 0)],
    "waiting": 0,
    "runs_of_one_day": 0,
}


@pytest.mark.usefixtures("committed_db")
def test_every_task_of_the_house_has_its_scene_and_does_its_work(sandbox: RunningSandbox) -> None:
    house, found = lived(sandbox, Workers(once))

    assert sorted(PROOFS) == house_tasks()
    assert set(house.workers.ran) == set(house_tasks())
    assert [name for name, is_done in PROOFS.items() if not is_done(house)] == []
    assert found == EXPECTED
    assert violations() == []


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize(
    "workers",
    [Workers(twice), Workers(swapped), Astray(twice), TwoBeats(twice)],
    ids=["twice", "swapped", "clock_off", "two_beats"],
)
def test_tasks_delivered_again_and_again_change_nothing_more(
    sandbox: RunningSandbox, workers: Workers
) -> None:
    _house, found = lived(sandbox, workers)

    assert found == EXPECTED
    assert violations() == []
    letters = Counter((letter.subject, tuple(letter.to)) for letter in mail.outbox)
    assert sum(letters.values()) == found["mails"]


class Forgetful(Workers):
    """The control: what was sent is forgotten at once, so a repeat sends it again."""

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        super().run(name, arguments)
        if name == "apps.notifications.tasks.deliver":
            Delivery.objects.filter(id=arguments["delivery_id"]).update(state="QUEUED")


@pytest.mark.usefixtures("committed_db")
def test_without_the_note_of_what_was_sent_every_letter_leaves_twice(
    sandbox: RunningSandbox,
) -> None:
    _house, found = lived(sandbox, Forgetful(twice))

    assert found["mails"] == 2 * EXPECTED["mails"]
    assert found["postings"] == EXPECTED["postings"]
