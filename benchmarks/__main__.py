"""Run benchmarks: `python -m benchmarks [--products N] [parts]`; also `build` and `report [file ...]`.

Each run has real servers of its own (durable ones) over a copy of a kept catalogue under var/bench.
Parts that measure the running shop: pages search cart checkout hot import. Parts that are run when they
are named: bare (the yardstick, measured before those as well) costs (CPU of pages) finding (the engine)
placing (orders) first_screen (a phone on a slow line).
"""

import argparse
import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import catalogue, report, stack
from benchmarks.catalogue import CHILD
from benchmarks.stack import BenchShop, say

DEFAULT_SIZE = 42_994
LOADED = ("pages", "search", "cart", "checkout", "hot", "import")
INSIDE = ("bare", "costs", "finding", "placing", "first_screen")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["report"]:
        report.main(arguments[1:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--products", type=int, default=DEFAULT_SIZE)
    parser.add_argument("parts", nargs="*", choices=[*LOADED, *INSIDE, "build", []])
    options = parser.parse_args(arguments)
    kept = catalogue.kept_catalogue(options.products)
    if options.parts == ["build"]:
        print(kept)
        return 0
    with stack.temporary_stack(kept) as shop:
        measure(shop, options.products, options.parts or LOADED)
    return 0


def measure(shop: BenchShop, products: int, parts: list[str] | tuple[str, ...]) -> None:
    for name in (part for part in INSIDE if part in parts):
        stack.run(["-m", "benchmarks", CHILD, name], stack.environment(shop), is_shown=True)
    loaded = [part for part in LOADED if part in parts]
    if not loaded:
        return
    result = new_result(products)
    environment = stack.environment(shop) | {"BENCH_RESULT": str(result)}
    stack.run(["-m", "benchmarks", CHILD, "measuring", *loaded], environment, is_shown=True)
    report.main([str(result)])
    say(f"kept in {result}")


def new_result(products: int) -> Path:
    now = datetime.now(UTC)
    path = stack.FOLDER / "results" / f"{now:%Y%m%d-%H%M%S}-{products}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    facts = {
        "products": products,
        "at": now.isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {memory} GiB, {_processor()}",
        "Python": platform.python_version(),
        "quick": bool(os.environ.get("BENCH_QUICK")),
        "rows": [],
    }
    path.write_text(json.dumps(facts))
    return path


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def in_stack(name: str, arguments: list[str]) -> None:
    import django

    django.setup()
    importlib.import_module(f"benchmarks.{name}").main(*arguments)


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        in_stack(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
