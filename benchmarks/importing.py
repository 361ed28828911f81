"""Import: how fast new products come into a full catalogue, with offers, stock, prices and cards."""

import multiprocessing
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connections

from apps.catalog.models import Product
from apps.core import clock
from apps.sandbox.catalogues import generated, loading
from apps.sandbox.demo.pictures.studio import prepare
from benchmarks.meter import Meter

PROCESSES = {"one process": 1, "two processes": 2}


def imports(meter: Meter) -> None:
    """Composing the products is not the service's work and not in the figure."""
    now = clock.now()
    stored = prepare(generated.pictures(), progress=lambda *_of: None)
    for name, processes in PROCESSES.items():
        known = _known()
        runs = []
        for number in range(meter.size.runs):
            start = known + number * meter.size.imported
            stop = start + meter.size.imported
            plans = list(generated.products(start, stop, now=now, stored=stored))
            runs.append(_import(list(loading.chunks(plans)), processes, now))
        seconds, cpu = sorted(runs)[len(runs) // 2]
        meter.rows.append(
            {
                "journey": "import",
                "visitor": name,
                "concurrency": processes,
                "requests": meter.size.imported,
                "seconds": seconds,
                "per_second": meter.size.imported / seconds,
                "errors": meter.size.imported * meter.size.runs - (_known() - known),
                "own_cpu_ms": cpu * 1000 / meter.size.imported,
            }
        )


def _known() -> int:
    return Product.objects.filter(source=generated.SOURCE).count()


def _import(chunks: Sequence[Any], processes: int, now: datetime) -> tuple[float, float]:
    """Write the chunks by so many processes; return seconds, and their seconds of CPU."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start, used = context.Barrier(processes + 1), context.SimpleQueue()

    def write(part: Sequence[Any]) -> None:
        writer = loading.ProductWriter(generated.SOURCE, now)
        start.wait()
        begun = time.process_time()
        for chunk in part:
            writer.write(chunk)
        used.put(time.process_time() - begun)
        connections.close_all()

    writers = [
        context.Process(target=write, args=(chunks[part::processes],)) for part in range(processes)
    ]
    for writer in writers:
        writer.start()
    start.wait()
    begun = time.perf_counter()
    for writer in writers:
        writer.join()
    seconds = time.perf_counter() - begun
    if any(writer.exitcode for writer in writers):
        raise RuntimeError("a writer of products failed")
    return seconds, sum(used.get() for _writer in writers)
