"""The limiter with Redis gone for real: loosened by the number of processes, never lifted."""

import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured

from apps.core import rate_limit
from apps.core.rate_limit import hit
from marketplace.tests.api_client import ApiClient


@pytest.fixture
def lost_redis(settings: Any) -> str:
    """An address at which nothing listens; return the one that works."""
    working: str = settings.RATE_LIMIT_REDIS_URL
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.RATE_LIMIT_REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/1"
    return working


@pytest.fixture(autouse=True)
def _own_windows() -> Iterator[None]:
    rate_limit._windows.clear()
    yield
    rate_limit._windows.clear()


@pytest.mark.usefixtures("lost_redis")
def test_lost_redis_leaves_the_limit_and_the_wait_in_place() -> None:
    subject = uuid.uuid4().hex
    verdicts = [hit(rule="anonymous_write", subject=subject) for _ in range(103)]

    assert [verdict.is_allowed for verdict in verdicts] == [True] * 100 + [False] * 3
    assert [verdict.remaining for verdict in verdicts[:3]] == [99, 98, 97]
    assert (verdicts[-1].limit, verdicts[-1].remaining) == (100, 0)
    assert 59 <= verdicts[-1].retry_after_seconds <= 61
    assert hit(rule="anonymous_write", subject="another").is_allowed
    assert hit(rule="page", subject=subject).is_allowed


def test_limit_is_counted_in_redis_again_when_it_is_back(lost_redis: str, settings: Any) -> None:
    subject = uuid.uuid4().hex
    for _ in range(100):
        hit(rule="anonymous_write", subject=subject)
    assert not hit(rule="anonymous_write", subject=subject).is_allowed

    settings.RATE_LIMIT_REDIS_URL = lost_redis

    assert hit(rule="anonymous_write", subject=subject).remaining == 99


@pytest.mark.usefixtures("lost_redis")
def test_windows_of_a_process_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_MAX_LOCAL_SUBJECTS", 10)
    for number in range(50):
        hit(rule="page", subject=str(number))
    assert len(rate_limit._windows) <= 11


@pytest.mark.django_db
@pytest.mark.usefixtures("lost_redis")
def test_api_answers_and_limits_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "anonymous_write", (2, 60))
    client = ApiClient(address="203.0.113.50")

    assert [client.get("cart/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
def test_addresses_of_one_ipv6_network_share_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "anonymous_write", (2, 60))
    addresses = [
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::9",
        "2001:db8:1:2:3:4:5:6",
        "2001:db8:1:3::1",
    ]

    statuses = [ApiClient(address=address).get("cart/").status_code for address in addresses]

    assert statuses == [200, 200, 429, 200]


@pytest.mark.django_db
def test_refusals_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking again and again does not push the end of the wait away."""
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (1, 60))
    subject = uuid.uuid4().hex
    hit(rule="page", subject=subject)
    waits = [hit(rule="page", subject=subject).retry_after_seconds for _ in range(20)]

    assert set(waits) <= {59, 60}
    assert waits == sorted(waits, reverse=True)
