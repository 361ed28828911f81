"""What a measurement used: CPU and memory of process trees from /proc, statements of the database."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from marketplace.local_stack.postgres import APPLICATION, SUPERUSER

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
_HEALTH_CHECK = "SELECT $1"
_STATEMENTS = """
SELECT coalesce(sum(calls), 0) FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
WHERE rolname = %s AND query <> %s
"""


def tree(root: int) -> list[int]:
    """Return the process and all below it."""
    children: dict[int, list[int]] = {}
    for pid, fields in _stats():
        children.setdefault(int(fields[1]), []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """Seconds of CPU that the living processes of a tree have used, their ended children too."""
    members = set(tree(root))
    return sum(
        sum(int(value) for value in fields[11:15]) / TICKS
        for pid, fields in _stats()
        if pid in members
    )


def memory_mb(root: int) -> list[tuple[float, float]]:
    """Return (resident, proportional) megabytes of each process of a tree, the largest first."""
    found = []
    for pid in tree(root):
        rows = dict(
            line.split(":", 1)
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
        )
        found.append(tuple(int(rows[name].split()[0]) / 1024 for name in ("Rss", "Pss")))
    return sorted(found, reverse=True)  # type: ignore[arg-type]  # pairs


def root_of(name: str, mark: str) -> int:
    """Find the server of that name whose command line has the mark.

    :raises LookupError: none runs
    """
    for pid, _fields in _stats():
        try:
            line = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if line.partition(" ")[0].endswith(name) and mark in line:
            return pid
    raise LookupError(f"no {name} runs with {mark}")


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Yield pid and the fields of stat after the name, from the state on."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            yield int(entry.name), text.rpartition(")")[2].split()


@dataclass
class Statements:
    """Counts statements that the application's role has run; idle ones are those of relay and beat."""

    url: str

    def __post_init__(self) -> None:
        role = f"://{APPLICATION}@"
        self._connection = psycopg.connect(
            self.url.replace(role, f"://{SUPERUSER}@"), autocommit=True
        )
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def count(self) -> int:
        row = self._connection.execute(_STATEMENTS, [APPLICATION, _HEALTH_CHECK]).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()
