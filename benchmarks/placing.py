"""Orders placed in a second: through the services and over HTTP, one hot offer or many.

Two processes place (as many as there are web workers); everything is prepared before the clock starts.
"""

import http.client
import json
import multiprocessing
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from apps.catalog.models import Offer, StockMovement
from apps.catalog.services.stock import move_stock
from apps.core import clock
from apps.core.viewer import Viewer
from apps.orders.services import placing
from benchmarks.stack import running_web
from benchmarks.tables import percentile, show
from benchmarks.visitors import guest, next_address, quoted_checkout

ORDERS, PROCESSES, CLIENTS = 200, 2, 8
SPREAD = 20


@dataclass
class Ready:
    viewer: Viewer
    cart_token: str
    checkout_id: str
    digest: str


def ready(offers: Sequence[Offer]) -> list[Ready]:
    """Guests with one unit of one of the offers each, whose checkouts are quoted."""
    found = []
    for number in range(ORDERS):
        visitor = guest([offers[number % len(offers)]])
        found.append(Ready(visitor.viewer, visitor.cart_token, *quoted_checkout(visitor.viewer)))
    return found


def stocked_offers() -> list[Offer]:
    """Offers of one component, with units for everybody."""
    offers = list(
        Offer.objects.filter(
            currency="UZS", is_active=True, components__item__stocks__on_hand__gt=0
        )
        .distinct()
        .order_by("id")[:SPREAD]
    )
    for offer in offers:
        item_id = offer.components.get().item_id
        move_stock(
            item_id=item_id,
            warehouse_id=offer.components.get().item.stocks.earliest("id").warehouse_id,
            quantity=ORDERS * 4,
            kind=StockMovement.Kind.RECEIPT,
            key=f"bench:{uuid.uuid4()}",
            actor_id=None,
        )
    return offers


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


def by_http(url: str) -> Callable[[list[Ready]], tuple[float, list[float]]]:
    def place(one: Ready) -> float:
        body = {"checkout_id": one.checkout_id, "quote_digest": one.digest}
        begun = time.perf_counter()
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request(
            "POST",
            "/api/v1/orders/",
            json.dumps(body),
            {
                "Content-Type": "application/json",
                "X-Cart-Token": one.cart_token,
                "Idempotency-Key": uuid.uuid4().hex,
                "X-Forwarded-For": next_address(),
            },
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != http.client.ACCEPTED:
            raise RuntimeError(f"an order was answered {answer.status}")
        return (time.perf_counter() - begun) * 1000

    def run(buyers: list[Ready]) -> tuple[float, list[float]]:
        begun = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            times = list(pool.map(place, buyers))
        return time.perf_counter() - begun, times

    return run


def main() -> None:
    offers = stocked_offers()
    goods = {"one hot offer": offers[:1], f"spread over {len(offers)}": offers}
    rows: list[list[str | int | float]] = []

    def measure(way: str, run: Callable[[list[Ready]], tuple[float, list[float]]]) -> None:
        for name, chosen in goods.items():
            seconds, times = run(ready(chosen))
            points = [percentile(times, point) for point in (50, 95, 99)]
            rows.append([way, name, ORDERS / seconds, *points])

    measure(f"services, {PROCESSES} processes", by_services)
    with running_web() as shop:
        measure(f"HTTP, {CLIENTS} clients, 2 workers", by_http(shop.site_url))
    columns = ["way", "goods", "orders/s", "p50 ms", "p95 ms", "p99 ms"]
    show(f"Placing {ORDERS} orders", columns, rows)
