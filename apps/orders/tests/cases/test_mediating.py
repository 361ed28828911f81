"""Staff in a dispute before the decision: words to both, a question, its term, who may ask."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM, viewer_of
from apps.notifications.models import Delivery
from apps.orders.models import Dispute, DisputeMessage
from apps.orders.services import arbitrating, disputing, mediating
from apps.orders.tests.cases.world import dispute
from apps.orders.tests.services.fulfilling import delivered_order, owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import AnswerRequest, Asked, DisputeState, Side, Words
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def case(world: World) -> Dispute:
    return dispute(world, delivered_order(world))


def ask(case: Dispute, of: Asked | None = Asked.SELLER, hours: int = 48, key: str = "k") -> None:
    mediating.address_sides(
        dispute_id=case.id,
        words=Words("Show the label of the parcel.", key),
        asks=AnswerRequest(of, hours) if of else None,
        actor=SYSTEM,
        now=now(),
    )
    deliver_all()


def decide(case: Dispute, hours: int = 0) -> Dispute:
    return arbitrating.decide_dispute(
        dispute_id=case.id,
        refund=Money(0, case.currency),
        text="So.",
        actor=SYSTEM,
        now=now() + timedelta(hours=hours),
    )


def answer(case: Dispute, world: World, side: Side) -> None:
    actor = world.viewer() if side == Side.BUYER else owner()
    disputing.say(dispute_id=case.id, words=Words("Here.", uuid4().hex), actor=actor, now=now())


def news() -> set[str]:
    return {
        row.context["heading"].partition(": ")[2]
        for row in Delivery.objects.all()
        if row.kind.endswith("case_news")
    }


def test_question_is_told_to_who_is_asked_and_shown_to_both(world: World, case: Dispute) -> None:
    ask(case)
    ask(case)

    said = DisputeMessage.objects.get(dispute=case, side=Side.STAFF)
    assert said.asked_of == Asked.SELLER
    assert said.answer_by == said.at + timedelta(hours=48)
    assert {"the marketplace asks you", "something new was said"} <= news()
    assert Dispute.objects.get().state == DisputeState.OPEN


@pytest.mark.parametrize(
    ("asked", "answers", "is_awaited"),
    [
        (Asked.SELLER, [], True),
        (Asked.SELLER, [Side.BUYER], True),
        (Asked.SELLER, [Side.SELLER], False),
        (Asked.BUYER, [Side.BUYER], False),
        (Asked.BOTH, [Side.BUYER], True),
        (Asked.BOTH, [Side.BUYER, Side.SELLER], False),
        (None, [], False),
    ],
)
def test_nothing_is_decided_while_an_answer_is_awaited(
    world: World, case: Dispute, asked: Asked | None, answers: list[Side], *, is_awaited: bool
) -> None:
    answer(case, world, Side.SELLER)
    ask(case, asked)
    for side in answers:
        answer(case, world, side)

    if is_awaited:
        with pytest.raises(mediating.AnswerAwaited, match="is awaited until"):
            decide(case)
        assert Dispute.objects.get().state != DisputeState.DECIDED
    assert decide(case, hours=49 if is_awaited else 0).state == DisputeState.DECIDED


def test_who_may_not_decide_may_not_ask(world: World, case: Dispute) -> None:
    from apps.backoffice.tests.world import staff

    reader = viewer_of(staff("reader@staff.example", "orders.view_dispute", "orders.change_order"))
    for stranger in (world.viewer(), owner(), reader):
        with pytest.raises(NotFound):
            mediating.address_sides(
                dispute_id=case.id, words=Words("Hm.", "k"), asks=None, actor=stranger, now=now()
            )
    with pytest.raises(mediating.AnswerTermUnknown):
        ask(case, hours=1)
    decide(case)
    with pytest.raises(disputing.DisputeMoveNotAllowed):
        ask(case)


def test_database_takes_no_question_of_a_side(case: Dispute) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DisputeMessage.objects.create(
            dispute=case,
            key="x",
            side=Side.BUYER,
            text="Answer me.",
            at=now(),
            asked_of=Asked.SELLER,
            answer_by=now(),
        )
