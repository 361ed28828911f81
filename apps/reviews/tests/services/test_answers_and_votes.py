"""The seller's answer, helpful votes, invitations, letters."""

from datetime import timedelta

import pytest

from apps.core.errors import NotFound
from apps.core.services.relay import deliver_all
from apps.core.tests.templates import missing_variables_shown
from apps.core.viewer import ANONYMOUS, viewer_of
from apps.notifications.models import Delivery
from apps.notifications.services import render_email
from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import delivered_order
from apps.orders.tests.services.world import now
from apps.reviews.models import HelpfulVote, Review, ReviewAnswer, ReviewInvitation
from apps.reviews.services.answering import AnswerInvalid, answer_review, remove_answer
from apps.reviews.services.inviting import plan_invitation, send_due
from apps.reviews.services.voting import OwnReview, set_helpful
from apps.reviews.tests.world import (
    bought,
    member_viewer,
    published,
    seller_viewer,
    written,
)
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(units=20)


def letters(kind: str) -> list[str]:
    deliver_all()
    return sorted(Delivery.objects.filter(kind=kind).values_list("address", flat=True))


def test_owner_and_manager_are_told_of_a_published_review_once(world: World) -> None:
    for role in (MemberRole.MANAGER, MemberRole.STOCK, MemberRole.FINANCE):
        member_viewer(world, role)
    bought(world)
    written(world)
    assert letters("review_published") == []

    Review.objects.all().delete()
    published(world, title="Fine")

    assert letters("review_published") == ["manager@sellers.example", "owner1@sellers.example"]


def test_shop_answers_once_in_its_name_and_the_author_is_told_once(world: World) -> None:
    bought(world)
    review = published(world)
    manager = member_viewer(world, MemberRole.MANAGER)

    answer_review(review_id=review.id, text=" Thank you. ", actor=manager, now=now())
    answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=now())

    answer = ReviewAnswer.objects.get()
    assert (answer.text, answer.seller_id) == ("Thanks.", world.sellers[0].id)
    assert answer.author_id == manager.user_id
    assert answer.edited_at is not None
    assert letters("review_answered") == ["buyer@people.example"]
    remove_answer(review_id=review.id, actor=manager)
    remove_answer(review_id=review.id, actor=manager)
    assert not ReviewAnswer.objects.exists()


def test_nobody_else_answers(world: World) -> None:
    bought(world)
    review = published(world)
    root = make_user("root@people.example", is_staff=True, is_superuser=True)
    for actor in (
        ANONYMOUS,
        world.viewer(),
        viewer_of(root),
        seller_viewer(world, 1),
        member_viewer(world, MemberRole.STOCK),
        member_viewer(world, MemberRole.FINANCE),
    ):
        with pytest.raises(NotFound):
            answer_review(review_id=review.id, text="We.", actor=actor, now=now())
        with pytest.raises(NotFound):
            remove_answer(review_id=review.id, actor=actor)
    assert not ReviewAnswer.objects.exists()


def test_review_that_is_not_published_is_not_answered(world: World) -> None:
    bought(world)
    review = written(world)

    with pytest.raises(NotFound):
        answer_review(review_id=review.id, text="We.", actor=seller_viewer(world), now=now())


@pytest.mark.parametrize("text", ["", "  \n ", "a" * 2001, "nul \0"])
def test_answer_out_of_bounds_is_refused(world: World, text: str) -> None:
    bought(world)
    review = published(world)
    with pytest.raises(AnswerInvalid):
        answer_review(review_id=review.id, text=text, actor=seller_viewer(world), now=now())
    assert not ReviewAnswer.objects.exists()


