"""SMTP with a connection that is kept for the next letter: a greeting and a handshake take longer than a letter."""

import os
import select
import smtplib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

# Well below the five minutes that servers wait (RFC 5321, 4.5.3.2.7).
KEEP_SECONDS = 60


@dataclass
class _Kept(threading.local):
    """This thread's open connection, of the process that opened it."""

    connection: smtplib.SMTP | None = None
    server: tuple[Any, ...] = ()
    used_at: float = 0.0


_kept = _Kept()


class KeptConnectionBackend(EmailBackend):
    """Django's backend; a thread's connection stays open between letters.

    One that is old, or whose server has hung up, is left for a new one. Whatever goes wrong ends it: a letter
    is never sent a second time by itself.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        server = (os.getpid(), self.host, self.port, self.username, self.use_tls, self.use_ssl)
        if _kept.server != server or not _is_usable(_kept.connection):
            close_kept()
        self.connection, _kept.connection = _kept.connection, None
        try:
            self.open()
            sent: int = super().send_messages(email_messages)
        except BaseException:
            if self.connection is not None:
                self.connection.close()
            raise
        else:
            _kept.connection, _kept.server = self.connection, server
            _kept.used_at = time.monotonic()
            return sent
        finally:
            self.connection = None


def close_kept() -> None:
    """Hang up this thread's connection, if it has one."""
    if _kept.connection is not None:
        _kept.connection.close()
    _kept.connection = None


def _is_usable(connection: smtplib.SMTP | None) -> bool:
    """Whether it is young, and silent: a server that hangs up says so, and its last word waits in the socket."""
    if connection is None or connection.sock is None:
        return False
    if time.monotonic() - _kept.used_at > KEEP_SECONDS:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)
