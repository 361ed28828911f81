"""A seller's card while it is written: what is missing, what is refused, what is kept."""

from dataclasses import replace
from typing import Any

import pytest

from apps.catalog.models import (
    CardDraft,
    VariantCode,
)
from apps.catalog.selectors.asked import read_plans
from apps.catalog.services import draft_parts, drafts, moderation
from apps.catalog.tests.seller_cards import (
    GTIN,
    complete_draft,
    refused,
    save,
    viewer_in,
    words,
)
from marketplace.tests.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world(offers_each=1)


def test_new_card_says_all_that_is_missing(world: World) -> None:
    draft = drafts.start_draft(
        seller_id=world.sellers[0].id,
        title="",
        gtin="",
        language="en",
        actor=viewer_in(world.sellers[0]),
        now=NOW,
    )

    assert words(draft) == [
        "Choose a category.",
        "Write a title in one language at least.",
        "Write its weight and its three measures, packed.",
        "Add one picture at least.",
        "Write your own article.",
        "Write a price.",
    ]


def test_complete_card_has_no_problem_and_its_queries_are_pinned(
    world: World, django_assert_num_queries: Any
) -> None:
    draft = complete_draft(world)
    draft = CardDraft.objects.select_related("category").get(id=draft.id)

    with django_assert_num_queries(5):
        assert words(draft) == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"attributes": {}}, "Fill in: Power."),
        ({"attributes": {"power": "many"}}, "Power: this value does not fit."),
        ({"attributes": {"power": True}}, "Power: this value does not fit."),
        ({"texts": {}}, "Write a title in one language at least."),
        (
            {"texts": {"en": ("T", ""), "ru": ("", "D")}},
            "A description needs a title in the same language.",
        ),
    ],
)
def test_each_gap_is_named(world: World, part: dict[str, Any], expected: str) -> None:
    draft = complete_draft(world)

    save(draft, viewer_in(world.sellers[0]), **part)

    draft.refresh_from_db()
    assert words(draft) == [expected]


def test_category_with_others_below_is_not_exact_enough(world: World) -> None:
    draft = complete_draft(world)

    save(draft, viewer_in(world.sellers[0]), category_id=world.category.pk)

    draft.refresh_from_db()
    assert words(draft)[0].startswith("Choose a more exact category")
    assert (draft.variant_axes, len(draft.variants)) == ([], 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"gtin": "4006381333932"}, "The last digit of the barcode does not fit the others."),
        ({"gtin": GTIN}, "Two variants have this barcode."),
        ({"weight_grams": None}, "Write its weight and its three measures, packed."),
        ({"seller_sku": "S-T11"}, "Another of your goods has this article. Choose another one."),
        ({"seller_sku": ""}, "Write your own article."),
        ({"price_minor": None}, "Write a price."),
        ({"options": {}}, "Its options do not tell it apart from the others."),
        ({"options": {"tone": "green"}}, "Its options do not tell it apart from the others."),
        ({"options": {"tone": "red"}}, "Its options do not tell it apart from the others."),
    ],
)
def test_each_gap_of_a_variant_is_named(
    world: World, change: dict[str, Any], expected: str
) -> None:
    draft = complete_draft(world)
    red, blue = read_plans(draft)

    save(draft, viewer_in(world.sellers[0]), variants=[red, replace(blue, **change)])

    draft.refresh_from_db()
    assert expected in words(draft)


def test_barcode_of_the_catalogue_leads_to_the_card_that_has_it(world: World) -> None:
    VariantCode.objects.create(variant=world.offers[1].variant, gtin=GTIN)

    assert "put your offer on that card" in words(complete_draft(world))[0]


@pytest.mark.parametrize(
    "part",
    [
        {"texts": {"en": ("x" * 251, "")}},
        {"texts": {"xx": ("title", "")}},
        {"texts": {"en": ("a\x00b", "")}},
        {"category_id": 10**9},
        {"brand_asked": "x" * 121},
        {"handling_days": 31},
        {"brand_id": 10**9, "brand_asked": ""},
    ],
)
def test_value_that_cannot_be_is_refused_and_nothing_changes(
    world: World, part: dict[str, Any]
) -> None:
    draft = complete_draft(world)

    assert refused(lambda: save(draft, viewer_in(world.sellers[0]), **part)) is (
        draft_parts.DraftValueRefused
    )
    assert CardDraft.objects.get(id=draft.id).version == draft.version


def test_too_many_variants_are_refused(world: World) -> None:
    draft = complete_draft(world)
    choices = {"tone": [str(n) for n in range(10)], "size": [str(n) for n in range(6)]}

    assert refused(lambda: save(draft, viewer_in(world.sellers[0]), choices=choices)) is (
        draft_parts.TooManyVariants
    )


def test_chosen_options_keep_the_rows_that_were_filled_in(world: World) -> None:
    draft = complete_draft(world)

    save(draft, viewer_in(world.sellers[0]), choices={"tone": ["blue"]})

    draft.refresh_from_db()
    assert [(row["options"], row["price_minor"]) for row in draft.variants] == [
        ({"tone": "blue"}, 25_000_000)
    ]


def test_what_somebody_saved_meanwhile_is_not_overwritten(world: World) -> None:
    draft, actor = complete_draft(world), viewer_in(world.sellers[0])
    save(draft, actor, handling_days=3)

    deed = {"draft_id": draft.id, "seen_version": draft.version, "actor": actor, "now": NOW}
    part = draft_parts.DraftPart(handling_days=5)
    assert refused(lambda: drafts.save_draft(part=part, step=None, **deed)) is drafts.DraftChanged
    assert refused(lambda: moderation.submit_draft(**deed)) is moderation.DraftChanged
    assert CardDraft.objects.get(id=draft.id).handling_days == 3
