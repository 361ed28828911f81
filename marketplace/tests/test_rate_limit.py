"""S11: at most the limit in any window, however many threads and processes ask."""

import multiprocessing
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisDown

from apps.core import rate_limit
from apps.orders.models import Cart
from marketplace.tests.api_client import ApiClient

PROCESSES, THREADS, REQUESTS = 2, 16, 320


def _hits(subject: str, queue: Any) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        verdicts = list(
            pool.map(
                lambda _n: rate_limit.hit(rule="anonymous_write", subject=subject), range(REQUESTS)
            )
        )
    queue.put(sum(verdict.is_allowed for verdict in verdicts))


def test_two_processes_with_many_threads_get_exactly_the_limit() -> None:
    context = multiprocessing.get_context("fork")
    queue, subject = context.Queue(), uuid.uuid4().hex
    rate_limit._script.cache_clear()
    rate_limit.client.cache_clear()
    workers = [context.Process(target=_hits, args=(subject, queue)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    admitted = sum(queue.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    assert admitted == 100


def test_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (2, 1))
    subject = uuid.uuid4().hex
    assert rate_limit.hit(rule="page", subject=subject).is_allowed
    time.sleep(0.6)
    assert rate_limit.hit(rule="page", subject=subject).is_allowed
    refused = rate_limit.hit(rule="page", subject=subject)
    assert (refused.is_allowed, refused.retry_after_seconds) == (False, 1)
    time.sleep(0.5)
    assert rate_limit.hit(rule="page", subject=subject).is_allowed
    assert not rate_limit.hit(rule="page", subject=subject).is_allowed


def test_without_redis_each_process_keeps_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_url: str) -> Any:
        raise RedisDown

    monkeypatch.setattr(rate_limit, "_script", down)
    subject = uuid.uuid4().hex
    with ThreadPoolExecutor(THREADS) as pool:
        verdicts = list(
            pool.map(
                lambda _n: rate_limit.hit(rule="anonymous_write", subject=subject), range(REQUESTS)
            )
        )
    assert sum(verdict.is_allowed for verdict in verdicts) == 100


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "198.51.100.1"),
        (1, "not an address", "198.51.100.1"),
        (1, "", "198.51.100.1"),
    ],
)
def test_client_address_is_what_our_own_proxies_saw(
    monkeypatch: pytest.MonkeyPatch, hops: int, forwarded: str, expected: str
) -> None:
    monkeypatch.setattr(configured, "TRUSTED_PROXY_COUNT", hops)
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="198.51.100.1"
    )
    assert rate_limit.client_address(request.META) == expected


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_an_ipv6_client_is_its_whole_network(address: str, subject: str) -> None:
    assert rate_limit.address_subject(address) == subject


@pytest.mark.django_db
def test_refused_request_says_when_to_come_back_and_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "anonymous_write", (2, 60))
    client = ApiClient(address="203.0.113.77")
    statuses = [client.get("cart/").status_code for _ in range(2)]
    assert statuses == [200, 200]
    refused = client.post("cart/lines/", {"offer_id": str(uuid.uuid4()), "quantity": 1})
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["code"] == "rate_limited"
    assert 59 <= int(refused["Retry-After"]) <= 60
    assert not refused.cookies
    assert Cart.objects.count() == 0


@pytest.mark.django_db
def test_made_up_session_tokens_do_not_lift_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "anonymous_write", (3, 60))
    client = ApiClient(address="203.0.113.78")
    statuses = []
    for _ in range(5):
        client.client.cookies["sessionid"] = uuid.uuid4().hex
        statuses.append(client.get("cart/", X_Session_Token=uuid.uuid4().hex).status_code)
    # A token that does not fit is refused by the view; the limiter counts it as anonymous.
    assert statuses == [401, 401, 401, 429, 429]


@pytest.mark.django_db
def test_refused_page_is_in_the_language_of_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (0, 60))
    monkeypatch.setattr(
        rate_limit,
        "hit",
        lambda **_given: rate_limit.Verdict(False, 1, 0, 7),  # noqa: FBT003
    )
    answer = ApiClient(address="203.0.113.79").get("/ru/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    assert b'lang="ru"' in answer.content
