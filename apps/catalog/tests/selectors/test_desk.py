"""What a moderator is shown of a changed card: each thing that an approval would change, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import translation

from apps.catalog.models import Attribute, CardDraft, DraftPicture, Product, ProductImage
from apps.catalog.selectors.desk import draft_difference
from apps.catalog.services import drafts
from apps.catalog.services.tree import add_category
from apps.catalog.tests.seller_cards import viewer_in
from marketplace.tests.world import NOW, make_world

pytestmark = pytest.mark.django_db
PICTURE = {"width": 640, "height": 640, "renditions": [320]}


@pytest.fixture
def draft() -> CardDraft:
    """A revision of a card that is in the shop; it changes nothing yet."""
    world = make_world(offers_each=1)
    product = world.offers[0].variant.product
    for number, name in enumerate("ab"):
        ProductImage.objects.create(
            product=product, content_hash=name * 64, position=number, **PICTURE
        )
    for code in ("width", "span"):
        Attribute.objects.create(code=code, kind=Attribute.Kind.NUMBER, labels={"en": "Width"})
    Product.objects.filter(id=product.id).update(
        created_by_seller=world.sellers[0], attributes={"width": 10, "span": 20}
    )
    return drafts.start_revision(
        seller_id=world.sellers[0].id,
        product_id=product.id,
        actor=viewer_in(world.sellers[0]),
        now=NOW + timedelta(days=1),
    )


def difference(draft: CardDraft) -> dict[str, tuple[object, object]]:
    with translation.override("en"):
        now, then = draft_difference(CardDraft.objects.get(id=draft.id), "en")
    return {label: (now.get(label), then.get(label)) for label in {**now, **then}}


def test_revision_that_changes_nothing_shows_nothing(draft: CardDraft) -> None:
    assert difference(draft) == {}


def test_texts_are_told_by_their_language(draft: CardDraft) -> None:
    title = draft.texts["en"]["title"]
    draft.texts["en"]["title"] = "Another"
    draft.texts["ru"] = {"title": "Другое", "description": ""}
    draft.save()

    found = difference(draft)

    assert found["Title (English)"] == (title, "Another")
    assert found["Title (Russian)"][1] == "Другое"


def test_value_of_one_of_two_attributes_with_one_label_is_seen(draft: CardDraft) -> None:
    draft.attributes = {"width": 11, "span": 20}
    draft.save()

    assert difference(draft) == {"Width (width)": ("10", "11")}


def test_move_to_another_branch_of_the_same_name_is_seen(draft: CardDraft) -> None:
    assert draft.category is not None
    before = draft.category
    name = before.texts.get(language="en").name
    draft.category = add_category(code="others", names={"en": name})
    draft.save()

    assert difference(draft) == {"Category": (f"{name} ({before.code})", f"{name} (others)")}


def test_another_first_picture_is_seen_though_all_are_known(draft: CardDraft) -> None:
    first, second = DraftPicture.objects.filter(draft=draft)
    first.position, second.position = second.position, first.position
    first.save()
    second.save()

    assert difference(draft) == {"Pictures": ("2", "2, new of them: 0")}


def test_new_picture_is_counted(draft: CardDraft) -> None:
    DraftPicture.objects.create(draft=draft, content_hash="c" * 64, position=9, **PICTURE)

    assert difference(draft) == {"Pictures": ("2", "3, new of them: 1")}
