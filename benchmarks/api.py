"""A lean client of the API for journeys of several requests, and processes full of such clients.

It shares the cores with what it measures, so it reads no more of HTTP than the shop writes.
"""

import json
import multiprocessing
import re
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Barrier, Thread
from typing import Any

from benchmarks.wire import Request

PROCESSES = 2
PATIENCE_SECONDS = 60
CHUNK = 65_536
HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Unexpected(RuntimeError):
    """The API answered with another status than the journey needs."""


@dataclass
class Client:
    """One virtual user: an address, and the token of the cart once there is one."""

    host: str
    address: str
    cart_token: str = ""

    def __post_init__(self) -> None:
        host, _, port = self.host.partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Send a body as JSON; return the status, and the answer's JSON.

        :raises OSError: no whole answer came
        """
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        if self.cart_token:
            headers["X-Cart-Token"] = self.cart_token
        content = json.dumps(body).encode()
        request = Request(
            f"/api/v1/{path}", method, headers=headers, body=content, address=self.address
        )
        self._socket.sendall(request.encoded(self.host))
        head, _, found = self._received(b"", HEAD_END).partition(HEAD_END)
        if (length := _LENGTH.search(head)) is None:
            raise OSError("an answer without a length")
        found = self._received(found, length=int(length[1]))
        return int(head[9:12]), json.loads(found) if found else None

    def _received(self, found: bytes, until: bytes = b"", *, length: int = 0) -> bytes:
        """Read on until there are `length` bytes, with `until` among them."""
        while len(found) < length or until not in found:
            more = self._socket.recv(CHUNK)
            if not more:
                raise OSError("the connection ended within an answer")
            found += more
        return found

    def expect(self, status: int, method: str, path: str, body: dict[str, Any]) -> Any:
        """:raises Unexpected: another status"""
        found, content = self.ask(method, path, body)
        if found != status:
            raise Unexpected(f"{method} {path}: {found} {content}")
        return content

    def close(self) -> None:
        self._socket.close()


@dataclass
class Told:
    """What the clients of a process saw: milliseconds of each journey, and what came of it."""

    times: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, begun: float, outcome: str) -> None:
        self.times.append((time.perf_counter() - begun) * 1000)
        self.outcomes[outcome] += 1


# Journeys of one virtual user, numbered; they go on until told to stop, or once.
Visit = Callable[[int, Told], None]


def crowd(count: int, visit: Visit) -> tuple[Told, float]:
    """Let `count` virtual users visit at once, threads of two processes; return what they saw, and seconds.

    Nothing of the database may be open: the processes are forks.
    """
    context = multiprocessing.get_context("fork")
    shares = [list(range(count))[part::PROCESSES] for part in range(min(PROCESSES, count))]
    start, results = context.Barrier(len(shares) + 1), context.Queue()
    workers = [
        context.Process(target=_visit_all, args=(share, visit, start, results)) for share in shares
    ]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    told = [results.get() for _worker in workers]
    seconds = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    times = [one for part in told for one in part.times]
    return Told(times, sum((part.outcomes for part in told), Counter())), seconds


def _visit_all(share: Sequence[int], visit: Visit, start: Any, results: Any) -> None:
    told, together = Told(), Barrier(len(share) + 1)

    def one(number: int) -> None:
        together.wait()
        visit(number, told)

    threads = [Thread(target=one, args=(number,)) for number in share]
    for thread in threads:
        thread.start()
    start.wait()
    together.wait()
    for thread in threads:
        thread.join()
    results.put(told)
