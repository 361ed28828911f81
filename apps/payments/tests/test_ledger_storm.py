"""R08: four processes at the ledger at random, from one seed; killed, and started again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.models import Sum
from psycopg import sql

from apps.core.tests.beside import ROOT, beside
from apps.payments.models import (
    Incident,
    JournalEntry,
    LedgerAccount,
    PaymentAllocation,
    Payout,
    Posting,
    Settlement,
)
from apps.payments.tests.chargebacks import own
from apps.payments.tests.ledger_plan import PAYEES, ROUBLES, Kind, Plan, plan_of
from apps.payments.tests.ledger_worker import NOW, acknowledged
from apps.payments.tests.payouts import plain_account
from apps.payments.tests.world import assert_consistent
from marketplace.local_stack.postgres import APPLICATION, SUPERUSER, LocalPostgres
from marketplace.tests import figures

SEED = "storm-8"
# What every run does; a hundred thousand are for the night.
IN_SHORT = 10_000
PROCESSES = 4
PATIENCE_SECONDS = 3600


@dataclass
class Storm:
    """Processes with their plans; each acknowledges into a file of its own."""

    folder: Path
    operations: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def each(self) -> int:
        return self.operations // PROCESSES

    def seed(self, number: int) -> str:
        return f"{SEED}:{number}"

    def file(self, number: int) -> Path:
        return self.folder / f"acknowledged-{number}"

    def plans(self) -> list[Plan]:
        return [plan_of(self.seed(number), self.each) for number in range(PROCESSES)]

    def keys(self) -> set[str]:
        """The entries that were acknowledged."""
        listed = [acknowledged(self.file(number)) for number in range(PROCESSES)]
        return {key for keys in listed for key in keys if key}

    def done(self) -> int:
        return sum(len(acknowledged(self.file(number))) for number in range(PROCESSES))

    def start(self, numbers: Sequence[int] = range(PROCESSES)) -> None:
        if not self.started:
            open_accounts()
        for number in numbers:
            command = [sys.executable, "-m", "apps.payments.tests.ledger_worker"]
            arguments = [self.seed(number), str(self.each), str(self.file(number))]
            process = subprocess.Popen([*command, *arguments], cwd=ROOT, env=beside())
            if number < len(self.started):
                self.started[number] = process
            else:
                self.started.append(process)

    def wait(self) -> list[int]:
        return [process.wait(PATIENCE_SECONDS) for process in self.started]

    def kill(self, numbers: Sequence[int] = range(PROCESSES)) -> None:
        for number in numbers:
            self.started[number].kill()
            self.started[number].wait()

    def wait_for(self, operations: int) -> None:
        """Until so many are acknowledged, or all processes have ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.done() < operations and any(one.poll() is None for one in self.started):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture
def storm_of(tmp_path: Path) -> Iterator[list[Storm]]:
    made: list[Storm] = []
    yield made
    for storm in made:
        storm.kill(range(len(storm.started)))


# What chargebacks left on the marketplace's accounts, by the plan's word for it.
OWN_ACCOUNTS = {
    "CHARGEBACKS_OPEN": "claims",
    "CHARGEBACK_FEES": "fees",
    "CHARGEBACK_LOSS": "losses",
}


