"""Ping, health and metrics: cheap for everybody, telling only to those who may look inside."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.backoffice.tests.world import client_of, staff
from apps.core import health
from apps.core.models import OutboxEvent
from apps.core.outbox import emit
from apps.core.tests.world import NOW, ThingChanged
from marketplace.tests.world import make_user

TOKEN = "monitoring-token-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.MONITORING_TOKEN = TOKEN


@pytest.mark.django_db
def test_ping_answers_pong_without_a_query_a_cookie_or_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (1, 60))
    client = client_of(make_user("a@people.example"))
    with CaptureQueriesContext(connection) as captured:
        answers = [client.get("/ping") for _ in range(3)]

    assert [(a.status_code, a.content, a["Content-Type"]) for a in answers] == [
        (200, b"pong", "text/plain")
    ] * 3
    assert len(captured) == 0
    assert not answers[0].cookies


def test_ping_answers_while_the_database_is_not_allowed_at_all() -> None:
    """Outside of a database test any query would raise."""
    assert Client().get("/ping").content == b"pong"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/ping", "/health/", "/metrics"])
def test_machines_endpoints_only_answer_to_get(path: str) -> None:
    assert Client().post(path).status_code == 405


@pytest.mark.django_db
def test_health_tells_a_stranger_the_state_alone() -> None:
    answer = Client().get("/health/")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer ё".encode().decode("latin-1")},
    ],
)
def test_health_and_metrics_take_no_other_token(headers: dict[str, str]) -> None:
    assert "dependencies" not in Client().get("/health/", headers=headers).json()
    assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.django_db
def test_empty_token_opens_nothing(settings: Any) -> None:
    settings.MONITORING_TOKEN = ""
    empty = {"Authorization": "Bearer "}

    assert "dependencies" not in Client().get("/health/", headers=empty).json()
    assert Client().get("/metrics", headers=empty).status_code == 404


@pytest.mark.django_db
def test_health_tells_staff_and_the_token_each_dependency() -> None:
    by_token = Client().get("/health/", headers=BEARER).json()["dependencies"]
    by_staff = client_of(staff("s@staff.example")).get("/health/").json()["dependencies"]
    by_buyer = client_of(make_user("b@people.example")).get("/health/").json()

    for seen in (by_token, by_staff):
        assert [(one["name"], one["ok"]) for one in seen] == [
            (name, True) for name in ("database", "redis", "cache", "outbox")
        ]
    assert by_token[0]["detail"].startswith("PostgreSQL 18")
    assert by_buyer == {"status": "ok"}


@pytest.mark.django_db
def test_health_with_a_lost_redis_is_degraded_and_still_answers(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"

    answer = Client().get("/health/", headers=BEARER)

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    states = {one["name"]: one["ok"] for one in answer.json()["dependencies"]}
    assert states == {"database": True, "redis": False, "cache": True, "outbox": True}


@pytest.mark.django_db
def test_health_without_the_database_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> str:
        raise ConnectionError("no route")

    monkeypatch.setitem(health.CHECKS, "database", lost)

    answer = Client().get("/health/")

    assert (answer.status_code, answer.json()) == (503, {"status": "down"})


@pytest.mark.django_db
def test_health_notices_events_that_nobody_delivers() -> None:
    emit(ThingChanged("a"))
    assert Client().get("/health/").json() == {"status": "ok"}
    OutboxEvent.objects.update(created_at=NOW.replace(year=2020))

    answer = Client().get("/health/", headers=BEARER).json()

    assert answer["status"] == "degraded"
    assert "oldest undelivered event is" in answer["dependencies"][3]["detail"]


@pytest.mark.django_db
def test_metrics_are_not_there_for_strangers_and_count_for_the_token() -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/metrics").status_code == 404
    before = _count(client)

    client.get("/ping")
    client.generic("INVENTED", "/ping")
    client.generic("INVENTED-TOO", "/nothing-here/")

    text = client.get("/metrics", headers=BEARER).content.decode()
    assert _count(client) == before + 1
    assert 'method="other",route="ping",status="405"' in text
    assert 'method="other",route="unmatched"' in text
    assert "INVENTED" not in text
    assert "nothing-here" not in text


def _count(client: Client) -> float:
    line = 'http_requests_total{method="GET",route="ping",status="200"} '
    text = client.get("/metrics", headers=BEARER).content.decode()
    found = [row for row in text.splitlines() if row.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0.0
