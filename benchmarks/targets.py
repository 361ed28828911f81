"""What is asked of each journey on two cores, beside what was measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Asked of the rows of a journey and visitor at one concurrency; `text` is how people say it."""

    journey: str
    visitor: str
    concurrency: int
    text: str
    is_met: Callable[[Row], bool]


def _at_least(journey: str, visitor: str, least: int, concurrency: int = 8) -> Target:
    return Target(
        journey,
        visitor,
        concurrency,
        f">= {least:,}/s",
        lambda row: row["per_second"] >= least,
    )


def _statements(journey: str, visitor: str, most: int) -> Target:
    # A cache that is filled anew now and then adds a little to the mean.
    return Target(
        journey,
        visitor,
        8,
        f"<= {most} statements",
        lambda row: row["statements"] < most + 0.5,
    )


def _p95(journey: str, visitor: str, most: int) -> Target:
    return Target(journey, visitor, 8, f"p95 <= {most} ms", lambda row: row["p95"] <= most)


TARGETS = (
    _at_least("listing", "signed in, first", 200),
    _statements("listing", "signed in, first", 4),
    _at_least("listing", "anonymous", 2000),
    _at_least("product", "anonymous", 2000),
    _at_least("product", "signed in, first", 400),
    _statements("product", "signed in, first", 6),
    _at_least("search", "anonymous, first", 150),
    _p95("search", "anonymous, first", 100),
    _p95("suggest", "anonymous", 30),
    _at_least("add to cart", "signed in", 120),
    _at_least("checkout", "anonymous, first", 40),
    _at_least("import", "two processes", 1500, concurrency=2),
)
# Of every row, whatever is asked of it besides.
MEMORY_MB = 200
# How much slower a million products may be than the default catalogue.
GROWTH_PERCENT = 20
GROWN_SEARCH_P95 = 300
GROWING = ("home", "listing", "listing, deep", "product", "suggest", "add to cart", "checkout")


def verdict(row: Row) -> str:
    """Return "ok" or "MISS" with what was asked; nothing where nothing was."""
    if row["journey"] == "hot SKU":
        return _hot(row)
    asked = [
        target
        for target in TARGETS
        if (target.journey, target.visitor, target.concurrency)
        == (row["journey"], row["visitor"], row["concurrency"])
    ]
    return "; ".join(f"{one.text} {'ok' if one.is_met(row) else 'MISS'}" for one in asked)


def _hot(row: Row) -> str:
    is_met = (
        not row["oversold"]
        and not row["errors"]
        and all(one["sold"] == one["held"] == one["units"] for one in row["rounds"])
    )
    return f"all units sold, none oversold, the others refused {'ok' if is_met else 'MISS'}"