def test_vote_counts_once_and_is_taken_back_by_the_same_button(world: World) -> None:
    bought(world)
    review = published(world)
    one, two = (viewer_of(make_user(f"v{number}@people.example")) for number in (1, 2))

    def vote(actor: object, *, wanted: bool | None = None) -> tuple[int, bool]:
        found, is_helpful = set_helpful(
            review_id=review.id, is_helpful=wanted, actor=actor, now=now()
        )
        return found.helpful_count, is_helpful

    assert vote(one, wanted=True) == (1, True)
    assert vote(one, wanted=True) == (1, True)
    assert vote(two, wanted=None) == (2, True)
    assert vote(two, wanted=None) == (1, False)
    assert vote(two, wanted=False) == (1, False)
    assert HelpfulVote.objects.count() == 1


def test_own_unpublished_and_guests_votes_are_refused(world: World) -> None:
    bought(world, 0, 1)
    review, hidden = published(world), written(world, 1)
    with pytest.raises(OwnReview):
        set_helpful(review_id=review.id, is_helpful=True, actor=world.viewer(), now=now())
    for review_id, actor in (
        (review.id, ANONYMOUS),
        (hidden.id, viewer_of(make_user("v@people.example"))),
    ):
        with pytest.raises(NotFound):
            set_helpful(review_id=review_id, is_helpful=True, actor=actor, now=now())
    assert not HelpfulVote.objects.exists()


def test_buyer_is_invited_three_days_after_delivery_once(world: World) -> None:
    order = bought(world, 0, 1)
    assert order.delivered_at is not None
    due = order.delivered_at + timedelta(days=3)
    plan_invitation(order_id=order.id)
    assert ReviewInvitation.objects.get().due_at == due

    assert send_due(now=due - timedelta(seconds=1)) == 0
    assert send_due(now=due) == 1
    assert send_due(now=due + timedelta(days=9)) == 0

    assert letters("review_invitation") == ["buyer@people.example"]
    lines = Delivery.objects.get(kind="review_invitation").context["lines"]
    assert [line["title"] for line in lines] == ["Thing T11", "Thing T12"]


def test_invitation_names_what_is_not_reviewed_and_is_not_sent_for_nothing(world: World) -> None:
    partly, wholly = bought(world, 0, 1), bought(world, 0)
    written(world, 0)

    assert send_due(now=now() + timedelta(days=4)) == 2

    assert letters("review_invitation") == ["buyer@people.example"]
    letter = Delivery.objects.get(kind="review_invitation")
    assert letter.key == f"review_invitation:{partly.id}"
    assert [line["title"] for line in letter.context["lines"]] == ["Thing T12"]
    assert wholly.id != partly.id


def test_guest_and_returned_orders_are_not_invited(world: World) -> None:
    order = bought(world)
    ReviewInvitation.objects.all().delete()
    group = order.group
    type(group).objects.filter(id=group.id).update(user=None)
    plan_invitation(order_id=order.id)
    assert not ReviewInvitation.objects.exists()
    returned = delivered_order(world, offers=(1,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.reviews.services.inviting.kept_lines_of_order", lambda _id: [])
        assert send_due(now=now() + timedelta(days=4)) == 1
    assert letters("review_invitation") == []
    assert Order.objects.get(id=returned.id).status == "DELIVERED"


CONTEXT = {
    "shop": "Shop <1>",
    "stars": 4,
    "product": "Lamp <b>",
    "excerpt": "Good <script>",
    "number": "K-1-1",
    "url": "http://127.0.0.1:8000/en/me/reviews/",
    "lines": [{"title": "Lamp <b>", "options": "Colour: red", "quantity": 1}],
}


@pytest.mark.parametrize("kind", ["review_published", "review_answered", "review_invitation"])
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_letter_renders_whole_in_every_language(kind: str, language: str) -> None:
    with missing_variables_shown():
        message = render_email(kind, language, CONTEXT)

    html = message.alternatives[0].content
    for text in (message.subject, message.body, html):
        assert "MISSING" not in text
    assert message.subject
    assert CONTEXT["url"] in message.body
    assert f'href="{CONTEXT["url"]}"' in html
    assert "<script>" not in html
