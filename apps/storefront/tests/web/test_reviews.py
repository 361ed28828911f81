"""The form of a review and the lists in the account."""

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.catalog.selectors.pictures import rendition_key
from apps.core.viewer import SYSTEM
from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import confirmed_order
from apps.orders.tests.services.world import now
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.services.moderation import reject_review
from apps.reviews.tests.hostile import HOSTILE, gps_jpeg
from apps.reviews.tests.world import bought, photo, png, product_of, published, rating, written
from apps.reviews.types import RejectReason
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
TO_WRITE_QUERIES = 4
MINE_QUERIES = 8


@pytest.fixture
def world() -> World:
    return make_world(units=20)


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    assert world.buyer is not None
    client.force_login(world.buyer)
    return client


def form_url(world: World, index: int = 0) -> str:
    return f"/en/p/{product_of(world, index).id}/review/"


def send(client: Client, world: World, *files: Any, **given: Any) -> Any:
    data = {"rating": "5", "title": "Good", "text": "Holds tea."} | given
    return client.post(form_url(world), data | ({"photos": list(files)} if files else {}))


def upload(content: bytes, name: str = "tea.png", kind: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def test_review_is_sent_with_photos_and_waits(world: World, client: Client) -> None:
    bought(world)
    assert "Send the review" in client.get(form_url(world)).content.decode()

    answer = send(client, world, upload(png()), upload(png((1, 2, 3)), "b.png"))

    assert answer["Location"] == "/en/me/reviews/?tab=mine"
    review = Review.objects.get()
    assert (review.status, review.rating, review.photos.count()) == ("IN_MODERATION", 5, 2)
    page = client.get("/en/me/reviews/?tab=mine").content.decode()
    assert "In moderation" in page
    assert "We read your review" in page


def test_stars_alone_are_enough(world: World, client: Client) -> None:
    bought(world)

    send(client, world, title="", text="", rating="3")

    assert Review.objects.get().status == "PUBLISHED"
    assert rating(world) == (300, 1)


def test_nothing_typed_is_lost_when_the_form_comes_back(world: World, client: Client) -> None:
    bought(world)

    answer = send(client, world, upload(png()), upload(b"%PDF-1.4", "slip.pdf"), rating="")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Choose one to five stars." in page
    assert "slip.pdf: This is not a picture we can use" in page
    assert 'value="Good"' in page
    assert "Holds tea.</textarea>" in page
    kept = ReviewPhoto.objects.get()
    assert f'name="photo_ids" value="{kept.id}" checked' in page
    assert not Review.objects.exists()

    send(client, world, photo_ids=[str(kept.id)])
    assert list(Review.objects.get().photos.values_list("id", flat=True)) == [kept.id]


def test_photos_beyond_five_are_named_and_the_rest_kept(world: World, client: Client) -> None:
    bought(world)
    files = [upload(png((number, 0, 0)), f"{number}.png") for number in range(6)]

    page = send(client, world, *files).content.decode()

    assert "5.png: A review has at most 5 photos." in page
    assert page.count('name="photo_ids"') == 5


def test_photos_of_others_and_junk_ids_are_left_out(world: World, client: Client) -> None:
    from apps.core.viewer import viewer_of

    bought(world)
    foreign = photo(viewer_of(make_user("other@people.example")))

    send(client, world, photo_ids=[str(foreign.id), "junk", ""])

    assert Review.objects.get().photos.count() == 0
    foreign.refresh_from_db()
    assert foreign.review_id is None


def test_review_is_changed_and_photos_taken_off(world: World, client: Client) -> None:
    bought(world)
    review = published(world, photo_ids=(photo(world.viewer()).id,), rating=2)
    page = client.get(form_url(world)).content.decode()
    assert "Change your review" in page
    assert re.search(r'<input type="radio" name="rating" value="2"[^>]* checked', page)
    assert "leaves the page until" in page

    send(client, world, rating="1", title="", text="Leaks.")

    review.refresh_from_db()
    assert (review.text, review.status, review.photos.count()) == ("Leaks.", "IN_MODERATION", 0)


def test_who_has_not_received_it_is_told_so(world: World, client: Client) -> None:
    confirmed_order(world)

    shown, sent = client.get(form_url(world)), send(client, world, upload(png()))

    assert shown.status_code == 200
    assert (sent.status_code, Review.objects.count(), ReviewPhoto.objects.count()) == (409, 0, 0)
    for answer in (shown, sent):
        assert "written by people who bought the product here" in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"


def test_guests_sign_in_and_unknown_products_are_not_found(world: World, client: Client) -> None:
    path = form_url(world)
    assert Client().get(path)["Location"] == f"/en/account/login/?next={path}"
    assert Client().post(path)["Location"].startswith("/en/account/login/")
    assert client.get("/en/p/01999999-0000-7000-8000-000000000000/review/").status_code == 404


def test_form_without_token_is_refused(world: World) -> None:
    bought(world)
    strict = Client(enforce_csrf_checks=True)
    assert world.buyer is not None
    strict.force_login(world.buyer)

    assert send(strict, world).status_code == 403
    assert not Review.objects.exists()


def test_deleting_is_the_author_s_alone(world: World, client: Client) -> None:
    bought(world)
    review = published(world)
    path = f"/en/me/reviews/{review.id}/delete/"
    other = Client()
    other.force_login(make_user("other@people.example"))

    assert other.post(path).status_code == 404
    assert client.get(path).status_code == 405
    assert rating(world) == (400, 1)
    assert client.post(path)["Location"] == "/en/me/reviews/?tab=mine"
    assert rating(world) == (0, 0)
    assert "You have not written a review yet" in (
        client.get("/en/me/reviews/?tab=mine").content.decode()
    )


def test_rejected_review_tells_why(world: World, client: Client) -> None:
    bought(world)
    reject_review(
        review_id=written(world).id,
        code=RejectReason.PERSONAL_DATA,
        actor=SYSTEM,
        reason="",
        now=now(),
    )

    page = client.get("/en/me/reviews/?tab=mine").content.decode()

    assert "It tells personal data." in page
    assert "Change it and send it again." in page


def test_to_write_lists_each_received_product_once_newest_first(
    world: World, client: Client
) -> None:
    bought(world, 0)
    bought(world, 1)
    bought(world, 0)
    confirmed_order(world, offers=(0,))

    page = client.get("/en/me/reviews/").content.decode()
    assert re.findall(r"review-todo__text\"><span>(.*?)<", page) == ["Thing T11", "Thing T12"]

    written(world, 0)
    page = client.get("/en/me/reviews/").content.decode()
    assert re.findall(r"review-todo__text\"><span>(.*?)<", page) == ["Thing T12"]
    assert client.get("/en/me/reviews/?tab=none").status_code == 404
    other = Client()
    other.force_login(make_user("other@people.example"))
    assert "Nothing waits for a review" in other.get("/en/me/reviews/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_any_number_of_rows(
    count: int, django_assert_num_queries: Any
) -> None:
    world = make_world(units=20, offers_each=6)
    client = Client()
    assert world.buyer is not None
    client.force_login(world.buyer)
    bought(world, *range(2 * count))
    for index in range(count):
        published(world, index, photo_ids=(photo(world.viewer(), (index, 0, 0)).id,))
    for tab in ("", "?tab=mine"):
        client.get(f"/en/me/reviews/{tab}")

    with django_assert_num_queries(TO_WRITE_QUERIES):
        to_write = client.get("/en/me/reviews/").content.decode()
    with django_assert_num_queries(MINE_QUERIES):
        own = client.get("/en/me/reviews/?tab=mine").content.decode()

    assert to_write.count('class="panel review-todo"') == count
    assert own.count("review-delete") == count


def order_page(client: Client, order: Order) -> str:
    return client.get(f"/en/orders/{order.group_id}/").content.decode()


def test_order_page_leads_to_the_review_of_what_has_arrived(world: World, client: Client) -> None:
    order = confirmed_order(world)
    assert "Write a review" not in order_page(client, order)
    order = bought(world)
    assert f'href="{form_url(world)}">Write a review' in order_page(client, order)

    written(world)

    assert f'href="{form_url(world)}">Your review' in order_page(client, order)
    staff = Client()
    staff.force_login(make_user("root@people.example", is_staff=True, is_superuser=True))
    assert form_url(world) not in order_page(staff, order)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_upload_is_refused_and_stores_nothing(
    world: World, client: Client, name: str
) -> None:
    bought(world)

    answer = send(client, world, upload(HOSTILE[name](), name, "image/png"))

    assert answer.status_code == 422
    assert not ReviewPhoto.objects.exists()
    assert not Review.objects.exists()


def stored(row: ReviewPhoto) -> bytes:
    with default_storage.open(rendition_key(row.content_hash, row.renditions[-1])) as file:
        return bytes(file.read())


def test_place_and_camera_are_taken_out_of_a_photo(world: World, client: Client) -> None:
    bought(world)
    sent = gps_jpeg()
    assert b"Exif" in sent
    assert b"GPSMAKER" in sent

    send(client, world, upload(sent, "../../etc/passwd.jpg", "image/jpeg"))

    content = stored(ReviewPhoto.objects.get())
    assert content[:4] == b"RIFF"
    for mark in (b"Exif", b"EXIF", b"GPSMAKER", b"XMP", b"<script>"):
        assert mark not in content


def test_tail_of_a_polyglot_does_not_reach_the_shop(world: World, client: Client) -> None:
    """A picture with a page behind it is a picture: what is stored was encoded anew."""
    bought(world)

    send(client, world, upload(png() + b"<html><script>alert(1)</script></html>"))

    content = stored(ReviewPhoto.objects.get())
    assert content[:4] == b"RIFF"
    assert b"<script>" not in content


def test_flood_of_reviews_is_held_back(world: World, client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"review": (1, 3600)}
    bought(world)
    send(client, world)

    answer = send(client, world, rating="1")

    assert answer.status_code == 422
    assert "Too many requests." in answer.content.decode()
    assert Review.objects.get().rating == 5
