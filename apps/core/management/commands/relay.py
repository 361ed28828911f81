"""Run the outbox relay: one process, or several that share the partitions evenly.

Invariant: a partition has one owner, the process whose connection holds its advisory lock.
"""

import signal
import time
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from apps.core import clock
from apps.core.services.relay import deliver_batch

log = structlog.get_logger(__name__)

# First half of the two-number advisory lock; the second is the partition.
LOCK_CLASS = 74_011
# Every running relay holds this one shared: whoever counts its holders knows the size of a share.
PRESENCE_CLASS = 74_012
_RELAYS = """
SELECT count(DISTINCT pid) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
IDLE_SECONDS = 0.1
CLAIM_EVERY_SECONDS = 5


class Command(BaseCommand):
    help = "Deliver outbox events to their handlers, in order per aggregate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._own_nothing()
        while not self.is_stopping:
            try:
                self._claim()
                count = deliver_batch(partitions=sorted(self.owned), now=clock.now())
            except OperationalError:
                # The locks went with the connection: start again from nothing.
                log.warning("relay_lost_database", exc_info=True)
                self._own_nothing()
                connection.close()
                time.sleep(1)
                continue
            if options["once"] and not count:
                break
            if not count:
                time.sleep(IDLE_SECONDS)

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _own_nothing(self) -> None:
        self.owned: set[int] = set()
        self.is_present = False
        self.claimed_at = 0.0

    def _claim(self) -> None:
        """Take free partitions up to this relay's share, give back what is above it.

        Session locks on the delivering connection, between two batches: what is given back is idle.
        """
        if self.claimed_at and time.monotonic() - self.claimed_at < CLAIM_EVERY_SECONDS:
            return
        self.claimed_at = time.monotonic()
        with connection.cursor() as cursor:
            if not self.is_present:
                cursor.execute("SELECT pg_advisory_lock_shared(%s, 0)", [PRESENCE_CLASS])
                self.is_present = True
            cursor.execute(_RELAYS, [PRESENCE_CLASS])
            share = -(-settings.OUTBOX_PARTITIONS // cursor.fetchone()[0])
            for partition in sorted(self.owned)[share:]:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, partition])
                self.owned.remove(partition)
            for partition in set(range(settings.OUTBOX_PARTITIONS)) - self.owned:
                if len(self.owned) >= share:
                    break
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, partition])
                if cursor.fetchone()[0]:
                    self.owned.add(partition)
