"""Run benchmarks on a temporary shop: `python -m benchmarks [pages search checkout throughput first_screen]`.

Real servers of their own (durable ones), the demo world, thrown away at the end; what the demo's
pictures cost to draw is paid once, under var/bench.
"""

import importlib
import os
import platform
import subprocess
import sys

from benchmarks.stack import child_environment, temporary_shop

NAMES = ("pages", "search", "checkout", "throughput", "first_screen")
CHILD = "--in-stack"


def main(names: list[str]) -> int:
    if unknown := set(names) - set(NAMES):
        sys.stderr.write(
            f"There is no benchmark {', '.join(sorted(unknown))}: {', '.join(NAMES)}.\n"
        )
        return 2
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    failed = []
    with temporary_shop() as shop:
        for name in names or NAMES:
            command = [sys.executable, "-m", "benchmarks", CHILD, name]
            done = subprocess.run(command, env=child_environment(shop), check=False)  # noqa: S603
            if done.returncode:
                failed.append(name)
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return len(failed)


def in_stack(name: str) -> None:
    import django

    django.setup()
    importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        in_stack(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
