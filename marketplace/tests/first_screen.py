"""What a phone on a slow line sees first: what jumps while a page comes, when it is there, what it weighs."""

import gzip
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Response

# Far from the town: 1.6 Mbit/s, 150 ms there and back.
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
WATCH = """
window.shifts = [];
window.largest = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(
    [entry.value, ...entry.sources.map(({node}) => node?.outerHTML?.slice(0, 80))]);
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largest = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
"""


@dataclass
class FirstScreen:
    """`shifts` are [score, what moved ...]; `largest_ms` is the largest contentful paint."""

    shifts: list[list[Any]]
    largest_ms: float
    weight: int

    @property
    def shift(self) -> float:
        return float(sum(score for score, *_moved in self.shifts))


def slow_down(page: Page, *, cpu: int = 1) -> None:
    """Put the page on the slow line, without a cache and with a processor so many times slower."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    page.add_init_script(WATCH)


def opened(page: Page, address: str) -> FirstScreen:
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", keep)
    shifts, largest = page.evaluate("[window.shifts, window.largest]")
    return FirstScreen(shifts, largest, sum(map(_weight, answers)))


def _weight(answer: Response) -> int:
    """Bytes as a proxy sends them: texts compressed, pictures not counted."""
    kind = answer.header_value("content-type") or ""
    if not answer.ok or kind.startswith("image/"):
        return 0
    body = answer.body()
    return len(body) if kind.startswith("font/") else len(gzip.compress(body))
