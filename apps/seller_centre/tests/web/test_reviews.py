"""Reviews in the seller centre: the list by tabs, answers by role, the entry of the work list."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.orders.tests.services.world import now
from apps.reviews.models import Review, ReviewAnswer
from apps.reviews.services.answering import answer_review
from apps.reviews.tests.world import (
    another_buyer,
    bought,
    photo,
    published,
    seller_viewer,
    written,
)
from apps.seller_centre.tests.shop import browser, member_user, owner, page, strangers
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
LIST_QUERIES = 10


@pytest.fixture
def world() -> World:
    return make_world(units=20)


def base(world: World, seller: int = 0) -> str:
    return f"/en/seller/{world.sellers[seller].id}/"


def listed(html: str) -> list[str]:
    return re.findall(r"seller-review__title\" lang=\"\w\w\">(.*?)<", html)


def three(world: World) -> list[Review]:
    """A good one that is answered, a bad one, and one that waits for staff."""
    bought(world)
    good = published(world, title="Good", rating=5)
    answer_review(review_id=good.id, text="Thanks.", actor=seller_viewer(world), now=now())
    bad = published(world, title="Bad", rating=2, actor=another_buyer(world, 1))
    waits = written(world, title="Waits", actor=another_buyer(world, 2))
    return [good, bad, waits]


def test_tabs_show_what_they_say_and_nothing_that_waits_for_staff(world: World) -> None:
    three(world)
    client = owner(world)

    assert listed(page(client, f"{base(world)}reviews/")) == ["Bad", "Good"]
    assert listed(page(client, f"{base(world)}reviews/?tab=unanswered")) == ["Bad"]
    assert listed(page(client, f"{base(world)}reviews/?tab=low")) == ["Bad"]
    assert listed(page(owner(world, 1), f"{base(world, 1)}reviews/")) == []
    assert "1 review to answer" in page(client, base(world))


def test_answer_is_published_changed_and_taken_back(world: World) -> None:
    _good, bad, _waits = three(world)
    client, path = owner(world), f"{base(world)}reviews/{bad.id}/answer/"

    answer = client.post(path, {"text": "Sorry.", "tab": "low"})
    assert answer["Location"] == f"{base(world)}reviews/?tab=low"
    client.post(path, {"text": "We are sorry."})

    html = page(client, f"{base(world)}reviews/?tab=low")
    assert "We are sorry.</textarea>" in html
    assert "Change the answer" in html
    assert "review to answer" not in page(client, base(world))
    client.post(f"{path}remove/")
    assert not ReviewAnswer.objects.filter(review=bad).exists()


def test_refused_answer_comes_back_with_what_was_typed(world: World) -> None:
    good, bad, _waits = three(world)
    client = owner(world)

    empty = client.post(f"{base(world)}reviews/{bad.id}/answer/", {"text": " "})
    long = client.post(
        f"{base(world)}reviews/{good.id}/answer/", {"text": "b" * 2001, "tab": "unanswered"}
    )

    assert empty.status_code == long.status_code == 422
    assert "This field is required." in empty.content.decode()
    assert "b" * 2001 in long.content.decode()
    assert ReviewAnswer.objects.get().text == "Thanks."


def test_roles_read_all_and_answer_by_power(world: World) -> None:
    _good, bad, waits = three(world)
    path = f"{base(world)}reviews/{bad.id}/answer/"
    for role in (MemberRole.STOCK, MemberRole.FINANCE):
        client = browser(member_user(world.sellers[0], role))
        html = page(client, f"{base(world)}reviews/")
        assert listed(html) == ["Bad", "Good"]
        assert "Publish the answer" not in html
        assert "review to answer" not in page(client, base(world))
        assert client.post(path, {"text": "We."}).status_code == 404
        assert client.post(f"{path}remove/").status_code == 404
    for client in strangers(world):
        assert client.get(f"{base(world)}reviews/").status_code == 404
        assert client.post(path, {"text": "We."}).status_code == 404
    manager = browser(member_user(world.sellers[0], MemberRole.MANAGER))
    assert manager.post(path, {"text": "We."}).status_code == 302
    hidden = f"{base(world)}reviews/{waits.id}/answer/"
    assert manager.post(hidden, {"text": "We."}).status_code == 404
    rival = owner(world, 1)
    assert rival.post(path.replace(base(world), base(world, 1)), {"text": "We."}).status_code == 404
    assert ReviewAnswer.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    bought(world)
    published(world, photo_ids=(photo(world.viewer()).id,))
    for number in range(count - 1):
        review = published(world, actor=another_buyer(world, number), title="More")
        answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=now())
    client = owner(world)
    page(client, f"{base(world)}reviews/")

    with django_assert_num_queries(LIST_QUERIES):
        html = page(client, f"{base(world)}reviews/")
    assert html.count('class="seller-review"') == count


def test_hostile_words_are_words(world: World) -> None:
    bought(world)
    published(world, title="<script>alert(1)</script>", text='"><img src=x onerror=alert(1)>')

    html = page(owner(world), f"{base(world)}reviews/")

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert Client().get(f"{base(world)}reviews/").status_code == 302
