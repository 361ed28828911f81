"""Registry of invariants: SQL that must find nothing. `manage.py verify_invariants` runs them all."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Invariant:
    """`sql` selects the violations: any row is one. The first columns say which row is wrong."""

    name: str
    sql: str


@dataclass(frozen=True)
class Violation:
    invariant: str
    row: tuple[object, ...]


_invariants: dict[str, Invariant] = {}


def declare(*invariants: Invariant) -> None:
    for invariant in invariants:
        _invariants[invariant.name] = invariant


def declared() -> list[Invariant]:
    return sorted(_invariants.values(), key=lambda invariant: invariant.name)


def violations(limit_each: int = 20) -> list[Violation]:
    found = []
    with connection.cursor() as cursor:
        for invariant in declared():
            cursor.execute(invariant.sql)
            found += [Violation(invariant.name, row) for row in cursor.fetchmany(limit_each)]
    return found
