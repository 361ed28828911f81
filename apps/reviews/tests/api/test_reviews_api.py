"""Reviews over the API: written once per key, one's own alone, photos as a form, the shop's answer."""

import json
import uuid
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.orders.tests.services.world import now
from apps.reviews.models import HelpfulVote, Review, ReviewAnswer, ReviewPhoto
from apps.reviews.services.answering import answer_review
from apps.reviews.tests.hostile import HOSTILE
from apps.reviews.tests.world import (
    another_buyer,
    bought,
    photo,
    png,
    product_of,
    published,
    rating,
    seller_viewer,
    written,
)
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
LIST_QUERIES = 4


@pytest.fixture
def world() -> World:
    return make_world(units=20)


@pytest.fixture
def buyer(world: World) -> ApiClient:
    return ApiClient(world.buyer)


def write(client: ApiClient, world: World, key: str = "", **given: Any) -> Any:
    body = {"product_id": str(product_of(world).id), "rating": 5, "text": "Holds tea."} | given
    return client.post("reviews/", body, Idempotency_Key=key or uuid.uuid4().hex)


def upload(client: ApiClient, content: bytes, name: str = "a.png") -> Any:
    file = SimpleUploadedFile(name, content, "image/png")
    return client.client.post("/api/v1/reviews/photos/", {"photo": file}, headers=client.headers)


def test_review_with_a_photo_is_written_once_per_key(world: World, buyer: ApiClient) -> None:
    bought(world)
    sent = upload(buyer, png())
    assert sent.status_code == 201
    assert sorted(sent.json()) == ["height", "id", "urls", "width"]
    given = {"photo_ids": [sent.json()["id"]], "title": "Good"}

    first = write(buyer, world, "k1", **given)
    again = write(buyer, world, "k1", **given)
    other = write(buyer, world, "k1", rating=1)
    second = write(buyer, world, "k2")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replay"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert (second.status_code, second.json()["code"]) == (409, "reviews.already_reviewed")
    body = first.json()
    assert (body["status"], body["is_verified_purchase"], len(body["photos"])) == (
        "IN_MODERATION",
        True,
        1,
    )
    assert Review.objects.count() == 1


def test_key_is_wanted_and_the_mark_is_not_the_client_s_to_give(
    world: World, buyer: ApiClient
) -> None:
    bought(world)
    body = {"product_id": str(product_of(world).id), "rating": 5}

    assert buyer.post("reviews/", body).json()["code"] == "idempotency.key_missing"
    for extra in (
        {"is_verified_purchase": True},
        {"status": "PUBLISHED"},
        {"author_name": "Editor"},
        {"helpful_count": 9},
        {"rating": "5"},
        {"rating": 6},
        {"rating": True},
        {"text": "a" * 5001},
        {"photo_ids": [str(uuid.uuid4()) for _ in range(6)]},
    ):
        answer = write(buyer, world, **extra)
        assert answer.status_code == 422, extra
    assert not Review.objects.exists()


def test_who_did_not_receive_it_is_refused(world: World, buyer: ApiClient) -> None:
    answer = write(buyer, world)

    assert (answer.status_code, answer.json()["code"]) == (409, "reviews.not_bought")
    assert write(ApiClient(), world).status_code == 401


def test_own_review_is_read_changed_and_deleted_by_its_author_alone(
    world: World, buyer: ApiClient
) -> None:
    bought(world)
    review = published(world)
    path = f"reviews/{review.id}/"
    stranger = ApiClient(make_user("other@people.example"))
    for method in ("GET", "DELETE"):
        assert stranger.send(method, path).status_code == 404
    assert stranger.put(path, {"rating": 1}).status_code == 404
    assert rating(world) == (400, 1)

    changed = buyer.put(path, {"rating": 1, "text": "Holds tea."})
    assert (changed.status_code, changed.json()["status"]) == (200, "PUBLISHED")
    assert rating(world) == (100, 1)
    mine = buyer.get("me/reviews/").json()["results"]
    assert [row["id"] for row in mine] == [str(review.id)]
    assert stranger.get("me/reviews/").json()["results"] == []
    assert buyer.delete(path).status_code == 204
    assert buyer.get(path).status_code == 404
    assert rating(world) == (0, 0)


