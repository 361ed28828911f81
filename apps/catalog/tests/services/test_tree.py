"""Branches move, hide and show; the cards of the products below follow."""

import pytest

from apps.catalog.models import Category, ListingCard
from apps.catalog.services.tree import (
    MoveIntoItself,
    NoSibling,
    ParentHidden,
    add_category,
    move_category,
    set_category_visible,
    shift_category,
)
from apps.core.models import AuditEntry
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db
BECAUSE = {"actor": SYSTEM, "reason": "Tidying"}


def test_category_moved_takes_the_cards_of_its_products_along() -> None:
    world = make_world(offers_each=1)
    shelf = add_category(code="shelf", names={"en": "Shelf"})

    moved = move_category(category_id=world.category.pk, parent_id=shelf.pk, **BECAUSE)
    deliver_all()

    assert moved.path == f"{shelf.path}0001"
    paths = set(ListingCard.objects.values_list("category_path", flat=True))
    assert paths == {moved.path}


def test_category_moved_into_its_own_branch_is_refused_and_stays() -> None:
    root = add_category(code="root", names={"en": "Root"})
    child = add_category(code="child", names={"en": "Child"}, parent=root)

    with pytest.raises(MoveIntoItself):
        move_category(category_id=root.pk, parent_id=child.pk, **BECAUSE)

    assert list(Category.objects.values_list("code", "depth")) == [("root", 1), ("child", 2)]
    assert not AuditEntry.objects.filter(action="catalog.category_moved").exists()


def test_branch_hidden_hides_its_products_and_shows_them_again() -> None:
    world = make_world(offers_each=1)

    set_category_visible(category_id=world.category.pk, is_visible=False, **BECAUSE)
    deliver_all()
    hidden = set(ListingCard.objects.values_list("is_visible", flat=True))
    set_category_visible(category_id=world.category.pk, is_visible=True, **BECAUSE)
    deliver_all()

    assert hidden == {False}
    assert set(ListingCard.objects.values_list("is_visible", flat=True)) == {True}


def test_category_below_a_hidden_one_cannot_be_shown() -> None:
    root = add_category(code="root", names={"en": "Root"})
    child = add_category(code="child", names={"en": "Child"}, parent=root)
    set_category_visible(category_id=root.pk, is_visible=False, **BECAUSE)

    with pytest.raises(ParentHidden):
        set_category_visible(category_id=child.pk, is_visible=True, **BECAUSE)

    assert set(Category.objects.values_list("is_visible", flat=True)) == {False}


def test_category_shifted_changes_places_and_stops_at_the_end() -> None:
    first = add_category(code="first", names={"en": "First"})
    add_category(code="second", names={"en": "Second"})

    shift_category(category_id=first.pk, is_up=False, **BECAUSE)
    with pytest.raises(NoSibling):
        shift_category(category_id=first.pk, is_up=False, **BECAUSE)

    assert list(Category.objects.order_by("path").values_list("code", flat=True)) == [
        "second",
        "first",
    ]


def test_root_shifted_keeps_every_card_at_its_categorys_path() -> None:
    world = make_world(offers_each=1)
    other = add_category(code="other", names={"en": "Other"})

    shift_category(category_id=other.pk, is_up=True, **BECAUSE)
    deliver_all()

    world.category.refresh_from_db()
    paths = set(ListingCard.objects.values_list("category_path", flat=True))
    assert paths == {world.category.path}
    assert Category.objects.order_by("path").first().code == "other"
