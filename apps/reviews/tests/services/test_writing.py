"""Who may write, what becomes of the review, what an edit and a deletion do to page and rating."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, SYSTEM, GrantToken, Viewer, viewer_of
from apps.notifications.models import Delivery
from apps.orders.selectors import order_grant
from apps.orders.services import cancelling, fulfilment
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    fresh,
    paid_order,
    refuse,
    ship,
)
from apps.orders.tests.services.world import now, place
from apps.orders.types import CancelReason, OrderStatus
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.services.access import ReviewMoveNotAllowed, move_review
from apps.reviews.services.moderation import publish_review, reject_review
from apps.reviews.services.photos import TooManyPhotos, add_photo, drop_loose
from apps.reviews.services.writing import (
    AlreadyReviewed,
    EditTimeOver,
    NotBought,
    OwnShop,
    ReviewInvalid,
    delete_review,
    edit_review,
    write_review,
)
from apps.reviews.tests.world import (
    bought,
    photo,
    png,
    product_of,
    published,
    rating,
    seller_viewer,
    written,
)
from apps.reviews.types import RejectReason, ReviewDraft, ReviewStatus
from apps.sellers.models import SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
S = ReviewStatus


@pytest.fixture
def world() -> World:
    return make_world(units=20)


def refused(world: World, actor: Viewer | None = None) -> None:
    with pytest.raises(NotBought):
        written(world, actor=actor)
    assert not Review.objects.exists()


def test_buyer_of_a_delivered_unit_writes_and_is_verified_by_the_line(world: World) -> None:
    order = bought(world)

    review = written(world, title=" Good ", text="Holds tea.\r\nHot.")

    assert review.status == S.IN_MODERATION
    assert review.is_verified_purchase is True
    assert review.line_id == order.lines.get().id
    assert review.seller_id == world.sellers[0].id
    assert (review.author_name, review.title, review.text) == (
        "Aziza K.",
        "Good",
        "Holds tea.\nHot.",
    )
    assert rating(world) == (0, 0)
    assert AuditEntry.objects.filter(action="reviews.write", target_id=str(review.id)).count() == 1


def test_stars_alone_are_published_and_counted_at_once(world: World) -> None:
    bought(world)

    review = written(world, rating=5, text="")

    assert review.status == S.PUBLISHED
    assert rating(world) == (500, 1)


def test_without_premoderation_words_show_at_once(world: World, settings: Any) -> None:
    settings.REVIEWS_PREMODERATION = False
    bought(world)

    assert written(world).status == S.PUBLISHED


def test_order_that_is_placed_paid_or_on_its_way_gives_no_right(world: World) -> None:
    place(world, offers=(0,))
    refused(world)
    order = paid_order(world, offers=(1,))
    with pytest.raises(NotBought):
        written(world, 1)
    fulfilment.confirm_order(order_id=order.id, actor=seller_viewer(world), now=now())
    with pytest.raises(NotBought):
        written(world, 1)
    parcel = ship(order)
    with pytest.raises(NotBought):
        written(world, 1)
    arrive(parcel)

    assert written(world, 1).product_id == product_of(world, 1).id


def test_order_that_was_cancelled_gives_no_right(world: World) -> None:
    order = paid_order(world)
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )
    refused(world)


def test_order_that_was_refused_at_the_door_gives_no_right(world: World) -> None:
    order = confirmed_order(world)
    refuse(ship(order))
    assert fresh(order).status == OrderStatus.RETURNED
    refused(world)


def test_first_parcel_of_an_order_gives_the_right_for_its_lines_alone(world: World) -> None:
    order = confirmed_order(world, offers=(0, 1))
    first = order.lines.get(product=product_of(world, 0))
    arrive(ship(order, {first.id: 1}))
    assert fresh(order).status == OrderStatus.PROCESSING

    assert written(world, 0).line_id == first.id
    with pytest.raises(NotBought):
        written(world, 1)


def test_strangers_do_not_write(world: World) -> None:
    order = bought(world)
    root = make_user("root@people.example", is_staff=True, is_superuser=True)
    link = ANONYMOUS.with_grant(
        GrantToken.read(GrantToken.write(order_grant(order.group)), kind="order")
    )
    for actor in (
        ANONYMOUS,
        SYSTEM,
        link,
        viewer_of(make_user("other@people.example")),
        viewer_of(root),
        seller_viewer(world),
    ):
        refused(world, actor)


def test_staff_of_the_shop_do_not_review_what_it_sold_them(world: World) -> None:
    bought(world)
    member = SellerMember.objects.create(
        seller=world.sellers[0], user=world.buyer, role=MemberRole.FINANCE
    )
    with pytest.raises(OwnShop):
        written(world)
    member.delete()
    SellerMember.objects.create(seller=world.sellers[1], user=world.buyer, role=MemberRole.OWNER)

    assert written(world).seller_id == world.sellers[0].id


def test_product_that_does_not_exist_is_not_bought(world: World) -> None:
    with pytest.raises(NotBought):
        write_review(product_id=uuid4(), draft=ReviewDraft(5), actor=world.viewer(), now=now())


def test_second_review_of_a_product_is_refused(world: World) -> None:
    bought(world)
    bought(world)
    first = written(world)

    with pytest.raises(AlreadyReviewed):
        written(world, rating=1)

    assert list(Review.objects.values_list("id", "rating")) == [(first.id, 4)]


def test_database_refuses_a_second_review_and_a_mark_without_purchase(world: World) -> None:
    bought(world)
    first = written(world)
    common = {"product_id": first.product_id, "rating": 5, "language": "en"}
    with pytest.raises(IntegrityError, match="review_once"), transaction.atomic():
        Review.objects.create(author_id=first.author_id, **common)
    with pytest.raises(IntegrityError, match="review_verified_by_line"), transaction.atomic():
        Review.objects.create(is_verified_purchase=True, **common)
    with pytest.raises(IntegrityError, match="review_text_length"), transaction.atomic():
        Review.objects.create(text="a" * 5001, **common)
    with pytest.raises(IntegrityError, match="review_deleted_at"), transaction.atomic():
        Review.objects.create(status=S.DELETED, **common)
    with pytest.raises(IntegrityError, match="review_rejected_for"), transaction.atomic():
        Review.objects.create(status=S.REJECTED, **common)


@pytest.mark.parametrize(
    "draft",
    [
        ReviewDraft(0),
        ReviewDraft(6),
        ReviewDraft(5, title="a" * 151),
        ReviewDraft(5, text="a" * 5001),
        ReviewDraft(5, text="nul \0 byte"),
        ReviewDraft(5, language="xx"),
    ],
)
def test_draft_out_of_bounds_is_refused(world: World, draft: ReviewDraft) -> None:
    bought(world)
    with pytest.raises(ReviewInvalid):
        write_review(product_id=product_of(world).id, draft=draft, actor=world.viewer(), now=now())
    assert not Review.objects.exists()


def edit(review: Review, actor: Viewer, **given: Any) -> Review:
    draft = ReviewDraft(**({"rating": review.rating, "text": review.text} | given))
    return edit_review(review_id=review.id, draft=draft, actor=actor, now=now())


def test_other_stars_keep_a_published_review_on_the_page(world: World) -> None:
    bought(world)
    review = published(world)

    assert edit(review, world.viewer(), rating=1).status == S.PUBLISHED
    assert rating(world) == (100, 1)


def test_other_words_leave_the_page_until_they_are_read(world: World) -> None:
    bought(world)
    review = published(world)
    assert rating(world) == (400, 1)

    edited = edit(review, world.viewer(), text="Leaks.")

    assert (edited.status, edited.submitted_at is not None) == (S.IN_MODERATION, True)
    assert rating(world) == (0, 0)
    publish_review(review_id=review.id, actor=SYSTEM, reason="", now=now())
    assert rating(world) == (400, 1)
    deliver_all()
    # Twice published, once told.
    assert Delivery.objects.filter(kind="review_published").count() == 1


def test_edit_ends_after_thirty_days_and_deleting_does_not(world: World) -> None:
    bought(world)
    review = published(world)
    last = review.created_at + timedelta(days=30)
    draft = ReviewDraft(2, text=review.text)

    with pytest.raises(EditTimeOver):
        edit_review(review_id=review.id, draft=draft, actor=world.viewer(), now=last)
    edit_review(
        review_id=review.id,
        draft=draft,
        actor=world.viewer(),
        now=last - timedelta(microseconds=1),
    )
    assert rating(world) == (200, 1)
    delete_review(review_id=review.id, actor=world.viewer(), now=last + timedelta(days=300))
    assert rating(world) == (0, 0)


def test_deleted_review_stays_as_a_row_and_makes_room_for_another(world: World) -> None:
    bought(world)
    review = published(world)
    delete_review(review_id=review.id, actor=world.viewer(), now=now())

    second = written(world, rating=2, text="")

    review.refresh_from_db()
    assert (review.status, review.deleted_at is not None) == (S.DELETED, True)
    assert second.id != review.id
    assert rating(world) == (200, 1)
    for change in (
        lambda: edit(review, world.viewer(), rating=1),
        lambda: delete_review(review_id=review.id, actor=world.viewer(), now=now()),
        lambda: publish_review(review_id=review.id, actor=SYSTEM, reason="", now=now()),
    ):
        with pytest.raises(NotFound):
            change()


def test_strangers_neither_edit_nor_delete(world: World) -> None:
    bought(world)
    review = published(world)
    root = make_user("root@people.example", is_staff=True, is_superuser=True)
    for actor in (
        ANONYMOUS,
        viewer_of(make_user("other@people.example")),
        viewer_of(root),
        seller_viewer(world),
    ):
        with pytest.raises(NotFound):
            edit(review, actor, rating=1)
        with pytest.raises(NotFound):
            delete_review(review_id=review.id, actor=actor, now=now())
    assert rating(world) == (400, 1)


def test_moderation_is_staff_s_with_the_right_and_leaves_its_reason(world: World) -> None:
    bought(world)
    review = written(world)
    for actor in (ANONYMOUS, world.viewer(), viewer_of(make_user("s@s.example", is_staff=True))):
        with pytest.raises(NotFound):
            publish_review(review_id=review.id, actor=actor, reason="", now=now())
        with pytest.raises(NotFound):
            reject_review(
                review_id=review.id, code=RejectReason.ABUSE, actor=actor, reason="", now=now()
            )
    root = viewer_of(make_user("root@people.example", is_staff=True, is_superuser=True))

    reject_review(
        review_id=review.id, code=RejectReason.ABUSE, actor=root, reason="swears", now=now()
    )

    review.refresh_from_db()
    assert (review.status, review.reject_reason) == (S.REJECTED, RejectReason.ABUSE)
    assert review.submitted_at is None
    entry = AuditEntry.objects.get(action="reviews.reject")
    assert (entry.actor_id, entry.reason) == (root.user_id, "ABUSE: swears")
    publish_review(review_id=review.id, actor=root, reason="looked again", now=now())
    review.refresh_from_db()
    assert (review.status, review.reject_reason) == (S.PUBLISHED, "")
    assert rating(world) == (400, 1)


def test_move_outside_the_table_is_refused_by_code_and_by_the_database(world: World) -> None:
    bought(world)
    review = published(world)
    delete_review(review_id=review.id, actor=world.viewer(), now=now())
    review.refresh_from_db()

    with pytest.raises(ReviewMoveNotAllowed):
        move_review(review, to=S.PUBLISHED, now=now())
    with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
        Review.objects.filter(id=review.id).update(status=S.PUBLISHED, deleted_at=None)


def test_photos_are_shown_in_the_order_given_and_only_the_own_ones(world: World) -> None:
    bought(world)
    viewer = world.viewer()
    one, two = photo(viewer), photo(viewer, (1, 2, 3))
    foreign = photo(viewer_of(make_user("other@people.example")))

    with pytest.raises(NotFound):
        written(world, photo_ids=(one.id, foreign.id))
    assert not Review.objects.exists()
    review = written(world, photo_ids=(two.id, one.id, two.id))

    assert [row.id for row in review.photos.order_by("position")] == [two.id, one.id]
    edit(review, viewer, photo_ids=(one.id,))
    assert [row.id for row in review.photos.all()] == [one.id]
    two.refresh_from_db()
    assert (two.review_id, two.position) == (None, None)


def test_photo_of_one_review_does_not_go_to_another(world: World) -> None:
    bought(world, 0, 1)
    taken = photo(world.viewer())
    written(world, 0, photo_ids=(taken.id,))

    with pytest.raises(NotFound):
        written(world, 1, photo_ids=(taken.id,))


def test_sixth_photo_is_refused(world: World) -> None:
    bought(world)
    ids = tuple(photo(world.viewer(), (number, 0, 0)).id for number in range(6))

    with pytest.raises(TooManyPhotos):
        written(world, photo_ids=ids)
    assert written(world, photo_ids=ids[:5]).photos.count() == 5


def test_uploads_that_no_review_shows_are_forgotten_after_two_days(world: World) -> None:
    bought(world)
    viewer = world.viewer()
    kept, loose = photo(viewer), photo(viewer, (9, 9, 9))
    written(world, photo_ids=(kept.id,))

    assert drop_loose(now=now() + timedelta(days=1)) == 0
    assert drop_loose(now=now() + timedelta(days=2, minutes=1)) == 1
    assert list(ReviewPhoto.objects.values_list("id", flat=True)) == [kept.id]
    assert loose.id != kept.id


def test_guest_uploads_nothing() -> None:
    with pytest.raises(NotFound):
        add_photo(content=png(), actor=ANONYMOUS, now=now())
    assert not ReviewPhoto.objects.exists()


def test_books_of_reviews_are_sound(world: World) -> None:
    bought(world, 0, 1)
    published(world, 0)
    written(world, 1, text="", rating=3)
    assert violations() == []
