"""R07 in process: one key, one order, one answer, whatever the network does to the client.

test_races_http.py kills real processes between effect and answer.
"""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from apps.core import clock
from apps.core.invariants import violations
from apps.core.models import IdempotencyRecord
from apps.core.pauses import set_pause
from apps.core.services import idempotency
from apps.orders.models import Checkout, OrderGroup
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

AT_ONCE = 50


class Killed(BaseException):
    """Stands for the death of a process: nothing catches it, nothing is tidied up."""


@pytest.fixture
def world(committed_db: None) -> Iterator[World]:
    yield make_world(units=100)
    assert violations() == []


def _ready(world: World, number: int = 0) -> tuple[ApiClient, str, str]:
    user = world.buyer if not number else make_user(f"buyer{number}@people.example")
    client = ApiClient(user, address=f"10.1.0.{number}")
    client.add(world.offers[0].id)
    checkout_id, quote = client.quote()
    return client, checkout_id, quote["digest"]


def _all_at_once(client: ApiClient, checkout_id: str, digest: str) -> list[Any]:
    barrier = threading.Barrier(AT_ONCE)

    def one(_number: int) -> Any:
        mine = ApiClient(address=client.address)
        mine.headers = client.headers
        barrier.wait()
        try:
            return mine.place(checkout_id, digest, key="same")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_fifty_identical_requests_at_once_place_one_order(world: World) -> None:
    client, checkout_id, digest = _ready(world)

    answers = _all_at_once(client, checkout_id, digest)

    counted = Counter(answer.status_code for answer in answers)
    assert counted[202] >= 1
    assert set(counted) <= {202, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency.in_progress"
            assert answer["Retry-After"] == "1"
    bodies = [answer.json() for answer in answers if answer.status_code == 202]
    again = client.place(checkout_id, digest, key="same")
    assert bodies == [again.json()] * counted[202]
    assert (again.status_code, again["Idempotent-Replay"]) == (202, "true")
    assert OrderGroup.objects.count() == 1


def test_without_the_claim_the_same_requests_are_all_worked_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with claim and finish switched off nobody hears 409 or a replay."""
    client, checkout_id, digest = _ready(world)
    monkeypatch.setattr(
        idempotency, "claim", lambda **given: idempotency.Claim("a", "r", "k", given["now"])
    )
    monkeypatch.setattr(idempotency, "finish", lambda *_args, **_given: None)
    first = client.place(checkout_id, digest, key="same")
    second = client.place(checkout_id, digest, key="same")
    assert "Idempotent-Replay" not in second
    assert (first.status_code, IdempotencyRecord.objects.count()) == (202, 0)


def test_same_key_with_another_body_is_refused(world: World) -> None:
    client, checkout_id, digest = _ready(world)
    client.place(checkout_id, digest, key="k")
    other = client.place(checkout_id, "0" * 64, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert OrderGroup.objects.count() == 1


def test_same_key_of_another_user_is_a_different_key(world: World) -> None:
    client, checkout_id, digest = _ready(world)
    other, other_checkout, other_digest = _ready(world, 2)
    assert client.place(checkout_id, digest, key="k").status_code == 202
    assert other.place(other_checkout, other_digest, key="k").status_code == 202
    assert OrderGroup.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_missing_or_long_key_is_refused(world: World, key: str) -> None:
    client, checkout_id, digest = _ready(world)
    answer = client.post(
        "orders/", {"checkout_id": checkout_id, "quote_digest": digest}, Idempotency_Key=key
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_missing")
    assert OrderGroup.objects.count() == 0


def test_refusal_gives_the_key_back(world: World) -> None:
    client, checkout_id, digest = _ready(world)
    refused = client.place(checkout_id, "0" * 64, key="k")
    assert (refused.status_code, refused.json()["code"]) == (409, "checkout.quote_changed")
    assert IdempotencyRecord.objects.count() == 0
    assert client.place(checkout_id, digest, key="k").status_code == 202


def _die() -> None:
    raise Killed


def _place_and_die(client: ApiClient, checkout_id: str, digest: str, point: str) -> None:
    set_pause(point, _die)
    try:
        with pytest.raises(Killed):
            client.place(checkout_id, digest, key="k")
    finally:
        set_pause(point, None)
        connections.close_all()


def test_death_after_the_effect_leaves_the_answer_to_be_replayed(world: World) -> None:
    client, checkout_id, digest = _ready(world)
    _place_and_die(client, checkout_id, digest, "core.answer_idempotent")
    again = client.place(checkout_id, digest, key="k")
    assert (again.status_code, again["Idempotent-Replay"]) == (202, "true")
    assert OrderGroup.objects.count() == 1


def test_death_before_the_effect_frees_the_key_when_the_lease_ends(world: World) -> None:
    client, checkout_id, digest = _ready(world)
    _place_and_die(client, checkout_id, digest, "catalog.reserve_locked")
    busy = client.place(checkout_id, digest, key="k")
    assert (busy.status_code, busy["Retry-After"]) == (409, "1")
    assert Checkout.objects.get().state == "OPEN"
    IdempotencyRecord.objects.update(locked_until=clock.now() - timedelta(seconds=1))
    assert client.place(checkout_id, digest, key="k").status_code == 202
    assert OrderGroup.objects.count() == 1


def test_who_lost_the_lease_undoes_the_effect(db: None) -> None:
    now = clock.now()
    given = {"actor": "a", "route": "r", "key": uuid.uuid4().hex, "request_fingerprint": b"x"}
    slow = idempotency.claim(**given, now=now)
    quick = idempotency.claim(**given, now=now + idempotency.LEASE + timedelta(seconds=1))
    assert isinstance(slow, idempotency.Claim)
    assert isinstance(quick, idempotency.Claim)
    with pytest.raises(idempotency.RequestInProgress):
        idempotency.finish(slow, status=200, body={"by": "slow"})
    idempotency.release(slow)
    idempotency.finish(quick, status=201, body={"by": "quick"})
    answer = idempotency.claim(**given, now=now)
    assert answer == idempotency.StoredAnswer(status=201, body={"by": "quick"})
