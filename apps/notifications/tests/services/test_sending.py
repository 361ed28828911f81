"""A letter that two workers hold at once leaves once; one that failed, or whose worker died, leaves later."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.utils import timezone

from apps.core.pauses import set_pause
from apps.notifications import services, tasks
from apps.notifications.models import Delivery
from apps.notifications.services import BeingSent, deliver, send_email
from apps.notifications.tests.services.test_letters import CONTEXT

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def letter(committed_db: None) -> UUID:
    send_email(
        kind="order_paid",
        key="order_paid:1",
        recipient_id=None,
        address="buyer@people.example",
        language="en",
        context=CONTEXT,
    )
    return Delivery.objects.get().id


@pytest.fixture
def met() -> Iterator[threading.Barrier]:
    """Holds whoever is about to send until a second one is there, or for a second."""
    barrier = threading.Barrier(2)

    def wait() -> None:
        try:
            barrier.wait(1)
        except threading.BrokenBarrierError:
            return

    set_pause("notifications.send", wait)
    yield barrier
    set_pause("notifications.send", None)


def by_two(letter: UUID) -> list[str]:
    start = threading.Barrier(2)

    def work(_number: int) -> str:
        try:
            start.wait(20)
            deliver(delivery_id=letter, now=NOW)
        except BeingSent:
            return "being sent"
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(work, range(2)))


@pytest.mark.usefixtures("met")
def test_letter_of_two_workers_at_once_leaves_once(letter: UUID) -> None:
    assert by_two(letter) == ["being sent", "done"]

    row = Delivery.objects.get()
    assert len(mail.outbox) == 1
    assert (row.state, row.attempts, row.claimed_until) == ("SENT", 1, None)
    deliver(delivery_id=letter, now=NOW)
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("met")
def test_letter_without_its_claim_leaves_twice(
    letter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(services, "_claim", lambda _delivery: True)

    assert by_two(letter) == ["done", "done"]
    assert len(mail.outbox) == 2


def test_job_of_a_letter_that_another_worker_has_comes_back_after_the_lease(letter: UUID) -> None:
    Delivery.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))

    with pytest.raises(BeingSent):
        deliver(delivery_id=letter, now=NOW)
    # As a worker runs it: not at once and in place, but queued anew.
    job = {"delivery_id": str(letter)}
    tasks.deliver.push_request(id="job", called_directly=False, retries=0, args=(), kwargs=job)
    try:
        with pytest.raises(Retry) as again:
            tasks.deliver.run(**job)
    finally:
        tasks.deliver.pop_request()

    assert again.value.when == services.LEASE.total_seconds()
    assert mail.outbox == []
    assert Delivery.objects.get().attempts == 0


def test_letter_of_a_worker_that_died_leaves_when_its_lease_is_over(letter: UUID) -> None:
    Delivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1), attempts=1)

    deliver(delivery_id=letter, now=NOW)

    row = Delivery.objects.get()
    assert (row.state, row.attempts, len(mail.outbox)) == ("SENT", 2, 1)


def test_letter_that_failed_is_noted_raised_and_free_at_once(
    letter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_message: Any) -> int:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        with pytest.raises(ConnectionRefusedError):
            deliver(delivery_id=letter, now=NOW)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("QUEUED", 1, "no mail server")

    deliver(delivery_id=letter, now=NOW)

    row.refresh_from_db()
    assert (row.state, row.attempts, len(mail.outbox)) == ("SENT", 2, 1)
