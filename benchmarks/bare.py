"""The yardstick: how often in a second this machine answers with a bare Django view.

The targets were set where it did 570 to 900 (benchmarks/bare_site.py says what it does): a figure of another
machine, or of the same one on another day, is read beside this one.
"""

import os
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.load import check, drive
from benchmarks.tables import show
from benchmarks.wire import Request
from marketplace.local_stack.children import bound_to_parent, end, free_port, spawn
from marketplace.local_stack.processes import web_command

START_SECONDS = 30
WORKERS, RUNS, SECONDS, CONCURRENCY = 2, 3, 4.0, 8
SHELF = Request("/")


def per_second(folder: Path) -> float:
    """Start it as the shop's web processes are started; return the median of the runs, 8 at once.

    :raises RuntimeError: it does not answer, or answers with something else than the page
    """
    port = free_port()
    host = f"127.0.0.1:{port}"
    command = web_command("benchmarks.bare_site:application", str(port), workers=WORKERS)
    process = spawn(bound_to_parent(command), log=folder / "bare.log")
    file = folder / "bare.requests"
    try:
        _wait(host, process)
        found = [
            drive(host, [SHELF] * 100, concurrency=CONCURRENCY, seconds=SECONDS, first=0, file=file)
            for _run in range(RUNS)
        ]
    finally:
        end(process)
        file.unlink(missing_ok=True)
    if any(one.errors for one in found):
        raise RuntimeError("the bare view answered with errors")
    return statistics.median(one.per_second for one in found)


def _wait(host: str, process: "subprocess.Popen[bytes]") -> None:
    """:raises RuntimeError: it does not answer"""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            check(host, [SHELF] * 4, 200)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the bare view does not answer")


def main() -> None:
    found = per_second(Path(os.environ["BENCH_FOLDER"]))
    show("A bare Django view, two processes, 8 at once", ["per second"], [[found]])
