"""R21: every task twice, in swapped pairs, by two workers at once, by one whose clock is off."""

import contextlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.db import connections

from apps.core import clock
from apps.core.invariants import violations
from apps.documents.services import filing
from apps.notifications.models import Delivery
from apps.notifications.services import BeingSent
from apps.sandbox.stripe.testing import RunningSandbox, running_sandbox
from marketplace.tests.doubles import Job, Workers, house_tasks
from marketplace.tests.doubles_house import PROOFS, House
from marketplace.tests.doubles_outcome import outcome

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


class TwoAtOnce(Workers):
    """Two timers strike at once, and each job is with two workers in the same moment."""

    def carry_out(self, jobs: Sequence[Job]) -> None:
        with ThreadPoolExecutor(2) as pool:
            for name, arguments in jobs:
                both(pool, partial(self.run, name, arguments))
            both(pool, connections.close_all)

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        # Who finds that the other is sending a letter comes again after the lease, in vain.
        with contextlib.suppress(BeingSent, Retry):
            super().run(name, arguments)


def both(pool: ThreadPoolExecutor, work: Callable[[], None]) -> None:
    """Let each of the pool's two threads do it in the same moment, by this thread's clock."""
    start = threading.Barrier(2)

    def begin() -> None:
        start.wait(20)
        work()

    for one in [pool.submit(copy_context().run, begin) for _ in range(2)]:
        one.result()


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


