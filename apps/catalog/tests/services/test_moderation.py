"""A seller's card before its moderator: sent, approved or rejected; who may, what the shop gets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from apps.catalog.models import (
    Brand,
    CardDecision,
    CardDraft,
    ListingCard,
    Offer,
    Product,
    ProductImage,
    Stock,
    StockMovement,
    Variant,
    VariantCode,
)
from apps.catalog.selectors.asked import read_plans
from apps.catalog.selectors.products import product_page
from apps.catalog.services import draft_parts, drafts, moderation
from apps.catalog.tests.seller_cards import (
    GTIN,
    LATER,
    add_picture_row,
    approved,
    complete_draft,
    lamps,
    moderator,
    refused,
    save,
    submitted,
    viewer_in,
)
from apps.catalog.types import CardStep
from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from apps.notifications.models import Delivery
from apps.search.selectors import find
from apps.search.types import SearchQuery
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world(offers_each=1)


def strangers(world: World) -> list[Viewer]:
    seller = world.sellers[0]
    return [
        ANONYMOUS,
        viewer_of(world.buyer),
        viewer_in(world.sellers[1]),
        viewer_in(seller, MemberRole.STOCK),
        viewer_in(seller, MemberRole.FINANCE),
        moderator(),
    ]


def test_strangers_and_other_roles_find_no_card(world: World) -> None:
    draft = complete_draft(world)
    seller_id = world.sellers[0].id
    common = {"draft_id": draft.id, "now": NOW}
    for actor in strangers(world):
        deeds: list[Callable[[], object]] = [
            lambda who=actor: save(draft, who, handling_days=3),
            lambda who=actor: moderation.submit_draft(
                seen_version=draft.version, actor=who, **common
            ),
            lambda who=actor: moderation.withdraw_draft(actor=who, **common),
            lambda who=actor: drafts.discard_draft(draft_id=draft.id, actor=who),
            lambda who=actor: drafts.start_draft(
                seller_id=seller_id, title="", gtin="", language="en", actor=who, now=NOW
            ),
        ]
        assert [refused(deed) for deed in deeds] == [NotFound] * len(deeds), actor.label
    submitted(draft)
    for actor in [*strangers(world)[:-1], viewer_in(world.sellers[0])]:
        for decide in (moderation.approve_draft, moderation.reject_draft):
            assert refused(lambda d=decide, a=actor: d(actor=a, reason="x", **common)) is NotFound
    assert CardDraft.objects.get(id=draft.id).status == "IN_REVIEW"


def test_manager_makes_cards_too(world: World) -> None:
    manager = viewer_in(world.sellers[0], MemberRole.MANAGER)

    save(complete_draft(world), manager, handling_days=4)

    assert CardDraft.objects.get().handling_days == 4


def test_card_in_moderation_is_nobodys_to_change_and_can_be_taken_back(world: World) -> None:
    draft, actor = complete_draft(world), viewer_in(world.sellers[0])
    submitted(draft)

    assert refused(lambda: save(draft, actor, handling_days=4)) is drafts.DraftInReview
    assert submitted(draft).decisions.count() == 1
    moderation.withdraw_draft(draft_id=draft.id, actor=actor, now=NOW)
    save(draft, actor, handling_days=4)
    assert refused(
        lambda: moderation.approve_draft(draft_id=draft.id, actor=moderator(), now=NOW, reason="x")
    ) is (moderation.DraftNotThere)
    assert not Product.objects.filter(created_by_seller=world.sellers[0]).exists()


def test_incomplete_card_is_not_sent(world: World) -> None:
    draft = complete_draft(world)
    draft.pictures.all().delete()

    assert refused(lambda: submitted(draft)) is moderation.CardIncomplete
    assert CardDecision.objects.count() == 0


def test_approved_card_is_in_the_shop_with_its_offers_units_and_is_found(world: World) -> None:
    draft = approved(complete_draft(world))
    deliver_all()

    product = Product.objects.get(created_by_seller=world.sellers[0])
    assert (draft.status, draft.product_id, product.status) == ("APPROVED", product.id, "PUBLISHED")
    assert product.brand == Brand.objects.get(name="Rishton")
    assert product.attributes == {"power": 40, "dimmable": True}
    offers = Offer.objects.filter(variant__product=product).order_by("variant__position")
    assert [(o.price_minor, o.currency, o.handling_days) for o in offers] == [
        (25_000_000, "UZS", 2)
    ] * 2
    assert [row.on_hand for row in Stock.objects.filter(item__variant__product=product)] == [5]
    shown = product_page(short_id=product.short_id, language="en")
    assert (shown.title, shown.codes, shown.best_offer.free) == ("Lamp of Rishton", (GTIN,), 5)
    assert ListingCard.objects.get(product=product).is_visible
    assert find(SearchQuery(text="rishton", language="en")).product_ids == [product.id]
    assert [row["variant_id"] != "" for row in draft.variants] == [True, True]
    assert list(draft.decisions.values_list("kind", flat=True)) == ["SUBMITTED", "APPROVED"]
    assert Delivery.objects.filter(kind="card_approved").count() == 1


def test_approval_finds_what_was_taken_meanwhile(world: World) -> None:
    draft = submitted(complete_draft(world))
    VariantCode.objects.create(variant=world.offers[1].variant, gtin=GTIN)

    assert refused(
        lambda: moderation.approve_draft(draft_id=draft.id, actor=moderator(), now=NOW, reason="x")
    ) is (moderation.CardIncomplete)
    assert not Product.objects.filter(created_by_seller=world.sellers[0]).exists()


def test_rejected_card_says_why_is_mended_and_sent_again(world: World) -> None:
    draft = submitted(complete_draft(world))

    moderation.reject_draft(
        draft_id=draft.id, actor=moderator(), now=NOW, reason="The picture shows another lamp."
    )

    draft.refresh_from_db()
    assert (draft.status, draft.decisions.last().note) == (
        "REJECTED",
        "The picture shows another lamp.",
    )
    mail = Delivery.objects.get(kind="card_rejected")
    assert mail.context["words"] == "The picture shows another lamp."
    save(draft, viewer_in(world.sellers[0]), handling_days=1)
    assert CardDraft.objects.get(id=draft.id).status == "REJECTED"
    assert approved(draft).status == "APPROVED"
    assert AuditEntry.objects.filter(action__startswith="catalog.card_").count() == 5


def test_edit_of_a_card_in_the_shop_waits_while_the_approved_one_is_shown(world: World) -> None:
    draft = approved(complete_draft(world))
    actor, product = viewer_in(world.sellers[0]), draft.product
    rows = read_plans(draft)

    save(
        draft,
        actor,
        texts={"en": ("Lamp of Gijduvon", "New words.")},
        variants=[replace(rows[0], weight_grams=950), replace(rows[1], is_left_out=True)],
    )
    add_picture_row(draft, "b" * 64)

    draft.refresh_from_db()
    assert draft.status == "DRAFT"
    shown = product_page(short_id=product.short_id, language="en")
    assert (shown.title, shown.weight_grams) == ("Lamp of Rishton", 900)
    approved(draft)
    shown = product_page(short_id=product.short_id, language="en")
    assert (shown.title, shown.weight_grams) == ("Lamp of Gijduvon", 950)
    assert list(
        Variant.objects.filter(product=product)
        .order_by("position")
        .values_list("is_active", flat=True)
    ) == [True, False]
    assert ProductImage.objects.filter(product=product).count() == 2
    assert Offer.objects.filter(variant__product=product).count() == 2
    assert StockMovement.objects.filter(stock__item__variant__product=product).count() == 1


def test_new_variant_of_a_card_in_the_shop_gets_its_offer_with_the_approval(world: World) -> None:
    draft = complete_draft(world)
    actor = viewer_in(world.sellers[0])
    save(draft, actor, choices={"tone": ["red"]})
    approved(draft)
    save(draft, actor, choices={"tone": ["red", "blue"]})
    draft.refresh_from_db()
    red, blue = read_plans(draft)
    new = replace(
        red, key=blue.key, options=blue.options, variant_id="", gtin="", seller_sku="NEW-1",
        price_minor=100,
    )  # fmt: skip
    save(draft, actor, variants=[red, new])

    approved(draft)

    assert sorted(
        Offer.objects.filter(variant__product=draft.product).values_list("price_minor", flat=True)
    ) == [100, 25_000_000]


def test_card_of_another_seller_and_of_nobody_is_not_found(world: World) -> None:
    product = world.offers[0].variant.product

    for seller in world.sellers:
        assert refused(
            lambda s=seller: drafts.start_revision(
                seller_id=s.id, product_id=product.id, actor=viewer_in(s), now=NOW
            )
        ) is (NotFound)


def test_card_that_came_by_another_way_is_revised_by_its_seller(world: World) -> None:
    product = world.offers[0].variant.product
    Product.objects.filter(id=product.id).update(created_by_seller=world.sellers[0])
    given = {
        "seller_id": world.sellers[0].id,
        "product_id": product.id,
        "actor": viewer_in(world.sellers[0]),
        "now": LATER,
    }

    draft = drafts.start_revision(**given)

    assert drafts.start_revision(**given) == draft
    assert (draft.status, draft.any_title, draft.variants[0]["weight_grams"]) == (
        "APPROVED",
        "Thing T11",
        500,
    )


def test_draft_is_thrown_away_only_before_it_has_a_history(world: World) -> None:
    actor = viewer_in(world.sellers[0])
    first, second = complete_draft(world), complete_draft(world, gtin="")
    submitted(second)

    drafts.discard_draft(draft_id=first.id, actor=actor)

    assert refused(lambda: drafts.discard_draft(draft_id=second.id, actor=actor)) is (
        drafts.DraftHasHistory
    )
    assert list(CardDraft.objects.all()) == [second]


def test_typed_text_is_kept_as_it_came_until_its_step_is_saved(world: World) -> None:
    draft, actor = complete_draft(world), viewer_in(world.sellers[0])
    common = {"draft_id": draft.id, "actor": actor, "now": NOW, "step": CardStep.TEXTS}
    draft = drafts.keep_typed(typed={"title": ["x" * 300]}, seen_version=draft.version, **common)
    assert draft.typed == {"texts": {"title": ["x" * 300]}}
    assert refused(lambda: submitted(draft)) is moderation.CardIncomplete

    part = draft_parts.DraftPart(texts={"en": ("Short", "")})
    draft = drafts.save_draft(part=part, seen_version=draft.version, **common)

    assert (draft.typed, draft.any_title) == ({}, "Short")


def test_what_moderators_said_cannot_be_rewritten(world: World) -> None:
    from django.db import InternalError, ProgrammingError

    submitted(complete_draft(world))

    assert refused(lambda: CardDecision.objects.update(note="x")) in {
        InternalError,
        ProgrammingError,
    }


@pytest.mark.parametrize("deed", ["submit", "approve", "decide"])
def test_two_at_once_do_it_once(committed_db: None, deed: str) -> None:
    world = make_world(offers_each=1)
    draft = complete_draft(world)
    owner, judge, barrier = viewer_in(world.sellers[0]), moderator(), Barrier(2)
    lamps(world)
    if deed != "submit":
        submitted(draft)

    def run(number: int) -> str:
        barrier.wait()
        common: dict[str, Any] = {"draft_id": draft.id, "now": NOW}
        try:
            if deed == "submit":
                moderation.submit_draft(seen_version=draft.version, actor=owner, **common)
            elif deed == "approve" or number:
                moderation.approve_draft(actor=judge, reason="Fine", **common)
            else:
                moderation.reject_draft(actor=judge, reason="No", **common)
        except moderation.DraftNotThere:
            return "late"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(run, range(2)))

    if deed == "submit":
        assert (results, CardDecision.objects.count()) == (["done", "done"], 1)
    else:
        assert (results, CardDecision.objects.count()) == (["done", "late"], 2)
        assert Product.objects.filter(created_by_seller=world.sellers[0]).count() <= 1


def test_without_the_lock_two_approvals_would_make_two_cards(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: with the draft's lock taken out both decide."""
    world = make_world(offers_each=1)
    draft = submitted(complete_draft(world, brand="", gtin=""))
    judge, barrier = moderator(), Barrier(2)

    def unlocked(draft_id: Any, actor: Viewer) -> CardDraft:
        found = CardDraft.objects.get(id=draft_id)
        barrier.wait(timeout=20)
        return found

    monkeypatch.setattr(moderation, "_to_decide", unlocked)

    def run(_number: int) -> None:
        try:
            moderation.approve_draft(draft_id=draft.id, actor=judge, now=NOW, reason="Fine")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))

    assert Product.objects.filter(created_by_seller=world.sellers[0]).count() == 2
