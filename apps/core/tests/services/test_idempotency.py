"""Idempotency keys: one claim, one answer, and a lease that ends."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from apps.core.models import IdempotencyRecord
from apps.core.services.idempotency import (
    KEEP,
    LEASE,
    Claim,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestInProgress,
    StoredAnswer,
    claim,
    drop_expired,
    fingerprint,
    finish,
    release,
)
from apps.core.tests.world import NOW

MOMENT = timedelta(microseconds=1)


def _claim(now: datetime = NOW, **changes: Any) -> Claim | StoredAnswer:
    given = {"actor": "user:1", "route": "orders.place", "key": "k", "request_fingerprint": b"one"}
    return claim(**(given | changes), now=now)


@pytest.mark.django_db
def test_finished_key_answers_the_same_for_ever() -> None:
    mine = _claim()
    finish(mine, status=202, body={"id": "x"})

    for later in (timedelta(), LEASE, KEEP):
        assert _claim(NOW + later) == StoredAnswer(202, {"id": "x"})
    with pytest.raises(RequestInProgress):
        finish(mine, status=200, body={})
    assert _claim() == StoredAnswer(202, {"id": "x"})


@pytest.mark.django_db
def test_key_in_flight_is_refused_until_its_lease_ends() -> None:
    first = _claim()

    for moment in (NOW, NOW + LEASE):
        with pytest.raises(RequestInProgress) as refused:
            _claim(moment)
        assert (refused.value.http_status, refused.value.retry_after_seconds) == (409, 1)
    second = _claim(NOW + LEASE + MOMENT)

    assert isinstance(second, Claim)
    assert second != first
    # Whoever took over has a lease of its own, and the first may neither finish nor give back.
    with pytest.raises(RequestInProgress):
        _claim(NOW + LEASE + LEASE)
    with pytest.raises(RequestInProgress):
        finish(first, status=200, body={})
    release(first)
    assert IdempotencyRecord.objects.get().locked_until == second.locked_until


@pytest.mark.django_db
@pytest.mark.parametrize("is_finished", [False, True])
def test_key_with_another_request_is_refused(*, is_finished: bool) -> None:
    mine = _claim()
    if is_finished:
        finish(mine, status=200, body=None)

    with pytest.raises(IdempotencyKeyReused):
        _claim(NOW + LEASE + MOMENT, request_fingerprint=b"two")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["actor", "route", "key"])
def test_key_belongs_to_an_actor_and_a_route(name: str) -> None:
    finish(_claim(), status=200, body={"of": "first"})

    assert isinstance(_claim(**{name: "other"}), Claim)
    assert IdempotencyRecord.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256])
def test_missing_or_long_key_is_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyMissing):
        _claim(key=key)
    assert IdempotencyRecord.objects.count() == 0


@pytest.mark.django_db
def test_released_key_is_new_again() -> None:
    mine = _claim()
    release(mine)

    assert isinstance(_claim(request_fingerprint=b"two"), Claim)


def test_key_claimed_by_many_at_once_is_had_by_one(committed_db: None) -> None:
    start = threading.Barrier(16)

    def run(_number: int) -> str:
        start.wait()
        try:
            return type(_claim()).__name__
        except RequestInProgress:
            return "in progress"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(run, range(16))) == {"Claim": 1, "in progress": 15}


def test_expired_lease_is_taken_over_by_one_of_many(committed_db: None) -> None:
    _claim()
    start = threading.Barrier(16)

    def run(number: int) -> str:
        start.wait()
        try:
            return type(_claim(NOW + LEASE + timedelta(milliseconds=1 + number))).__name__
        except RequestInProgress:
            return "in progress"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(run, range(16))) == {"Claim": 1, "in progress": 15}


@pytest.mark.django_db
def test_keys_are_forgotten_after_two_days() -> None:
    finish(_claim(key="old"), status=200, body=None)
    finish(_claim(key="young"), status=200, body=None)
    IdempotencyRecord.objects.filter(key="old").update(created_at=NOW - KEEP - MOMENT)
    IdempotencyRecord.objects.filter(key="young").update(created_at=NOW - KEEP)

    assert drop_expired(now=NOW) == 1
    assert IdempotencyRecord.objects.get().key == "young"


def test_fingerprint_ignores_the_order_of_keys_and_nothing_else() -> None:
    one = fingerprint("POST", "/a", {"x": 1, "y": [1, 2]})

    assert one == fingerprint("POST", "/a", {"y": [1, 2], "x": 1})
    others = [
        fingerprint("PUT", "/a", {"x": 1, "y": [1, 2]}),
        fingerprint("POST", "/b", {"x": 1, "y": [1, 2]}),
        fingerprint("POST", "/a", {"x": 1, "y": [2, 1]}),
        fingerprint("POST", "/a", {"x": "1", "y": [1, 2]}),
        fingerprint("POST", "/a", None),
    ]
    assert len({one, *others}) == 6