@pytest.fixture
def plain_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few bytes: printing is half of the time, and it is done in earnest by the first test."""
    monkeypatch.setattr(filing, "pdf_of", lambda **given: repr(given["facts"]).encode())


def lived(sandbox: RunningSandbox, workers: Workers) -> tuple[House, dict[str, Any]]:
    """Fill a house, let its timers strike at every moment, and say what became of it."""
    with workers.listening():
        house = House(sandbox, workers)
        house.fill()
        for moment in house.moments:
            workers.beat(moment)
            sandbox.settle_payouts()
    return house, outcome(sandbox)


# Nine orders: one abandoned, two that their seller let lie, two delivered and refunded in part, one that
# came back, one in dispute, one of the second shop, whose money is paid out in roubles, one that the
# buyer's bank took back.
EXPECTED: dict[str, Any] = {
    "accounts": 1,
    "attempts": {
        "EXPIRED": 1,
        "SUCCEEDED": 8,
    },
    "audit": {
        "catalog.category_added": 1,
        "catalog.keeper_dropped": 1,
        "catalog.keeper_set": 1,
        "catalog.product_published": 4,
        "orders.cancel": 2,
        "orders.chargeback_lost": 1,
        "orders.chargeback_opened": 1,
        "orders.confirm": 7,
        "orders.dispute_in_arbitration": 1,
        "orders.dispute_open": 1,
        "orders.place": 9,
        "orders.release": 4,
        "orders.return_approved": 1,
        "orders.return_in_transit": 1,
        "orders.return_received": 1,
        "orders.return_refunded": 1,
        "orders.return_request": 1,
        "orders.ship": 6,
        "payments.chargeback_borne": 1,
        "payments.chargeback_evidence": 1,
        "payments.chargeback_lost": 1,
        "payments.chargeback_opened": 1,
        "payments.escrow_held": 1,
        "payments.escrow_released": 3,
        "payments.payout_account_opened": 1,
        "payments.payout_account_verified": 1,
        "payments.payout_available": 3,
        "payments.payout_requested": 1,
        "payments.payout_schedule_set": 1,
        "payments.refund": 5,
        "sellers.activate": 2,
    },
    "broken_seals": 0,
    "charged": [12500000] * 7 + [17350000],
    "dead": 0,
    "disputes": {
        "IN_ARBITRATION": 1,
    },
    "documents": {
        "RECEIPT": 8,
        "REFUND_RECEIPT": 5,
        "STATEMENT": 2,
    },
    "files": {
        "RECEIPT": 8,
        "REFUND_RECEIPT": 5,
        "STATEMENT": 2,
    },
    "files_for_one_key": {1},
    "given_back": [1000000, 1000000, 12500000, 12500000, 12500000],
    "groups": {
        "CANCELLED": 1,
        "PAID": 8,
    },
    "incidents": {},
    "invitations": 6,
    "letters": {
        ("case_news", "SENT"): 6,
        ("order_cancelled", "SENT"): 3,
        ("order_delivered", "SENT"): 6,
        ("order_expired", "SENT"): 1,
        ("order_paid", "SENT"): 8,
        ("order_placed", "SENT"): 9,
        ("order_refunded", "SENT"): 5,
        ("parcel_out", "SENT"): 6,
        ("parcel_shipped", "SENT"): 6,
        ("review_invitation", "SENT"): 5,
        ("seller_bank_changed", "SENT"): 1,
        ("seller_case_news", "SENT"): 6,
        ("seller_chargeback", "SENT"): 1,
        ("seller_chargeback_ended", "SENT"): 1,
        ("seller_new_order", "SENT"): 8,
        ("seller_order_cancelled", "SENT"): 2,
        ("seller_payout_sent", "SENT"): 1,
        ("seller_settled", "SENT"): 3,
    },
    "mails": 78,
    "orders": {
        "CANCELLED": 3,
        "DELIVERED": 5,
        "RETURNED": 1,
    },
    "pages": 9,
    "paid_out": [89100],
    "parcels": {
        "DELIVERED": 6,
        "RETURNING": 1,
    },
    "payouts": {
        ("SCHEDULED", "PAID"): 1,
    },
    "postings": [
        ("AVAILABLE", "SELLER_AVAILABLE", 3, 16289100),
        ("AVAILABLE", "SELLER_PENDING", 3, -16289100),
        ("CAPTURE", "ESCROW", 8, 104850000),
        ("CAPTURE", "PROVIDER_CLEARING", 8, -104850000),
        ("CHARGEBACK", "CHARGEBACKS_OPEN", 1, -12500000),
        ("CHARGEBACK", "CHARGEBACK_FEES", 1, -19000000),
        ("CHARGEBACK", "PROVIDER_CLEARING", 1, 31500000),
        ("CHARGEBACK_LOST", "CHARGEBACKS_OPEN", 1, 12500000),
        ("CHARGEBACK_LOST", "ESCROW", 1, -12500000),
        ("PAYOUT", "PAYOUTS_IN_TRANSIT", 1, -89100),
        ("PAYOUT", "PROVIDER_CLEARING", 1, 89100),
        ("PAYOUT_REQUEST", "PAYOUTS_IN_TRANSIT", 1, 89100),
        ("PAYOUT_REQUEST", "SELLER_AVAILABLE", 1, -89100),
        ("REFUND", "PROVIDER_CLEARING", 5, 39500000),
        ("REFUND", "REFUNDS_IN_TRANSIT", 5, -39500000),
        ("REFUND_REQUEST", "ESCROW", 5, -39500000),
        ("REFUND_REQUEST", "REFUNDS_IN_TRANSIT", 5, 39500000),
        ("RELEASE", "COMMISSION", 3, 2933035),
        ("RELEASE", "DELIVERY", 3, 6696429),
        ("RELEASE", "ESCROW", 3, -40350000),
        ("RELEASE", "FX", 2, 13275900),
        ("RELEASE", "SELLER_PENDING", 3, 16289100),
        ("RELEASE", "VAT_PAYABLE", 3, 1155536),
    ],
    "refunds": {
        "SUCCEEDED": 6,
    },
    "returns": {
        "REFUNDED": 1,
    },
    "runs": {"AGREED"},
    "runs_of_one_day": 0,
    "settlements": {
        "AVAILABLE": 3,
    },
    "stock": [
        (45, 0),
        (49, 0),
        (50, 0),
        (50, 0),
    ],
    "transferred": [89100],
    "waiting": 0,
}


@pytest.mark.usefixtures("committed_db")
def test_every_task_of_the_house_has_its_scene_and_does_its_work(sandbox: RunningSandbox) -> None:
    house, found = lived(sandbox, Workers(once))

    assert sorted(PROOFS) == house_tasks()
    assert set(house.workers.ran) == set(house_tasks())
    assert [name for name, is_done in PROOFS.items() if not is_done(house)] == []
    assert found == EXPECTED
    assert violations() == []


@pytest.mark.usefixtures("committed_db", "plain_printer")
@pytest.mark.parametrize(
    "workers",
    [Workers(twice), Workers(swapped), Astray(twice), TwoAtOnce(once)],
    ids=["twice", "swapped", "clock_off", "two_at_once"],
)
def test_tasks_delivered_again_and_again_change_nothing_more(
    sandbox: RunningSandbox, workers: Workers
) -> None:
    _house, found = lived(sandbox, workers)

    assert found == EXPECTED
    assert violations() == []
    letters = Counter((letter.subject, tuple(letter.to)) for letter in mail.outbox)
    assert sum(letters.values()) == found["mails"]


# What is sent before any timer strikes.
LETTERS_OF_THE_FIRST_DAY = 57


class Forgetful(Workers):
    """The control: what was sent is forgotten at once, so a repeat sends it again."""

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        super().run(name, arguments)
        if name == "apps.notifications.tasks.deliver":
            Delivery.objects.filter(id=arguments["delivery_id"]).update(state="QUEUED")


@pytest.mark.usefixtures("committed_db", "plain_printer")
def test_without_the_note_of_what_was_sent_every_letter_leaves_twice(
    sandbox: RunningSandbox,
) -> None:
    workers = Forgetful(twice)
    with workers.listening():
        House(sandbox, workers).fill()

    assert Delivery.objects.count() == LETTERS_OF_THE_FIRST_DAY
    assert len(mail.outbox) == 2 * LETTERS_OF_THE_FIRST_DAY
