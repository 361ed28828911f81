"""Reviews on the product page: exact sums, filters, nothing personal in a kept answer, votes."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.core.viewer import viewer_of
from apps.orders.tests.services.world import now
from apps.reviews.models import HelpfulVote, Review
from apps.reviews.services.answering import answer_review
from apps.reviews.tests.world import (
    bought,
    photo,
    product_of,
    published,
    seller_viewer,
    written,
)
from apps.storefront.presenting import product_url
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
# The slug that the test looks up, and the page itself.
PAGE_QUERIES = 4


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(units=20)


def address(product: Product, query: str = "") -> str:
    slug = product.texts.get(language="en").slug
    with override("en"):
        return product_url(slug, product.short_id) + (f"?{query}" if query else "")


def imported(product: Product, rating: int, **extra: Any) -> Review:
    fields = {"title": f"{rating} stars", "status": "PUBLISHED", "author_name": "Bobur"} | extra
    return Review.objects.create(product=product, rating=rating, language="en", **fields)


def page_of(world: World, query: str = "", client: Client | None = None) -> str:
    answer = (client or Client()).get(address(product_of(world), query))
    assert answer.status_code == 200
    return answer.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r'review__title" lang="en">(.*?)<', html)


def signed_in(user: User | None) -> Client:
    client = Client()
    assert user is not None
    client.force_login(user)
    return client


def test_histogram_is_exact_and_its_rows_filter(world: World) -> None:
    product = product_of(world)
    for rating in (5, 5, 5, 4, 1, 1, 1, 1):
        imported(product, rating)
    imported(product, 3, status="IN_MODERATION")

    html = page_of(world)

    rows = re.findall(r"reviews__body.*?</table>", html, re.DOTALL)[0]
    widths = re.findall(r'histogram__part" width="(\d+)"', rows)
    counts = re.findall(r'histogram__count">(\d+)<', rows)
    assert (widths, counts) == (["38", "12", "0", "0", "50"], ["3", "1", "0", "0", "4"])
    assert '<p class="reviews__average">2.9</p>' in html
    assert "stars=5#reviews" in html
    assert titles(page_of(world, "stars=5")) == ["5 stars"] * 3
    assert "With 5 stars" in page_of(world, "stars=5")
    none = page_of(world, "stars=2")
    assert titles(none) == []
    assert "No review of this kind yet." in none
    for junk in ("stars=0", "stars=6", "stars=x", "stars=%00", "stars=55"):
        assert len(titles(page_of(world, junk))) == 8


def test_helpful_ones_and_those_with_photos_come_first(world: World) -> None:
    bought(world)
    viewer = world.viewer()
    published(world, title="with photo", photo_ids=(photo(viewer).id,))
    imported(product_of(world), 2, title="plain", helpful_count=3)

    assert titles(page_of(world)) == ["plain", "with photo"]
    assert titles(page_of(world, "reviews=helpful")) == ["plain", "with photo"]
    Review.objects.filter(title="with photo").update(helpful_count=4)
    assert titles(page_of(world, "reviews=helpful")) == ["with photo", "plain"]
    assert titles(page_of(world, "reviews=photos")) == ["with photo"]


def test_review_shows_mark_photos_answer_and_escapes_words(world: World) -> None:
    bought(world)
    hostile = "<script>alert(1)</script>\n\nTwo\nlines <img src=x onerror=alert(1)>"
    review = published(
        world,
        title="<b>Bold</b>",
        text=hostile,
        photo_ids=(photo(world.viewer()).id, photo(world.viewer(), (1, 2, 3)).id),
    )
    answer_review(review_id=review.id, text="<i>Thanks</i>", actor=seller_viewer(world), now=now())

    html = page_of(world)

    assert "Bought here" in html
    assert "Aziza K." in html
    assert "Karimova" not in html
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in html
    assert "Two<br>lines &lt;img src=x onerror=alert(1)&gt;" in html
    assert "&lt;i&gt;Thanks&lt;/i&gt;" in html
    assert "Shop 1</strong>" in html
    assert html.count("data-photo ") == 4  # two in the strip, two in the review
    for raw in ("<script>alert", "<img src=x", "<i>Thanks", "<b>Bold"):
        assert raw not in html


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_number_of_photos_and_answers(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    bought(world)
    actor = world.viewer()
    ids = tuple(photo(actor, (number, 0, 0)).id for number in range(count))
    review = published(world, photo_ids=ids)
    answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=now())
    for number in range(count):
        imported(product_of(world), 1 + number)
    client = Client()
    client.get(address(product_of(world)))

    with django_assert_num_queries(PAGE_QUERIES):
        page_of(world, client=client)


def test_page_of_the_author_is_the_page_of_everybody(world: World) -> None:
    """The own review in moderation, the own vote, a name: none of them may be kept by a cache."""
    bought(world)
    written(world, title="Waits")
    guest, own = Client(), signed_in(world.buyer)

    one = guest.get(address(product_of(world)))
    two = own.get(address(product_of(world)))

    assert one["Cache-Control"] == "public, no-cache"
    assert not one.cookies
    assert one.content == two.content
    assert b"Waits" not in one.content
    assert b"csrfmiddlewaretoken" not in one.content


def mine(world: World, client: Client) -> str:
    answer = client.get(f"/en/p/{product_of(world).id}/reviews/mine/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def test_own_part_leads_who_may_write_and_shows_what_was_written(world: World) -> None:
    buyer = signed_in(world.buyer)
    assert "Write a review" in mine(world, Client())
    assert "once you have received it" in mine(world, buyer)
    bought(world)
    assert "Write a review" in mine(world, buyer)

    written(world)

    own = mine(world, buyer)
    assert "In moderation" in own
    assert "Write a review" not in own
    assert "once you have received it" in mine(world, signed_in(make_user("o@people.example")))


def vote(client: Client, review: Review, **extra: Any) -> Any:
    headers = SAME_ORIGIN | extra.pop("headers", {})
    return client.post(
        f"/en/reviews/{review.id}/helpful/", {"next": "/en/search/"}, headers=headers, **extra
    )


def test_vote_works_as_a_form_and_as_a_fragment(world: World) -> None:
    bought(world)
    review = published(world)
    voter = signed_in(make_user("voter@people.example"))

    answer = vote(voter, review)
    assert (answer.status_code, answer["Location"]) == (302, "/en/search/")
    review.refresh_from_db()
    assert review.helpful_count == 1
    fragment = vote(voter, review, headers={"HX-Request": "true"}).content.decode()

    assert 'aria-pressed="false"' in fragment
    assert 'name="next" value="/en/search/"' in fragment
    assert HelpfulVote.objects.count() == 0


def test_vote_of_guests_strangers_origins_and_authors(world: World) -> None:
    bought(world)
    review = published(world)
    guest, author = Client(), signed_in(world.buyer)

    assert vote(guest, review)["Location"] == "/en/account/login/?next=%2Fen%2Fsearch%2F"
    for site in ("cross-site", "same-site", "none"):
        answer = vote(author, review, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
    own = vote(author, review, headers={"HX-Request": "true"})
    assert "your own review" in own.content.decode()
    assert vote(author, review)["Location"] == "/en/search/"
    hidden = written(make_second(world), 1)
    assert vote(signed_in(make_user("v@people.example")), hidden).status_code == 404
    assert author.get(f"/en/reviews/{review.id}/helpful/").status_code == 405
    assert HelpfulVote.objects.count() == 0


def make_second(world: World) -> World:
    bought(world, 1)
    return world


def test_vote_leads_to_own_addresses_alone(world: World) -> None:
    bought(world)
    review = published(world)
    voter = signed_in(make_user("voter@people.example"))

    answer = voter.post(
        f"/en/reviews/{review.id}/helpful/", {"next": "https://evil.example/"}, headers=SAME_ORIGIN
    )

    assert answer["Location"] == "/en/"
    assert viewer_of(world.buyer).user_id != review.seller_id


def test_pages_open_in_every_language(world: World) -> None:
    bought(world)
    published(world, photo_ids=(photo(world.viewer()).id,))
    for language in ("en", "ru", "uz"):
        path = address(product_of(world)).replace("/en/", f"/{language}/")
        with override(language):  # what a request leaves behind is taken back
            assert Client().get(path, follow=True).status_code == 200
