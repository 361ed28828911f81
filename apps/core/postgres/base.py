"""Whether a kept connection is still usable, at the start of a request: seen at the socket, mostly not asked."""

import select
import time

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus

# A line that died without a word shows only in an answer that does not come.
ASK_AFTER_IDLE_SECONDS = 30


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ended a session has hung up, and a socket tells that without a round trip."""

    _seen_at = 0.0

    def is_usable(self) -> bool:
        """Ask the server after an error, after a pause, or when something lies unread; else look."""
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
