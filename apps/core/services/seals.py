"""Seals: chain hashes over committed batches of an append-only journal.

Invariant: seal n covers exactly the ids after seal n-1, and its hash is
sha256(previous hash || canonical rows), so a changed, missing or added row is found.
"""

import hashlib
from dataclasses import dataclass

from django.db import connection, transaction

from apps.core.locks import advisory_lock
from apps.core.models import Seal

GENESIS = bytes(32)
# The first seal answers for whatever stands before its rows, too.
_BEFORE_ALL = -(2**63)
BATCH = 50_000


@dataclass(frozen=True)
class Journal:
    """`rows_sql` selects (id, canonical text) of ids in (%s, %s], ordered by id."""

    name: str
    table: str
    rows_sql: str


_journals: dict[str, Journal] = {}


def sealed(journal: Journal) -> Journal:
    """Register a journal, so that `manage.py verify_invariants` proves its seals."""
    _journals[journal.name] = journal
    return journal


def sealed_journals() -> list[Journal]:
    return sorted(_journals.values(), key=lambda journal: journal.name)


AUDIT = sealed(
    Journal(
        name="audit",
        table="core_auditentry",
        rows_sql=(
            "SELECT id, row_to_json(entry)::text FROM core_auditentry AS entry"
            " WHERE id > %s AND id <= %s ORDER BY id"
        ),
    )
)


def seal(journal: Journal) -> Seal | None:
    """Seal what was committed since the last seal; None when there is nothing new."""
    settled_id = _settled_id(journal)
    return _write_seal(journal, settled_id) if settled_id else None


@transaction.atomic
def _settled_id(journal: Journal) -> int | None:
    """Return the highest id below which no row can appear any more.

    The lock waits for the writers that are under way and holds up new ones for this one query;
    numbers are drawn after a writer has its lock, so none is pending while we hold ours.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        table = connection.ops.quote_name(journal.table)
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608  a constant of this code
        (max_id,) = cursor.fetchone()
    return int(max_id) if max_id else None


@transaction.atomic
def _write_seal(journal: Journal, max_id: int) -> Seal | None:
    advisory_lock("seal", journal.name)
    last = Seal.objects.filter(journal=journal.name).order_by("-number").first()
    from_id = last.to_id if last else 0
    if max_id <= from_id:
        return None
    to_id = min(max_id, from_id + BATCH)
    previous = bytes(last.hash) if last else GENESIS
    digest, count = _digest(journal, previous, from_id if last else _BEFORE_ALL, to_id)
    return Seal.objects.create(
        journal=journal.name,
        number=last.number + 1 if last else 1,
        from_id=from_id + 1,
        to_id=to_id,
        row_count=count,
        previous_hash=previous,
        hash=digest,
    )


def first_broken_seal(journal: Journal) -> Seal | None:
    """Recompute every seal; return the first that does not match, or None."""
    previous = GENESIS
    for entry in Seal.objects.filter(journal=journal.name).order_by("number").iterator():
        after_id = entry.from_id - 1 if entry.number > 1 else _BEFORE_ALL
        digest, count = _digest(journal, previous, after_id, entry.to_id)
        if (
            bytes(entry.previous_hash) != previous
            or bytes(entry.hash) != digest
            or entry.row_count != count
        ):
            return entry
        previous = digest
    return None


def _digest(journal: Journal, previous: bytes, after_id: int, to_id: int) -> tuple[bytes, int]:
    digest, count = hashlib.sha256(previous), 0
    with connection.cursor() as cursor:
        cursor.execute(journal.rows_sql, [after_id, to_id])
        for _id, canonical in cursor:
            digest.update(canonical.encode())
            digest.update(b"\n")
            count += 1
    return digest.digest(), count
