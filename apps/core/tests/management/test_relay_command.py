"""manage.py relay: processes that share the partitions, and one that takes over from the dead."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from apps.core.management.commands.relay import LOCK_CLASS
from apps.core.models import OutboxEvent
from apps.core.outbox import emit
from apps.core.tests.beside import ROOT, beside, until
from apps.core.tests.world import ThingChanged

EVERY = set(range(settings.OUTBOX_PARTITIONS))


@pytest.fixture
def start(committed_db: None) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(ROOT / "manage.py"), "relay", *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, env=beside()))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def _owners() -> dict[int, set[int]]:
    """Which connection holds which partitions, as PostgreSQL sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        owners: dict[int, set[int]] = {}
        for pid, partition in cursor.fetchall():
            owners.setdefault(pid, set()).add(partition)
    return owners


def _emit(start_at: int) -> None:
    with transaction.atomic():
        for number in range(start_at, start_at + 40):
            emit(ThingChanged(str(number)))


def _waiting() -> int:
    return OutboxEvent.objects.filter(sent_at=None).count()


@pytest.mark.timeout(240)
def test_two_relays_own_distinct_halves_and_the_survivor_takes_all(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    first, second = start(), start()
    half = settings.OUTBOX_PARTITIONS // 2
    until(lambda: sorted(map(len, _owners().values())) == [half, half], "two halves")
    owners = _owners()
    assert set.union(*owners.values()) == EVERY
    _emit(0)
    until(lambda: _waiting() == 0, "all is sent")

    first.send_signal(signal.SIGKILL)
    first.wait()
    _emit(100)

    until(lambda: _waiting() == 0, "all is sent by the one that is left")
    assert list(_owners().values()) == [EVERY]
    assert set(_owners()) < set(owners)
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=30) == 0
    until(lambda: _owners() == {}, "nothing is owned")


def test_relay_once_delivers_what_is_due_and_ends(committed_db: None) -> None:
    _emit(0)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("relay", "--once")
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    assert _waiting() == 0
    assert list(_owners().values()) == [EVERY]
