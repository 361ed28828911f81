"""Reviews in Chromium: written without scripts and by keyboard, looked at, voted for, answered; axe content."""

import io
from pathlib import Path

import pytest
from django.utils.translation import override
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.catalog.services.images import store_picture
from apps.catalog.services.products import PictureDraft, add_pictures
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM, Viewer
from apps.orders.models import OrderLine
from apps.orders.tests.services.world import now
from apps.reviews.models import Review
from apps.reviews.services.answering import answer_review
from apps.reviews.services.moderation import reject_review
from apps.reviews.services.photos import add_photo
from apps.reviews.services.voting import set_helpful
from apps.reviews.tests.world import (
    another_buyer,
    bought,
    product_of,
    published,
    seller_viewer,
    written,
)
from apps.reviews.types import RejectReason
from apps.seller_centre.tests.shop import owner_user
from apps.storefront.presenting import product_url
from marketplace.tests.looks import SIZES, keep, server, session_of, visit, walk
from marketplace.tests.world import World, make_user, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LONG = (
    "Three weeks of tea every morning and not a drop beside the cup. The glaze is even, the lid sits"
    " well and the handle stays cool.\n\nIt came packed in straw, nothing was chipped. I would only"
    " wish for a finer strainer: small leaves get through."
)


def drawn(color: str, size: tuple[int, int] = (640, 480)) -> bytes:
    picture = Image.new("RGB", size, "#efe9df")
    pen = ImageDraw.Draw(picture)
    width, height = size
    pen.ellipse((width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=color)
    pen.rectangle((width // 3, height * 3 // 4, width * 2 // 3, height * 4 // 5), fill="#8a5a3c")
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    return content.getvalue()


def shots(actor: Viewer, *colors: str) -> tuple[object, ...]:
    return tuple(add_photo(content=drawn(color), actor=actor, now=now()).id for color in colors)


def lively_shop() -> World:
    """A product with reviews of every kind, one that waits, one rejected, one not written yet."""
    world = make_world(units=40, offers_each=4)
    for index, color in enumerate(("#0b6e78", "#c6352b", "#1e7b45", "#f2a900")):
        picture = PictureDraft(store_picture(drawn(color, (800, 800))))
        add_pictures(product_id=product_of(world, index).id, pictures=[picture])
    deliver_all()
    buyer = world.viewer()
    bought(world, 0, 1, 2, 3)
    first = published(
        world,
        rating=5,
        title="Every morning",
        text=LONG,
        photo_ids=shots(buyer, "#0b6e78", "#085660"),
    )
    answer_review(
        review_id=first.id,
        text="Thank you. A finer strainer is on its way to our shelves.",
        actor=seller_viewer(world),
        now=now(),
    )
    for number, (stars, title) in enumerate(((4, "Good"), (2, "Smaller than it looks"), (5, ""))):
        actor = another_buyer(world, number)
        photos = shots(actor, "#c6352b") if stars == 2 else ()
        published(
            world,
            actor=actor,
            rating=stars,
            title=title,
            text=title and "As described.",
            photo_ids=photos,
        )
        set_helpful(review_id=first.id, is_helpful=True, actor=actor, now=now())
    written(world, 1, rating=4, title="Waits", text="Looks fine so far.")
    rejected = written(world, 2, rating=1, title="Call me", text="My number is below.")
    reject_review(
        review_id=rejected.id, code=RejectReason.PERSONAL_DATA, actor=SYSTEM, reason="", now=now()
    )
    return world


def address(world: World, index: int = 0) -> str:
    product = product_of(world, index)
    with override("en"):
        return product_url(product.texts.get(language="en").slug, product.short_id)


def buyer_of(world: World) -> User:
    assert world.buyer is not None
    return world.buyer


def test_every_page_is_quiet_fits_its_screen_and_pleases_axe(server: LiveServer) -> None:
    world = lively_shop()
    line = OrderLine.objects.filter(product=product_of(world)).earliest("id")
    review = Review.objects.get(title="Waits")
    root = make_user("root@people.example", is_staff=True, is_superuser=True)
    unbought = product_of(world, 5).id
    walks = {
        session_of(buyer_of(world)): {
            "product": f"{address(world)}#reviews",
            "filtered": f"{address(world)}?stars=3#reviews",
            "unreviewed": address(world, 3),
            "form": f"/en/p/{product_of(world, 3).id}/review/",
            "form-ru": f"/ru/p/{product_of(world, 3).id}/review/",
            "edit": f"/en/p/{product_of(world).id}/review/",
            "closed": f"/en/p/{unbought}/review/",
            "to-write": "/en/me/reviews/",
            "mine": "/en/me/reviews/?tab=mine",
            "order": f"/en/orders/{line.order.group_id}/",
            "account": "/en/me/",
        },
        session_of(owner_user(world.sellers[0])): {
            "seller": f"/en/seller/{world.sellers[0].id}/reviews/",
            "seller-low": f"/en/seller/{world.sellers[0].id}/reviews/?tab=low",
            "seller-home": f"/en/seller/{world.sellers[0].id}/",
        },
        session_of(owner_user(world.sellers[1])): {
            "seller-none": f"/en/seller/{world.sellers[1].id}/reviews/",
        },
        session_of(root): {
            "desk": f"/backoffice/reviews/review/{review.id}/change/",
        },
    }

    assert walk(server, walks, prefix="reviews") == []


def fill_stars(page: Page, stars: int) -> None:
    page.locator(f'input[name="rating"][value="{stars}"]').focus()
    page.keyboard.press("Space")


def test_without_scripts_a_review_is_written_after_a_refusal_and_nothing_is_lost(
    server: LiveServer, tmp_path: Path
) -> None:
    world = make_world()
    bought(world)
    good, bad = tmp_path / "tea.jpg", tmp_path / "page.png"
    good.write_bytes(drawn("#0b6e78"))
    bad.write_bytes(b"<html><script>alert(1)</script></html>")
    session = session_of(buyer_of(world))

    given = {"viewport": SIZES["phone"], "java_script_enabled": False}
    with visit(session, server, **given) as page:
        page.goto(f"{server.url}/en/me/reviews/")
        page.get_by_role("link", name="Write a review").click()
        page.get_by_label("In short").fill("Every morning")
        page.get_by_label("Your review").last.fill("Two\n\nparts")
        page.get_by_label("Choose photos").set_input_files([good, bad])
        page.get_by_role("button", name="Send the review").click()
        told = [
            page.get_by_text("Choose one to five stars.").first.is_visible(),
            page.get_by_text("page.png: This is not a picture").is_visible(),
            page.get_by_label("In short").input_value() == "Every morning",
            page.get_by_label("Your review").last.input_value().replace("\r", "") == "Two\n\nparts",
            page.locator('input[name="photo_ids"]').is_checked(),
        ]
        keep(page, "reviews-refused")
        fill_stars(page, 4)
        page.get_by_role("button", name="Send the review").click()
        is_done = page.get_by_text("We read your review").is_visible()

    assert (told, is_done) == ([True] * 5, True)
    review = Review.objects.get()
    assert (review.rating, review.status, review.photos.count()) == (4, "IN_MODERATION", 1)


def test_stars_are_chosen_by_arrow_keys(server: LiveServer) -> None:
    world = make_world()
    bought(world)
    form = f"{server.url}/en/p/{product_of(world).id}/review/"

    with visit(session_of(buyer_of(world)), server, viewport=SIZES["desktop"]) as page:
        page.goto(form)
        page.locator('input[name="rating"][value="1"]').focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        expect(page.locator('input[name="rating"][value="3"]')).to_be_checked()
        sizes = page.locator(".star-field__star").evaluate_all(
            "stars => stars.map(star => [star.offsetWidth, star.offsetHeight])"
        )
        page.keyboard.press("Enter")
        page.get_by_text("Your review is on the product's page").wait_for()

    assert all(width >= 44 and height >= 44 for width, height in sizes)
    assert Review.objects.get().rating == 3


def test_photos_enlarge_filters_narrow_and_votes_count_without_a_reload(
    server: LiveServer,
) -> None:
    world = lively_shop()
    voter, product = make_user("voter@people.example"), server.url + address(world)

    with visit(session_of(voter), server, viewport=SIZES["desktop"]) as page:
        page.goto(product)
        page.wait_for_load_state("networkidle")
        page.locator("[data-photo]").first.click()
        expect(page.locator("[data-photo-dialog]")).to_be_visible()
        before = page.locator("[data-photo-large]").get_attribute("src")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-photo-large]")).not_to_have_attribute("src", before or "")
        keep(page, "reviews-viewer")
        page.keyboard.press("Escape")
        page.get_by_role("link", name="2 of 5 stars").click()
        expect(page.locator(".review")).to_have_count(1)
        page.get_by_role("link", name="Show all").click()
        expect(page.locator(".review")).to_have_count(4)
        vote = page.locator(".review", has_text="Every morning").locator(".review-helpful__button")
        expect(vote).to_have_text("Helpful 3")
        vote.click()
        expect(vote).to_have_attribute("aria-pressed", "true")
        expect(vote).to_have_text("Helpful 4")
        page.get_by_role("link", name="With photos").click()
        expect(page.locator(".review")).to_have_count(2)
        is_same_page = page.url == product

    assert is_same_page
    assert Review.objects.get(title="Every morning").helpful_count == 4


def test_without_scripts_a_shop_answers_and_a_reader_votes(server: LiveServer) -> None:
    world = make_world()
    bought(world)
    review = published(world, title="Good")
    given = {"viewport": SIZES["phone"], "java_script_enabled": False}
    product = server.url + address(world)
    shop, voter = (
        session_of(user)
        for user in (owner_user(world.sellers[0]), make_user("voter@people.example"))
    )

    with visit(shop, server, **given) as page:
        page.goto(f"{server.url}/en/seller/")
        page.get_by_role("link", name="1 review to answer").click()
        page.locator("summary", has_text="Answer the review").click()
        page.get_by_label("Answer of the shop").fill("Thank you.")
        page.get_by_role("button", name="Publish the answer").click()
        is_said = page.get_by_text("The answer stands under the review.").is_visible()
    with visit(voter, server, **given) as page:
        page.goto(product)
        page.get_by_role("button", name="Helpful").click()
        is_counted = page.get_by_role("button", name="Helpful 1").is_visible()

    assert (is_said, is_counted) == (True, True)
    review.refresh_from_db()
    assert (review.helpful_count, review.answer.text) == (1, "Thank you.")
