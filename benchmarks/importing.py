"""Import: how fast new products come into a full catalogue, with offers, stock, prices and cards."""

import time

from apps.catalog.models import Product
from apps.core import clock
from apps.sandbox.catalogues import generated, loading
from apps.sandbox.demo.pictures.studio import prepare
from benchmarks.meter import Meter


def imports(meter: Meter) -> None:
    """Composing the products is not the service's work and not in the figure."""
    now, known = clock.now(), Product.objects.filter(source=generated.SOURCE).count()
    stored = prepare(generated.pictures(), progress=lambda *_of: None)
    runs = []
    for number in range(meter.size.runs):
        start = known + number * meter.size.imported
        plans = list(generated.products(start, start + meter.size.imported, now=now, stored=stored))
        writer = loading.ProductWriter(generated.SOURCE, now)
        begun, cpu = time.perf_counter(), time.process_time()
        for chunk in loading.chunks(plans):
            writer.write(chunk)
        seconds = time.perf_counter() - begun
        runs.append((len(plans) / seconds, seconds, (time.process_time() - cpu) * 1000))
    per_second, seconds, cpu_ms = sorted(runs)[len(runs) // 2]
    made = Product.objects.filter(source=generated.SOURCE).count() - known
    meter.rows.append(
        {
            "journey": "import",
            "visitor": "one process",
            "concurrency": 1,
            "requests": meter.size.imported,
            "seconds": seconds,
            "per_second": per_second,
            "errors": meter.size.imported * meter.size.runs - made,
            "own_cpu_ms": cpu_ms / meter.size.imported,
        }
    )
