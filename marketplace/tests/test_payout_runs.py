"""R14: payout runs at once, killed in the middle, a provider whose answers are lost after the effect."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from apps.core.invariants import violations
from apps.core.viewer import SYSTEM
from apps.payments.models import Incident, Payout, PayoutSchedule
from apps.payments.services import payout_schedules
from apps.payments.tests.payouts import balances, ready_payee, uzs
from apps.payments.tests.world import now
from apps.payments.types_payouts import PayoutRhythm, PayoutState
from apps.sandbox.stripe.testing import RunningSandbox, running_sandbox
from marketplace.local_stack import ROOT
from marketplace.local_stack.children import bound_to_parent, end
from marketplace.tests import figures
from marketplace.tests.web_processes import _environment

pytestmark = pytest.mark.usefixtures("committed_db")

# The named smaller size of `make test`, and the full one.
CI = {"payees": 14, "kills": 5, "seconds": 50}
FULL = {"payees": 150, "kills": 25, "seconds": 600}
RUNNERS = 2
LOST_PERCENT = 30
GOOD, NO_ACCOUNT = "000123456789", "000111111116"
OVER = (PayoutState.PAID, PayoutState.FAILED)


@pytest.fixture
def sandbox(settings: object) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


@dataclass
class Runners:
    """Payout runs as processes: each one that is killed is followed by another."""

    url: str
    arguments: tuple[str, ...] = ()
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "marketplace.tests.payout_worker", *self.arguments]
        environment = _environment({"STRIPE_API_BASE": self.url}, "http://shop.test")
        self.running.append(
            subprocess.Popen(
                bound_to_parent(command),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=ROOT,
                env=environment,
            )
        )

    def kill_one(self) -> None:
        process = self.running.pop(0)
        assert process.poll() is None, "a run ended by itself"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.start()


@contextmanager
def runners(sandbox: RunningSandbox, *arguments: str) -> Iterator[Runners]:
    both = Runners(sandbox.url, arguments)
    try:
        for _ in range(RUNNERS):
            both.start()
        yield both
    finally:
        for process in both.running:
            end(process)


def payees_with_a_schedule(number: int) -> list[UUID]:
    """Every seventh has a bank that sends the money back."""
    found = []
    for index in range(number):
        payee_id = ready_payee(uzs(500_000 + index), bank=NO_ACCOUNT if index % 7 == 3 else GOOD)
        row = PayoutSchedule(payee_id=payee_id, currency="UZS", rhythm=PayoutRhythm.DAILY)
        payout_schedules.set_schedule(schedule=row, actor=SYSTEM, now=now() - timedelta(days=2))
        found.append(payee_id)
    return found


def lose_answers(sandbox: RunningSandbox) -> None:
    sandbox.fault(
        "timeout_after",
        "POST /v1/(transfers|payouts)(/.*)?",
        times=1_000_000,
        percent=LOST_PERCENT,
    )
    sandbox.engine.connect.payout_seconds = 1


def is_over(number: int) -> bool:
    return Payout.objects.filter(state__in=OVER).count() == number


def run(sandbox: RunningSandbox, size: dict[str, int]) -> float:
    """Run until every payout is over, killing a run now and then; check the books and the provider's."""
    chance = random.Random(14)
    payees = payees_with_a_schedule(size["payees"])
    lose_answers(sandbox)
    begun = time.monotonic()
    with runners(sandbox) as both:
        kills = 0
        while not (is_over(len(payees)) and kills == size["kills"]):
            assert time.monotonic() - begun < size["seconds"], states()
            # Not before there is something to break into.
            if kills < size["kills"] and len(sandbox.transfers()) > kills * 2:
                time.sleep(chance.random() / 2)
                both.kill_one()
                kills += 1
            time.sleep(0.05)
    took = time.monotonic() - begun
    check_each_once(sandbox, payees)
    return took


def states() -> Counter[str]:
    return Counter(Payout.objects.values_list("state", flat=True))


def check_each_once(sandbox: RunningSandbox, payees: list[UUID]) -> None:
    rows = list(Payout.objects.all())
    assert Counter(row.payee_id for row in rows) == dict.fromkeys(payees, 1)
    by_provider = Counter(row["metadata"]["payout_id"] for row in sandbox.transfers())
    assert by_provider == {str(row.id): 1 for row in rows}
    assert Counter(row["metadata"]["payout_id"] for row in sandbox.payouts()) == by_provider
    paid = {str(row.id): row.amount_minor for row in rows if row.state == PayoutState.PAID}
    assert sandbox.paid_out() == paid
    for row in rows:
        (transfer,) = [t for t in sandbox.transfers() if t["id"] == row.provider_transfer_id]
        is_back = row.state == PayoutState.FAILED
        assert transfer["amount"] == row.amount_minor
        assert transfer["amount_reversed"] == (row.amount_minor if is_back else 0)
        assert balances(row.payee_id, row) == ((row.amount_minor if is_back else 0), 0)
    failed = sum(row.state == PayoutState.FAILED for row in rows)
    assert failed == len([index for index in range(len(payees)) if index % 7 == 3])
    assert any(row.unknown_at for row in rows), "no answer was lost"
    assert Incident.objects.count() == 0
    assert violations() == []


@pytest.mark.timeout(120)
def test_payout_runs_at_once_killed_and_unanswered_pay_each_payout_once(
    sandbox: RunningSandbox,
) -> None:
    run(sandbox, CI)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_payout_runs_in_full_pay_each_payout_once(sandbox: RunningSandbox) -> None:
    seconds = run(sandbox, FULL)
    figures.note("R14", payouts=FULL["payees"], kills=FULL["kills"], seconds=seconds)


@pytest.mark.timeout(120)
def test_payout_runs_that_send_again_blindly_pay_twice(sandbox: RunningSandbox) -> None:
    """The control: other keys each time and no look at what is there."""
    payees = payees_with_a_schedule(8)
    lose_answers(sandbox)
    deadline = time.monotonic() + 40
    with runners(sandbox, "blind"):
        while len(sandbox.transfers()) <= len(payees) and time.monotonic() < deadline:
            time.sleep(0.1)

    by_payout = Counter(row["metadata"]["payout_id"] for row in sandbox.transfers())
    assert max(by_payout.values()) > 1
