"""Load on the running shop: wrk, which costs next to nothing, or a plain client where it is missing."""

import http.client
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from benchmarks.tables import percentile
from benchmarks.wire import Request, write

SCRIPT = Path(__file__).parent / "wrk" / "requests.lua"
WRONG = 400
PATIENCE_SECONDS = 60
# A worker answers one when it has answered what was under way; so many that each worker gets one.
PINGS = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """Times in milliseconds. `unfinished` requests were under way at the end: served, not measured."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int
    unfinished: int = 0

    @classmethod
    def of(cls, times: Sequence[float], seconds: float, errors: int) -> "Measured":
        p50, p95, p99 = (percentile(times, point) for point in (50, 95, 99))
        return cls(len(times), seconds, p50, p95, p99, errors)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class NotThePage(RuntimeError):
    """A request of the benchmark is answered with something else than it should be."""


def client_name() -> str:
    return "wrk" if shutil.which("wrk") else "Python threads (install wrk: it costs less)"


def check(host: str, requests: Sequence[Request], status: int) -> None:
    """:raises NotThePage: one of the requests is answered with another status"""
    for request in requests:
        answer = send(host, request)
        if answer[0] != status:
            raise NotThePage(f"{request.method} {request.path} is answered {answer[0]}")


def send(host: str, request: Request) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
    try:
        connection.request(
            request.method, request.path, request.body or None, request.all_headers()
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def drive(
    host: str,
    requests: Sequence[Request],
    *,
    concurrency: int,
    seconds: float,
    first: int,
    file: Path,
) -> Measured:
    """Send the requests in turn for so long, from the one numbered `first` on."""
    if not shutil.which("wrk"):
        return _by_threads(host, requests, concurrency, seconds, first)
    if not file.exists():
        write(requests, host, file)
    done = subprocess.run(  # noqa: S603  wrk with our own script
        [
            *("wrk", "--threads", "1", "--connections", str(concurrency)),
            *("--duration", f"{seconds:.0f}s", "--timeout", f"{PATIENCE_SECONDS}s"),
            *("--script", str(SCRIPT), f"http://{host}", "--", str(file), str(first)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    for _ in range(PINGS):
        send(host, Request("/ping"))
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Measured(**told, unfinished=concurrency)


def _by_threads(
    host: str, requests: Sequence[Request], concurrency: int, seconds: float, first: int
) -> Measured:
    times: list[float] = []
    wrong: list[int] = []
    until = time.perf_counter() + seconds

    def visit(place: int) -> None:
        while time.perf_counter() < until:
            begun = time.perf_counter()
            status, _body = send(host, requests[place % len(requests)])
            times.append((time.perf_counter() - begun) * 1000)
            if status >= WRONG:
                wrong.append(status)
            place += concurrency

    begun = time.perf_counter()
    visitors = [Thread(target=visit, args=(first + number,)) for number in range(concurrency)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return Measured.of(times, time.perf_counter() - begun, len(wrong))
