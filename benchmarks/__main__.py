"""Run benchmarks: `python -m benchmarks [--products N] [parts]`, `... build`, `... report`.

Each run has real servers of its own (durable ones) over a copy of a kept catalogue under var/bench.
"""

import argparse
import sys

from benchmarks import catalogue
from benchmarks.catalogue import CHILD

DEFAULT_SIZE = 42_994


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--products", type=int, default=DEFAULT_SIZE)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    if options.parts == ["build"]:
        print(catalogue.kept_catalogue(options.products))
        return 0
    return 0


def in_stack(name: str, arguments: list[str]) -> None:
    import importlib

    import django

    django.setup()
    importlib.import_module(f"benchmarks.{name}").main(*arguments)


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        in_stack(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
