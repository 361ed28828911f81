"""Terms of a category: its own, else those of the nearest above that says something."""

import pytest

from apps.catalog.models import Category
from apps.catalog.selectors.terms import CategoryTerms, terms_of_categories
from apps.catalog.services.tree import add_category, set_category_terms
from apps.core.viewer import SYSTEM
from apps.orders.tests.services.world import place
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db


def set_terms(category: Category, return_days: int | None, escrow_days: int | None) -> None:
    set_category_terms(
        category_id=category.pk,
        return_days=return_days,
        escrow_days=escrow_days,
        actor=SYSTEM,
        reason="Terms.",
    )


def test_terms_come_from_the_nearest_above_each_for_itself() -> None:
    world = make_world()
    top = Category.objects.get(pk=world.category.pk)
    below = add_category(code="below", names={"en": "Below"}, parent=top)
    deep = add_category(code="deep", names={"en": "Deep"}, parent=below)
    assert terms_of_categories([deep.path]) == {deep.path: CategoryTerms(None, None)}

    set_terms(top, 30, 20)
    set_terms(below, 0, None)

    assert terms_of_categories([deep.path]) == {deep.path: CategoryTerms(0, 20)}


def test_order_keeps_the_terms_it_was_placed_under() -> None:
    world = make_world()
    set_terms(world.category, 7, 21)

    order = place(world, offers=(0,)).orders.get()
    set_terms(world.category, 1, 1)

    order.refresh_from_db()
    assert order.escrow_days == 21
    assert [line.return_days for line in order.lines.all()] == [7]


def test_without_terms_the_contract_s_days_and_the_usual_window_hold() -> None:
    order = place(make_world(), offers=(0,)).orders.get()

    assert order.escrow_days == 14
    assert [line.return_days for line in order.lines.all()] == [14]
