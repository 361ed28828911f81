"""Tables of stored results: `python -m benchmarks report [file ...]`, the newest of each size else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.stack import FOLDER
from benchmarks.tables import Cell, show
from benchmarks.targets import GROWING, GROWN_SEARCH_P95, GROWTH_PERCENT, MEMORY_MB, verdict

Result = Mapping[str, Any]
COLUMNS = (
    *("journey", "visitor", "at once", "per second", "p50 ms", "p95 ms", "p99 ms", "errors"),
    *("web CPU ms", "database CPU ms", "statements", "target"),
)
_FIGURES = ("per_second", "p50", "p95", "p99", "errors", "web_cpu_ms", "postgres_cpu_ms")
COMPARED_AT = 8


def main(names: Sequence[str]) -> None:
    results = [json.loads(Path(name).read_text()) for name in names] if names else newest()
    for result in results:
        print_result(result)
    for smaller, larger in pairwise(results):
        print_growth(smaller, larger)


def newest() -> list[Result]:
    """Return the last result of each size, the smallest first; quick looks prove nothing."""
    found: dict[int, Result] = {}
    for path in sorted((FOLDER / "results").glob("*.json")):
        result = json.loads(path.read_text())
        if result["rows"] and not result.get("quick"):
            found[result["products"]] = result
    return [found[size] for size in sorted(found)]


def print_result(result: Result) -> None:
    facts = [f"{name}: {value}" for name, value in result.items() if name != "rows"]
    print("\n" + "\n".join(f"- {fact}" for fact in facts))
    show(f"{result['products']:,} products", COLUMNS, [_cells(row) for row in result["rows"]])
    if memory := result.get("web memory MB (RSS, PSS)"):
        most = max(resident for resident, _proportional in memory)
        print(f"Memory of a web process: {most:.0f} MB, <= {MEMORY_MB} MB {_ok(most <= MEMORY_MB)}")


def _cells(row: Mapping[str, Any]) -> list[Cell]:
    return [
        row["journey"],
        row["visitor"],
        row["concurrency"],
        *(row.get(name, "") for name in _FIGURES),
        float(row["statements"]) if "statements" in row else "",
        verdict(row),
    ]


def print_growth(smaller: Result, larger: Result) -> None:
    """Show how much slower each journey is in the larger catalogue."""
    grown = {_key(row): row for row in larger["rows"]}
    rows: list[list[Cell]] = []
    for row in _compared(smaller["rows"]):
        if other := grown.get(_key(row)):
            slower = 100 * (row["per_second"] / other["per_second"] - 1)
            rows.append(
                [
                    *(row["journey"], row["visitor"], row["per_second"], other["per_second"]),
                    *(f"{slower:+.0f} %", other["p95"], _growth_verdict(other, slower)),
                ]
            )
    columns = ["journey", "visitor", "per second", "per second, larger", "slower", "p95 ms", ""]
    title = f"{smaller['products']:,} -> {larger['products']:,} products, {COMPARED_AT} at once"
    show(title, columns, rows)


def _compared(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["concurrency"] == COMPARED_AT and "per_second" in row]


def _growth_verdict(row: Mapping[str, Any], slower: float) -> str:
    if row["journey"] == "search":
        return f"p95 <= {GROWN_SEARCH_P95} ms {_ok(row['p95'] <= GROWN_SEARCH_P95)}"
    if row["journey"] in GROWING:
        return f"<= {GROWTH_PERCENT} % {_ok(slower <= GROWTH_PERCENT)}"
    return ""


def _key(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["journey"], row["visitor"], row["concurrency"]


def _ok(is_met: bool) -> str:  # noqa: FBT001  the one thing that it says
    return "ok" if is_met else "MISS"
