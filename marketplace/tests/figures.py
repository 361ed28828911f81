"""Figures that checks measure: noted in var/figures.json, printed by `python -m marketplace.tests.figures`.

docs/reliability.md quotes those of a night's run on a machine that did nothing else.
"""

import fcntl
import json
import sys
from collections.abc import Sequence
from math import ceil

from marketplace.local_stack import VAR

FILE = VAR / "figures.json"


def note(check: str, **figures: float | str) -> None:
    """Keep the figures of a check; a later run of it replaces them."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = json.loads(file.read() or "{}")
        kept[check] = {name: _short(value) for name, value in figures.items()}
        file.seek(0)
        file.truncate()
        json.dump(kept, file, indent=2, sort_keys=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def _short(value: float | str) -> float | str:
    return round(value, 3) if isinstance(value, float) else value


def lines() -> list[str]:
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    width = max(map(len, kept), default=0)
    return [
        f"{check:<{width}}  " + ", ".join(f"{name} {value}" for name, value in figures.items())
        for check, figures in kept.items()
    ]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
