"""Orders placed in a second through the services alone, one hot offer or many.

Two processes place (as many as there are web workers); everything is prepared before the clock starts.
"""

import multiprocessing
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.catalog.models import Offer
from apps.core import clock
from apps.core.viewer import Viewer
from apps.orders.services import placing
from benchmarks.goods import stocked_offers
from benchmarks.tables import percentile, show
from benchmarks.visitors import guest, quoted_checkout

ORDERS, PROCESSES = 200, 2
SPREAD = 20


@dataclass
class Ready:
    viewer: Viewer
    checkout_id: str
    digest: str


def ready(offers: Sequence[Offer]) -> list[Ready]:
    """Guests with one unit of one of the offers each, whose checkouts are quoted."""
    found = []
    for number in range(ORDERS):
        visitor = guest([offers[number % len(offers)]])
        found.append(Ready(visitor.viewer, *quoted_checkout(visitor.viewer)))
    return found


def _place_part(part: list[Ready], start: Any, results: Any) -> None:
    start.wait()
    times = []
    for one in part:
        begun = time.perf_counter()
        placing.place_order(
            viewer=one.viewer,
            checkout_id=uuid.UUID(one.checkout_id),
            quote_digest=one.digest,
            now=clock.now(),
        )
        times.append((time.perf_counter() - begun) * 1000)
    results.put(times)


def by_services(buyers: list[Ready]) -> tuple[float, list[float]]:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(PROCESSES + 1), context.Queue()
    workers = [
        context.Process(target=_place_part, args=(buyers[n::PROCESSES], start, results))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    times = [one for _worker in workers for one in results.get()]
    seconds = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    return seconds, times


def main() -> None:
    offers = stocked_offers(SPREAD, ORDERS * 4)
    goods = {"one hot offer": offers[:1], f"spread over {len(offers)}": offers}
    rows: list[list[str | int | float]] = []
    for name, chosen in goods.items():
        seconds, times = by_services(ready(chosen))
        points = [percentile(times, point) for point in (50, 95, 99)]
        rows.append([name, ORDERS / seconds, *points])
    columns = ["goods", "orders/s", "p50 ms", "p95 ms", "p99 ms"]
    show(f"Placing {ORDERS} orders by the services, {PROCESSES} processes", columns, rows)
