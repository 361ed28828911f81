"""Connections of the shop: how their numbers are sent, and whether a kept one is still usable."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Connection
from psycopg.pq import ConnStatus
from psycopg.types.numeric import Int8Dumper

# A line that died without a word shows only in an answer that does not come.
ASK_AFTER_IDLE_SECONDS = 30


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "apps.core.postgres.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """Sends every int as bigint, and looks at a kept connection's socket before it asks the server."""

    ops_class = DatabaseOperations
    _seen_at = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Open one. A prepared statement belongs to the types of its parameters: by their size ints
        would be smallint, integer or bigint, and a row of five of them 243 statements.
        """
        connection: Connection[Any] = super().get_new_connection(conn_params)
        connection.adapters.register_dumper(int, Int8Dumper)
        return connection

    def is_usable(self) -> bool:
        """Ask the server after an error, after a pause, or when something lies unread; else look.

        A server that ended a session has hung up, and a socket tells that without a round trip.
        """
        now = time.monotonic()
        is_recent = now - self._seen_at < ASK_AFTER_IDLE_SECONDS
        if is_recent and not self.errors_occurred and self._is_quiet():
            self._seen_at = now
            return True
        is_answered: bool = super().is_usable()
        self._seen_at = now if is_answered else 0.0
        return is_answered

    def _is_quiet(self) -> bool:
        """Whether the connection stands and nothing unread, such as the server's last word, waits in it."""
        if self.connection is None or self.connection.pgconn.status != ConnStatus.OK:
            return False
        poll = select.poll()
        poll.register(self.connection.pgconn.socket, select.POLLIN)
        return not poll.poll(0)