def test_received_and_not_reviewed_is_listed(world: World, buyer: ApiClient) -> None:
    bought(world, 0, 1)
    written(world, 0)

    rows = buyer.get("me/reviews/to-write/").json()["results"]

    assert [(row["product_id"], row["titles"]["en"]) for row in rows] == [
        (str(product_of(world, 1).id), "Thing T12")
    ]


def test_public_list_shows_answers_and_photos_and_nothing_that_waits(world: World) -> None:
    bought(world)
    review = published(world, photo_ids=(photo(world.viewer()).id,))
    answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=now())
    written(world, actor=another_buyer(world, 1))

    body = ApiClient().get(f"products/{product_of(world).short_id}/reviews/").json()

    (row,) = body["results"]
    assert row["answer"]["seller_name"] == "Shop 1"
    assert row["answer"]["text"] == "Thanks."
    assert row["author_name"] == "Aziza K."
    assert list(row["photos"][0]["urls"]) == ["64"]
    assert "product_id" not in row
    assert "status" not in row


@pytest.mark.parametrize("count", [1, 3])
def test_public_list_costs_the_same_for_any_number(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    bought(world)
    review = published(world, photo_ids=(photo(world.viewer()).id,))
    answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=now())
    for _ in range(count - 1):
        Review.objects.create(
            product=product_of(world), rating=3, language="en", status="PUBLISHED"
        )
    client = ApiClient()
    path = f"products/{product_of(world).short_id}/reviews/"
    client.get(path)

    with django_assert_num_queries(LIST_QUERIES - 1):
        rows = client.get(path).json()["results"]
    assert len(rows) == count


def test_vote_is_set_and_taken_back(world: World, buyer: ApiClient) -> None:
    bought(world)
    review = published(world)
    path = f"reviews/{review.id}/helpful/"
    voter = ApiClient(make_user("voter@people.example"))

    assert voter.put(path, {"is_helpful": True}).json() == {"helpful_count": 1, "is_helpful": True}
    assert voter.put(path, {"is_helpful": True}).json()["helpful_count"] == 1
    assert voter.put(path, {"is_helpful": False}).json()["helpful_count"] == 0
    assert buyer.put(path, {"is_helpful": True}).json()["code"] == "reviews.own_review"
    assert ApiClient().put(path, {"is_helpful": True}).status_code == 401
    assert not HelpfulVote.objects.exists()


def test_answer_is_the_shop_s(world: World, buyer: ApiClient) -> None:
    bought(world)
    review = published(world)
    path = f"reviews/{review.id}/answer/"
    owner = ApiClient(User.objects.get(email="owner1@sellers.example"))
    rival = ApiClient(User.objects.get(email="owner2@sellers.example"))

    for client in (buyer, rival):
        assert client.put(path, {"text": "We."}).status_code == 404
        assert client.delete(path).status_code == 404
    answered = owner.put(path, {"text": "Thanks."})
    assert (answered.status_code, answered.json()["text"]) == (200, "Thanks.")
    assert owner.put(path, {"text": "a" * 2001}).status_code == 422
    assert owner.delete(path).status_code == 204
    assert not ReviewAnswer.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_photo_is_refused(world: World, buyer: ApiClient, name: str) -> None:
    answer = upload(buyer, HOSTILE[name](), name)

    assert (answer.status_code, answer.json()["code"]) == (422, "catalog.unusable_picture")
    assert not ReviewPhoto.objects.exists()


def test_photo_comes_as_a_form_alone(buyer: ApiClient) -> None:
    assert buyer.post("reviews/photos/", {"photo": "aGVsbG8="}).status_code == 415
    assert upload(ApiClient(), png()).status_code == 401


def test_floods_are_held_back(
    world: World, buyer: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "review", (1, 3600))
    monkeypatch.setitem(configured.RATE_LIMITS, "review_photo", (1, 3600))
    bought(world)
    assert write(buyer, world).status_code == 201
    assert upload(buyer, png()).status_code == 201

    for answer in (write(buyer, world), upload(buyer, png((1, 1, 1)))):
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert int(answer["Retry-After"]) > 3500
    assert ReviewPhoto.objects.count() == 1
    assert json.loads(answer.content)["status"] == 429
