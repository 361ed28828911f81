"""Prometheus metrics of the web processes; the multiprocess folder is PROMETHEUS_MULTIPROC_DIR."""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

requests_total = Counter("http_requests_total", "Requests answered", ["method", "route", "status"])
request_seconds = Histogram(
    "http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
pages_total = Counter(
    "public_pages_total", "Requests that may be answered by a kept page", ["outcome"]
)
pages_forgotten_total = Counter(
    "public_pages_forgotten_total", "Changes that the kept pages were told of, or not", ["outcome"]
)


def exposition() -> bytes:
    """Return the metrics in Prometheus' text format, of all processes where they share a folder."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped library
        return generate_latest(registry)
    return generate_latest()
