"""Idempotency keys: a command sent twice has one effect and one answer.

Invariant: at most one row per (actor, route, key); once DONE its answer never changes.
Protocol: claim in a short transaction of its own, do the work, finish in the work's transaction.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from apps.core.errors import DomainError
from apps.core.models import IdempotencyRecord
from apps.core.rows import insert_once
from apps.core.sql import prepared_cursor

LEASE = timedelta(seconds=30)
KEEP = timedelta(hours=48)
MAX_KEY_LENGTH = 255


class IdempotencyKeyMissing(DomainError):
    code = "idempotency.key_missing"
    message = _(
        "Send an Idempotency-Key header: one new value per attempt, at most 255 characters."
    )
    http_status = 400


class IdempotencyKeyReused(DomainError):
    code = "idempotency.key_reused"
    message = _("This Idempotency-Key was used for another request. Send a new one.")
    http_status = 422


class RequestInProgress(DomainError):
    code = "idempotency.in_progress"
    message = _("The same request is being worked on. Ask again in a moment.")
    retry_after_seconds = 1


@dataclass(frozen=True)
class Claim:
    """A lease on a key; `locked_until` tells it from a later claim that took over."""

    actor: str
    route: str
    key: str
    locked_until: datetime


@dataclass(frozen=True)
class StoredAnswer:
    status: int
    body: Any


def fingerprint(method: str, path: str, body: Any) -> bytes:
    """SHA-256 of the method, the path and the body in a canonical form."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(f"{method}\n{path}\n{canonical}".encode()).digest()


def claim(
    *, actor: str, route: str, key: str, request_fingerprint: bytes, now: datetime
) -> Claim | StoredAnswer:
    """Claim a key for this request, or return the answer it already had.

    A claim whose lease ran out is taken over: business keys make the re-execution safe.

    :raises IdempotencyKeyMissing: no key, or one that is too long
    :raises IdempotencyKeyReused: the key came before with another request
    :raises RequestInProgress: another request holds the claim
    """
    if not key or len(key) > MAX_KEY_LENGTH:
        raise IdempotencyKeyMissing
    name = Claim(actor=actor, route=route, key=key, locked_until=now + LEASE)
    record = IdempotencyRecord(
        actor=actor,
        route=route,
        key=key,
        fingerprint=request_fingerprint,
        locked_until=name.locked_until,
    )
    if insert_once(record):
        return name
    return _existing(name, request_fingerprint, now=now)


def _existing(name: Claim, request_fingerprint: bytes, *, now: datetime) -> Claim | StoredAnswer:
    row = _rows(name).first()
    if row is None:  # given back a moment ago
        raise RequestInProgress
    if bytes(row.fingerprint) != request_fingerprint:
        raise IdempotencyKeyReused
    if row.state == IdempotencyRecord.State.DONE:
        return StoredAnswer(status=int(row.status or 200), body=row.body)
    taken_over = (
        _rows(name)
        .filter(state=IdempotencyRecord.State.IN_PROGRESS, locked_until__lt=now)
        .update(locked_until=name.locked_until)
    )
    if not taken_over:
        raise RequestInProgress
    return name


_FINISH = """
UPDATE core_idempotencyrecord SET state = 'DONE', status = %(status)s, body = %(body)s
WHERE actor = %(actor)s AND route = %(route)s AND key = %(key)s
  AND state = 'IN_PROGRESS' AND locked_until = %(locked_until)s
"""


def finish(name: Claim, *, status: int, body: Any) -> None:
    """Store the answer; call it in the transaction of the effect.

    :raises RequestInProgress: the lease ran out and another request has the key: undo the effect
    """
    answer = {"status": status, "body": Jsonb(body)}
    with prepared_cursor() as cursor:
        cursor.execute(_FINISH, asdict(name) | answer)
        if not cursor.rowcount:
            raise RequestInProgress


def release(name: Claim) -> None:
    """Give a claim back after a refusal that changed nothing, so that the key can be tried again."""
    _held(name).delete()


def _rows(name: Claim) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(actor=name.actor, route=name.route, key=name.key)


def _held(name: Claim) -> QuerySet[IdempotencyRecord]:
    return _rows(name).filter(
        state=IdempotencyRecord.State.IN_PROGRESS, locked_until=name.locked_until
    )


def drop_expired(*, now: datetime) -> int:
    count, _details = IdempotencyRecord.objects.filter(created_at__lt=now - KEEP).delete()
    return count
