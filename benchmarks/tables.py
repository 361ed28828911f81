"""Tables of figures, as Markdown: they go into docs/performance.md as they are."""

from collections.abc import Sequence
from math import ceil

Cell = str | int | float


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    print(f"\n{title}\n")
    for line in (columns, ["-" * width for width in widths], *texts):
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.1f}" if cell < 1000 else f"{cell:,.0f}"  # noqa: PLR2004  a decimal tells nothing there
    return f"{cell:,}" if isinstance(cell, int) else cell
