"""Moderation of reviews in the back office: the queue, the photos, the deeds with their reasons."""

from typing import Any

import pytest
from django.test import Client

from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.core.models import AuditEntry
from apps.reviews.models import Review
from apps.reviews.tests.world import bought, photo, rating, written
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
LIST = "/backoffice/reviews/review/"


@pytest.fixture
def world() -> World:
    return make_world(units=20)


def act(client: Client, review: Review, action: str, reason: str = "looked at it") -> Any:
    data = {"action": action, "_selected_action": str(review.id), "confirmed": "1"}
    return client.post(LIST, data | {"reason": reason}, follow=True)


def test_queue_counts_what_waits_with_its_age_and_leads_to_it(world: World) -> None:
    bought(world, 0, 1)
    review = written(world, 0)
    written(world, 1, text="", rating=5)

    queues = superuser_client().get("/backoffice/").context["queues"]

    (row,) = [row for row in queues if str(row.title) == "Reviews in moderation"]
    assert (row.queue.count, row.queue.oldest_at) == (1, review.submitted_at)


def test_page_shows_words_photos_and_purchase(world: World) -> None:
    bought(world)
    review = written(world, text="<script>alert(1)</script>", photo_ids=(photo(world.viewer()).id,))

    html = superuser_client().get(f"{LIST}{review.id}/change/").content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html
    assert html.count('class="desk-photo"') == 1
    assert f"/backoffice/orders/orderline/{review.line_id}/change/" in html
    for label in ("Publish", "Reject: advertising", "Reject: insults", "Audit"):
        assert label in html


def test_moderator_publishes_and_rejects_with_a_reason(world: World) -> None:
    bought(world)
    review = written(world)
    moderator = client_of(
        staff("moderator@staff.example", "reviews.view_review", "reviews.change_review")
    )

    act(moderator, review, "publish", reason="")
    assert rating(world) == (0, 0)
    act(moderator, review, "publish")
    assert rating(world) == (400, 1)
    act(moderator, review, "reject_advertising", reason="sells tea")

    review.refresh_from_db()
    assert (review.status, review.reject_reason) == ("REJECTED", "ADVERTISING")
    assert rating(world) == (0, 0)
    entry = AuditEntry.objects.get(action="reviews.reject")
    assert (entry.reason, entry.actor_label) == (
        "ADVERTISING: sells tea",
        "moderator@staff.example",
    )


def test_who_may_only_look_decides_nothing(world: World) -> None:
    bought(world)
    review = written(world)
    analyst = client_of(staff("analyst@staff.example", "reviews.view_review"))

    html = analyst.get(f"{LIST}{review.id}/change/").content.decode()
    act(analyst, review, "publish")

    assert "Reject: insults" not in html
    review.refresh_from_db()
    assert review.status == "IN_MODERATION"
