"""The kept category tree: never older than the last change."""

from typing import Any

import pytest
from django.core.cache import cache

from apps.catalog.selectors.tree import forget_tree, tree
from apps.catalog.services.tree import rename_category
from apps.core.pauses import set_pause
from apps.core.viewer import SYSTEM
from marketplace.tests.world import make_category

pytestmark = pytest.mark.django_db


def _rename(category_id: int, name: str) -> None:
    rename_category(
        category_id=category_id, names={"en": name}, picture_kind="", actor=SYSTEM, reason=""
    )
    forget_tree()


def test_tree_is_read_once_and_again_after_a_change(django_assert_num_queries: Any) -> None:
    cache.clear()
    category = make_category()
    assert [node.name for node in tree("en")] == ["Things"]
    with django_assert_num_queries(0):
        tree("en")

    _rename(category.pk, "Goods")

    assert [node.name for node in tree("en")] == ["Goods"]


def test_tree_that_was_read_before_a_change_is_not_kept_over_it() -> None:
    """The change comes between the reading and the keeping."""
    cache.clear()
    category = make_category()
    set_pause("catalog.tree_read", lambda: _rename(category.pk, "Goods"))
    try:
        old = tree("en")
    finally:
        set_pause("catalog.tree_read", None)

    assert [node.name for node in old] == ["Things"]
    assert [node.name for node in tree("en")] == ["Goods"]


def test_tree_is_read_again_where_the_cache_has_lost_its_state() -> None:
    """What this process keeps is of a state that nobody can vouch for any more."""
    category = make_category()
    assert [node.name for node in tree("en")] == ["Things"]
    category.texts.filter(language="en").update(name="Goods")

    cache.clear()

    assert [node.name for node in tree("en")] == ["Goods"]
