"""Run the outbox relay: one process, or several that share the partitions."""

import signal
import time
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection

from apps.core import clock
from apps.core.services.relay import deliver_batch

log = structlog.get_logger(__name__)

# First half of the two-number advisory lock; the second is the partition.
LOCK_CLASS = 74_011
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
        self.owned: set[int] = set()
        self.claimed_at = 0.0
        while not self.is_stopping:
            try:
                self._claim()
                count = deliver_batch(partitions=sorted(self.owned), now=clock.now())
            except OperationalError:
                # The locks went with the connection: start again from nothing.
                log.warning("relay_lost_database", exc_info=True)
                self.owned, self.claimed_at = set(), 0.0
                connection.close()
                time.sleep(1)
                continue
            if options["once"] and not count:
                break
            if not count:
                time.sleep(IDLE_SECONDS)

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _claim(self) -> None:
        """Take the partitions that no other relay holds; session locks on the delivering connection."""
        if time.monotonic() - self.claimed_at < CLAIM_EVERY_SECONDS and self.claimed_at:
            return
        self.claimed_at = time.monotonic()
        if not self.owned:
            close_old_connections()
        with connection.cursor() as cursor:
            for partition in set(range(settings.OUTBOX_PARTITIONS)) - self.owned:
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, partition])
                if cursor.fetchone()[0]:
                    self.owned.add(partition)