def assert_books_are_as_planned(storm: Storm) -> None:
    """Every share, every count of entries, zero in sum: as the plans say, to the minor unit."""
    plans = storm.plans()
    escrows = dict(
        LedgerAccount.objects.filter(kind="ESCROW").values_list("owner_id", "balance_minor")
    )
    refunded = dict(PaymentAllocation.objects.values_list("reference_id", "refunded_minor"))
    settled = {
        row.reference_id: row.left for row in Settlement.objects.prefetch_related("reversals")
    }
    for share in (share for plan in plans for share in plan.shares):
        assert escrows[str(share.reference_id)] == share.escrow
        assert refunded[share.reference_id] == share.refunded
        assert settled.get(share.reference_id) == share.left
    assert len(refunded) == sum(len(plan.shares) for plan in plans)
    for currency in ("UZS", "USD"):
        for kind, name in OWN_ACCOUNTS.items():
            planned = sum(getattr(plan, name).get(currency, 0) for plan in plans)
            assert own(kind, currency) == -planned
    assert Incident.objects.exclude(kind="REFUND_FAILED").count() == 0

    expected = sum((Counter(plan.counts) for plan in plans), Counter())
    expected += of_payouts()
    booked = Counter(JournalEntry.objects.exclude(kind="AVAILABLE").values_list("kind", flat=True))
    assert booked == expected
    sums = Posting.objects.values("currency").annotate(sum=Sum("amount_minor"))
    assert {row["currency"]: row["sum"] for row in sums} == {"UZS": 0, "USD": 0, "RUB": 0}
    assert_consistent()


def of_payouts() -> Counter[str]:
    """The entries that the payouts have, by what became of each; some of each kind there are."""
    states = Counter(Payout.objects.values_list("state", flat=True))
    assert set(states) <= {"HELD", "CREATED", "PAID", "STOPPED"}
    return Counter(
        PAYOUT_REQUEST=states.total(), PAYOUT=states["PAID"], PAYOUT_RETURNED=states["STOPPED"]
    )


def open_accounts() -> None:
    """Banks of all payees, in every currency that they are paid in."""
    for payee_id in PAYEES:
        for currency in ("RUB",) if payee_id == ROUBLES else ("UZS", "USD"):
            plain_account(payee_id, currency=currency, now=NOW - timedelta(days=30))


def lost(storm: Storm) -> set[str]:
    """What was acknowledged and is not in the journal."""
    keys = storm.keys()
    return keys - set(JournalEntry.objects.filter(key__in=keys).values_list("key", flat=True))


def test_plan_of_a_seed_is_the_same_each_time_and_holds_every_operation() -> None:
    plan = plan_of(SEED, 500)

    assert plan.operations == plan_of(SEED, 500).operations
    assert plan.operations != plan_of("other", 500).operations
    kinds = Counter(operation.kind for operation in plan.operations)
    assert set(kinds) == set(Kind)
    assert len(plan.operations) - len(set(plan.operations)) > 500 * 0.03
    assert any(operation.split and operation.key for operation in plan.operations)


def test_long_plan_charges_no_payment_back_twice() -> None:
    plan = plan_of(f"{SEED}:1", 25_000)

    charged = {one for one in plan.operations if one.kind == Kind.CHARGE_BACK}
    assert len(charged) == plan.counts["CHARGEBACK"]
    assert len({one.reference_id for one in charged}) == len(charged)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("committed_db")
def test_random_operations_of_four_processes_leave_true_books(
    storm_of: list[Storm], tmp_path: Path
) -> None:
    storm = Storm(tmp_path, operations=IN_SHORT)
    storm_of.append(storm)
    begun = time.monotonic()
    storm.start()
    storm.wait_for(1)
    first = time.monotonic()

    assert storm.wait() == [0] * PROCESSES
    seconds = time.monotonic() - first
    figures.note(
        "R08",
        operations=IN_SHORT,
        seconds=time.monotonic() - begun,
        per_second=storm.done() / seconds,
    )

    assert storm.done() == IN_SHORT
    assert lost(storm) == set()
    assert_books_are_as_planned(storm)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("committed_db")
def test_process_that_was_killed_goes_on_where_it_was(
    storm_of: list[Storm], tmp_path: Path
) -> None:
    storm = Storm(tmp_path, operations=400)
    storm_of.append(storm)
    storm.start()
    storm.wait_for(100)
    storm.kill([0, 2])
    assert lost(storm) == set()
    storm.start([0, 2])

    assert storm.wait() == [0] * PROCESSES
    assert storm.done() == 400
    assert_books_are_as_planned(storm)


