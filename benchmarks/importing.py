"""Import: how fast new products come into a full catalogue, with offers, stock, prices and cards."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.catalog.models import Product
from apps.core import clock
from apps.sandbox.catalogues import generated, loading
from apps.sandbox.demo.pictures.studio import prepare
from benchmarks.meter import Meter
from benchmarks.processes import FORKS, share

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
    """Write the chunks by so many processes; return seconds from the first to the last, and of CPU."""
    spans = FORKS.SimpleQueue()

    def write(part: int) -> None:
        writer = loading.ProductWriter(generated.SOURCE, now)
        begun, cpu = time.perf_counter(), time.process_time()
        for chunk in chunks[part::processes]:
            writer.write(chunk)
        spans.put((begun, time.perf_counter(), time.process_time() - cpu))

    share(write, processes)
    begun, ended, cpu = zip(*(spans.get() for _part in range(processes)), strict=True)
    return max(ended) - min(begun), sum(cpu)
