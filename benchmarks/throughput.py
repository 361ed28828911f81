"""Requests a second of two web workers, and how long each took, as clients see it.

The client is asyncio in a process of its own on the same cores, with a connection per request and an
address per visitor; what it costs itself is in the figures.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.pages import all_pages
from benchmarks.stack import running_web
from benchmarks.tables import percentile, show
from benchmarks.visitors import next_address

CLIENTS, SECONDS, WARM_UP_SECONDS = 4, 8.0, 2.0
KINDS = ("home", "category listing", "search", "product", "API product")


@dataclass
class Tally:
    times: list[float] = field(default_factory=list)
    wrong: int = 0


async def ask(host: str, port: int, path: str) -> int:
    """Send one request over a connection of its own; return the status."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
            f"X-Forwarded-For: {next_address()}\r\n\r\n".encode()
        )
        answer = await reader.read(-1)
    finally:
        writer.close()
    return int(answer.split(b" ", 2)[1])


async def client(url: str, path: str, until: float, tally: Tally) -> None:
    parts = urlsplit(url)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        status = await ask(str(parts.hostname), int(parts.port or 80), path)
        tally.times.append((time.perf_counter() - begun) * 1000)
        tally.wrong += status != 200  # noqa: PLR2004  anything else is not the page


async def load(url: str, path: str, seconds: float) -> tuple[Tally, float]:
    tally, begun = Tally(), time.perf_counter()
    await asyncio.gather(*(client(url, path, begun + seconds, tally) for _number in range(CLIENTS)))
    return tally, time.perf_counter() - begun


def main() -> None:
    paths = {"ping": "/ping"} | {page.kind: page.path for page in all_pages() if page.kind in KINDS}
    rows: list[list[str | int | float]] = []
    with running_web() as shop:
        for kind, path in paths.items():
            asyncio.run(load(shop.site_url, path, WARM_UP_SECONDS))
            tally, seconds = asyncio.run(load(shop.site_url, path, SECONDS))
            if tally.wrong:
                raise RuntimeError(f"{path}: {tally.wrong} answers were not 200")
            points = [percentile(tally.times, point) for point in (50, 95, 99)]
            rows.append([kind, len(tally.times) / seconds, *points])
    columns = ["page, anonymous", "requests/s", "p50 ms", "p95 ms", "p99 ms"]
    show(f"Two web workers, {CLIENTS} clients, {SECONDS:.0f} s each", columns, rows)
