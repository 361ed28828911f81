"""How long a search takes: the page's query with all counts, and suggestions as one types."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from apps.search.selectors import find, suggest
from apps.search.types import SearchQuery
from benchmarks.tables import percentile, show

ROUNDS = 40
QUERIES = {
    "one word": "shirt",
    "two words": "cotton shirt",
    "three words": "blue cotton shirt",
    "a Russian word": "рубашка",
    "a word with a slip": "shrit",
    "a word of nothing": "zzyzx",
}


def timed(work: Callable[[], Any]) -> list[float]:
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - begun) * 1000)
    return seconds


def main() -> None:
    rows: list[list[str | int | float]] = []
    for kind, text in QUERIES.items():
        query = SearchQuery(text)
        result = find(query)
        times = timed(lambda query=query: find(query))  # type: ignore[misc]
        rows.append([kind, text, result.total, statistics.median(times), percentile(times, 95)])
    times = timed(lambda: suggest("shi", "en"))
    rows.append(["suggestions", "shi", "", statistics.median(times), percentile(times, 95)])
    show(f"Search, of {ROUNDS}", ["query", "text", "found", "p50 ms", "p95 ms"], rows)