class Mortal(LocalPostgres):
    """A cluster of its own that dies at once, all its processes with it."""

    def kill(self) -> None:
        assert self._process is not None
        postmaster = self._process.pid
        os.kill(postmaster, signal.SIGSTOP)  # it must not tidy up after its children
        children = _children(postmaster)
        for pid in (postmaster, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            time.sleep(0.02)


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(status.parent.name))
    return found


@pytest.fixture
def mortal(tmp_path: Path, django_db_blocker: pytest.FixtureRequest) -> Iterator[Mortal]:
    """The database of this test, durable, on a server that may be killed."""
    server = Mortal(tmp_path / "postgres", is_durable=True)
    kept = {alias: dict(settings.DATABASES[alias]) for alias in ("default", "owner")}
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        try:
            server.start()
            server.ensure_database("karvon")
            move_to(server)
            call_command("migrate", database="owner", verbosity=0)
            yield server
        finally:
            connections.close_all()
            server.stop()
            for alias, given in kept.items():
                _point(alias, given)


def move_to(server: Mortal) -> None:
    """Point this process, and those that it starts, at the server's port of now."""
    for alias, role in (("default", APPLICATION), ("owner", "karvon_owner")):
        _point(
            alias,
            {"HOST": "127.0.0.1", "PORT": str(server.port), "NAME": "karvon", "USER": role},
        )


def _point(alias: str, given: dict[str, object]) -> None:
    connections[alias].close()
    settings.DATABASES[alias] |= given
    connections[alias].settings_dict |= given


def die_and_rise(server: Mortal, storm: Storm) -> None:
    """Kill the server under its clients; start it, look for what was acknowledged, go on."""
    server.kill()
    storm.kill()
    server.start()
    move_to(server)
    assert lost(storm) == set()
    storm.start()


def run_with_deaths(server: Mortal, storm: Storm, deaths: int) -> None:
    chance = random.Random(SEED)
    begun = time.monotonic()
    storm.start()
    for number in range(1, deaths + 1):
        storm.wait_for(storm.operations * number // (deaths + 1))
        if number % 2:
            die_and_rise(server, storm)
        else:
            victim = chance.randrange(PROCESSES)
            storm.kill([victim])
            storm.start([victim])
    assert storm.wait() == [0] * PROCESSES
    seconds = time.monotonic() - begun
    figures.note(
        f"R08 {storm.operations}",
        deaths=deaths,
        seconds=seconds,
        per_second=storm.operations / seconds,
    )
    assert storm.done() == storm.operations
    assert lost(storm) == set()
    assert_books_are_as_planned(storm)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("operations", "deaths"), [(10_000, 12), (100_000, 20)])
def test_storm_in_full_survives_deaths_of_workers_and_of_the_server(
    mortal: Mortal, storm_of: list[Storm], tmp_path: Path, operations: int, deaths: int
) -> None:
    storm = Storm(tmp_path, operations=operations)
    storm_of.append(storm)

    run_with_deaths(mortal, storm, deaths)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_without_waiting_for_the_disk_a_death_loses_what_was_acknowledged(
    mortal: Mortal, storm_of: list[Storm], tmp_path: Path
) -> None:
    """The control: `synchronous_commit = off`, and a writer that takes its time."""
    with psycopg.connect(mortal.url(SUPERUSER, "karvon"), autocommit=True) as session:
        session.execute(
            sql.SQL("ALTER ROLE {} SET synchronous_commit = off").format(
                sql.Identifier(APPLICATION)
            )
        )
        session.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        session.execute("SELECT pg_reload_conf()")
    storm = Storm(tmp_path, operations=4_000)
    storm_of.append(storm)
    storm.start()
    storm.wait_for(400)

    mortal.kill()
    storm.kill()
    mortal.start()
    move_to(mortal)

    assert len(lost(storm)) >= 1
    assert_consistent()
