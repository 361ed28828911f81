"""Two at once: the rating stays exact, one review is written; each with its control."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.pauses import set_pause
from apps.core.viewer import SYSTEM
from apps.orders.tests.services.world import now
from apps.reviews.models import Review
from apps.reviews.services import rating as rating_service
from apps.reviews.services import writing
from apps.reviews.services.moderation import publish_review
from apps.reviews.tests.world import another_buyer, bought, rating, written
from marketplace.tests.world import World, make_world

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]


class Meeting:
    """A pause point at which two threads wait for each other, or for `patience` seconds."""

    def __init__(self, point: str, *, patience: float) -> None:
        self.point, self.patience = point, patience
        self.barrier = threading.Barrier(2)

    def __enter__(self) -> None:
        set_pause(self.point, self.wait)

    def __exit__(self, *error: object) -> None:
        set_pause(self.point, None)

    def wait(self) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(self.patience)


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Run the works in threads; return "" or what each was refused with."""
    answers = [""] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            work()
        except DomainError as refusal:
            answers[index] = refusal.code
        except Exception as error:  # noqa: BLE001  a race without its guard may end in any of them
            answers[index] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def publish_two_at_once(world: World, *, patience: float) -> list[str]:
    bought(world)
    one = written(world, rating=5)
    two = written(world, rating=2, actor=another_buyer(world, 1))

    def publish(review: Review) -> Callable[[], Any]:
        return lambda: publish_review(review_id=review.id, actor=SYSTEM, reason="", now=now())

    with Meeting("reviews.rating", patience=patience):
        return at_once(publish(one), publish(two))


def test_two_reviews_published_at_once_are_both_counted() -> None:
    world = make_world(units=20)

    assert publish_two_at_once(world, patience=0.5) == ["", ""]
    assert rating(world) == (350, 2)
    assert violations() == []


def test_two_reviews_published_at_once_without_the_rating_s_lock_lose_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both sum up before the other commits, and the later overwrites the earlier."""
    world = make_world(units=20)
    monkeypatch.setattr(rating_service, "lock_rating", lambda _product_id: None)

    assert publish_two_at_once(world, patience=10) == ["", ""]
    assert rating(world)[1] == 1


def write_twice_at_once(world: World) -> list[str]:
    bought(world)
    with Meeting("reviews.write", patience=10):
        return at_once(lambda: written(world, rating=5), lambda: written(world, rating=1))


def test_one_of_two_reviews_written_at_once_is_refused() -> None:
    world = make_world()

    assert sorted(write_twice_at_once(world)) == ["", "reviews.already_reviewed"]
    assert Review.objects.count() == 1


def test_two_reviews_written_at_once_without_the_unique_index_are_both_there() -> None:
    """The control: the check before the write sees neither of them."""
    world = make_world()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'review_once'")
        (definition,) = cursor.fetchone()
        cursor.execute("DROP INDEX review_once")
    try:
        assert write_twice_at_once(world) == ["", ""]
        assert Review.objects.count() == 2
    finally:
        Review.objects.all().delete()
        with connections["owner"].cursor() as cursor:
            cursor.execute(definition)
    assert writing.AlreadyReviewed.http_status == 409
