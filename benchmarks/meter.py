"""Measure journeys at each concurrency: the median of the runs, and what they used together."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apps.core.models import OutboxEvent
from apps.core.page_store import EVERYTHING, forget_pages
from benchmarks import usage
from benchmarks.load import Measured, check, drive
from benchmarks.stack import BenchShop, say
from benchmarks.usage import Statements
from benchmarks.wire import Request

CONCURRENCIES = (1, 8, 32)
WARM_UP_SECONDS = 1.0
IDLE_SECONDS = 4.0
CALM_SECONDS = 120
LOAD = "load"


@dataclass
class Size:
    """How long and how often: the full size, or a quick look."""

    seconds: float = 5.0
    runs: int = 3
    requests: int = 6000
    customers: int = 500
    rounds: int = 20
    buyers: int = 200
    imported: int = 10_000

    @classmethod
    def given(cls) -> "Size":
        if not os.environ.get("BENCH_QUICK"):
            return cls()
        return cls(
            seconds=2.0, runs=1, requests=3000, customers=60, rounds=1, buyers=60, imported=1000
        )


@dataclass(frozen=True, slots=True)
class Journey:
    """Requests that are sent in turn; `status` is what each is answered with.

    Where pages are to be `rendered`, the shop forgets before each run those that it keeps.
    """

    name: str
    visitor: str
    requests: Sequence[Request]
    status: int = 200
    # Distinct pages at the head of the requests: asked for once before anything is measured.
    warmed: int = 20
    rendered: bool = False


Run = Callable[[int, float], Measured]


@dataclass
class Meter:
    shop: BenchShop
    size: Size
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host = urlsplit(self.shop.site_url).netloc
        valkey_port = urlsplit(os.environ["REDIS_URL"]).port
        # The shop's own processes by name ("web" among them), the two servers, and all that this one started.
        self._roots = {
            **self.shop.pids,
            LOAD: os.getpid(),
            "postgres": usage.root_of("postgres", str(self.shop.var)),
            "valkey": usage.root_of("valkey-server", f":{valkey_port}"),
        }
        self.statements = Statements(os.environ["DATABASE_URL"])
        before = self.statements.count()
        time.sleep(IDLE_SECONDS)
        self._idle = (self.statements.count() - before) / IDLE_SECONDS

    def journey(self, journey: Journey) -> None:
        """Check the first requests, then send them at each concurrency."""
        check(self.host, journey.requests[: journey.warmed], journey.status)
        file = Path(self.shop.var) / f"{journey.name}-{journey.visitor}.requests".replace(" ", "-")
        sent = journey.warmed

        def run(concurrency: int, seconds: float) -> Measured:
            nonlocal sent
            if journey.rendered:
                forget_pages(EVERYTHING)
            done = drive(
                self.host,
                journey.requests,
                concurrency=concurrency,
                seconds=seconds,
                first=sent,
                file=file,
            )
            sent += done.requests
            return done

        self.measure(journey.name, journey.visitor, run)
        file.unlink(missing_ok=True)

    def measure(
        self,
        name: str,
        visitor: str,
        run: Run,
        *,
        concurrencies: Sequence[int] = CONCURRENCIES,
        counted: Callable[[], int] | None = None,
    ) -> None:
        """`counted` tells how many rows the requests should have added to; fewer are errors."""
        run(max(concurrencies), min(WARM_UP_SECONDS, self.size.seconds))
        for concurrency in concurrencies:
            self.rows.append(self._row(name, visitor, concurrency, run, counted))
            say(_line(self.rows[-1]))

    def _row(
        self,
        name: str,
        visitor: str,
        concurrency: int,
        run: Run,
        counted: Callable[[], int] | None,
    ) -> dict[str, Any]:
        self.calm()
        there = counted() if counted else 0
        before, statements = self._cpu(), self.statements.count()
        begun = time.monotonic()
        runs = [run(concurrency, self.size.seconds) for _ in range(self.size.runs)]
        lasted = time.monotonic() - begun
        statements = self.statements.count() - statements - round(self._idle * lasted)
        used = {tree: seconds - before[tree] for tree, seconds in self._cpu().items()}
        total = sum(done.requests for done in runs)
        served = total + sum(done.unfinished for done in runs) or 1
        missing = max(0, total - (counted() - there)) if counted else 0
        middle = sorted(runs, key=lambda done: done.per_second)[len(runs) // 2]
        return {
            "journey": name,
            "visitor": visitor,
            "concurrency": concurrency,
            **asdict(middle),
            "errors": sum(done.errors for done in runs) + missing,
            "per_second": middle.per_second,
            "statements": max(0, statements) / served,
            **{f"{tree}_cpu_ms": seconds * 1000 / served for tree, seconds in used.items()},
        }

    def calm(self) -> None:
        """Wait until the relay has caught up: what came before is not measured with what comes next."""
        until = time.monotonic() + CALM_SECONDS
        while time.monotonic() < until:
            if not OutboxEvent.objects.filter(sent_at=None, dead_at=None).exists():
                return
            time.sleep(0.2)

    def memory(self) -> list[tuple[float, float]]:
        """Return (RSS, PSS) in megabytes of the web processes."""
        return usage.memory_mb(self._roots["web"])

    def _cpu(self) -> dict[str, float]:
        """The load's own is what this process and its children used, less the shop that it started."""
        found = {name: usage.cpu_seconds(root) for name, root in self._roots.items()}
        found[LOAD] -= sum(found[name] for name in self.shop.pids)
        return found


def _line(row: dict[str, Any]) -> str:
    return (
        f"  {row['journey']}, {row['visitor']}, {row['concurrency']}: {row['per_second']:.1f}/s,"
        f" p50 {row['p50']:.1f}, p95 {row['p95']:.1f} ms, {row['errors']} errors,"
        f" web {row['web_cpu_ms']:.2f} ms, {row['statements']:.2f} statements"
    )
