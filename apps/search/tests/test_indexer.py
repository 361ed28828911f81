"""From a changed card to a found product, through the outbox."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from apps.catalog.events import ListingCardChanged
from apps.catalog.models import ListingCard
from apps.catalog.selectors import search_source
from apps.core.services.relay import deliver_all
from apps.search import services
from apps.search.handlers import index_changed_card
from apps.search.models import SearchBranch, SearchDocument, SearchTerm
from apps.search.providers.postgres import counts
from apps.search.selectors import find, suggest
from apps.search.tests.factories import product, source
from apps.search.types import Filters, SearchQuery, SuggestionKind
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


def indexed_world() -> World:
    """A shop whose cards have reached the index: card events come from card events."""
    world = make_world(offers_each=1)
    deliver_all()
    return world


def found(text: str) -> list[Any]:
    return find(SearchQuery(text), with_facets=False).product_ids


def test_published_product_is_found_once_its_event_is_delivered() -> None:
    world = indexed_world()
    ids = {offer.variant.product_id for offer in world.offers}

    assert set(found("thing")) == set(found("вещи")) == ids
    assert found("T11") == [world.offers[0].variant.product_id]


def test_hidden_card_is_taken_out_and_its_repeat_changes_nothing() -> None:
    world = indexed_world()
    card = ListingCard.objects.get(product_id=world.offers[0].variant.product_id)
    ListingCard.objects.filter(product_id=card.product_id).update(
        is_visible=False, version=card.version + 1
    )
    event = ListingCardChanged(
        product_id=card.product_id, version=card.version + 1, is_visible=False
    )

    for _repeat in range(2):
        index_changed_card(event)

    assert found("thing") == [world.offers[1].variant.product_id]
    row = SearchDocument.objects.get(product_id=card.product_id)
    assert (row.version, row.is_removed) == (card.version + 1, True)


def test_late_event_of_a_lower_version_loses() -> None:
    world = indexed_world()
    product_id = world.offers[0].variant.product_id
    SearchDocument.objects.filter(product_id=product_id).update(version=1000)
    before = SearchDocument.objects.values().get(product_id=product_id)
    ListingCard.objects.filter(product_id=product_id).update(is_in_stock=False)

    index_changed_card(ListingCardChanged(product_id=product_id, version=2, is_visible=True))

    assert SearchDocument.objects.values().get(product_id=product_id) == before


def test_rebuild_search_restores_rows_drops_strangers_and_counts_words() -> None:
    world = indexed_world()
    ids = {offer.variant.product_id for offer in world.offers}
    SearchDocument.objects.filter(product_id=world.offers[0].variant.product_id).delete()
    services.current_engine().upsert([source(1, "Stranger")])
    output = StringIO()

    call_command("rebuild_search", stdout=output)

    assert output.getvalue().startswith("2 products indexed, 1 dropped")
    assert set(SearchDocument.objects.values_list("product_id", flat=True)) == ids
    assert SearchTerm.objects.get(word="thing").document_count == 2
    assert not SearchTerm.objects.filter(word="stranger").exists()
    assert product(1) not in found("stranger")


def test_rebuild_search_in_parts_indexes_each_product_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = indexed_world()
    monkeypatch.setattr(search_source, "BATCH", 1)
    SearchDocument.objects.all().delete()
    services.current_engine().upsert([source(1, "Stranger")])
    outputs = [StringIO(), StringIO()]

    call_command("rebuild_search", "--part=2/2", stdout=outputs[1])
    call_command("rebuild_search", "--part=1/2", stdout=outputs[0])

    assert outputs[0].getvalue().startswith("1 products indexed, 1 dropped")
    assert outputs[1].getvalue().startswith("1 products indexed, 0 dropped")
    assert set(SearchDocument.objects.values_list("product_id", flat=True)) == {
        offer.variant.product_id for offer in world.offers
    }


def test_index_products_counts_the_visible_ones() -> None:
    world = indexed_world()
    ids = [offer.variant.product_id for offer in world.offers]
    SearchDocument.objects.all().delete()
    SearchTerm.objects.all().delete()
    ListingCard.objects.filter(product_id=ids[1]).update(is_visible=False)

    assert services.index_products(product_ids=ids) == 1
    assert found("thing") == ids[:1]


def test_find_runs_in_one_statement_or_two_with_any_number_of_rows(
    django_assert_num_queries: Any,
) -> None:
    engine = services.current_engine()
    for rows in (1, 3):
        engine.upsert([source(n, "Lamp") for n in range(1, rows + 1)])
        with django_assert_num_queries(2):
            result = find(SearchQuery("lamp"))
        assert result.total == rows
        with django_assert_num_queries(1):
            assert find(SearchQuery()).total == rows
        with django_assert_num_queries(4):
            assert find(SearchQuery("lmap")).total == rows


def test_upsert_takes_the_same_statements_for_any_number_of_rows(
    django_assert_num_queries: Any,
) -> None:
    engine = services.current_engine()
    for rows in (1, 3):
        with django_assert_num_queries(5):
            engine.upsert([source(n, f"Lamp{rows} {n}") for n in range(1, rows + 1)])


def test_upsert_of_one_product_twice_keeps_the_higher_version() -> None:
    engine = services.current_engine()

    engine.upsert([source(1, "Newer", version=2), source(1, "Older", version=1)])

    assert (found("newer"), found("older")) == ([product(1)], [])


def test_big_branch_is_counted_beforehand_until_a_filter_narrows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = services.current_engine()
    monkeypatch.setattr(counts, "BIG_BRANCH", 2)
    engine.upsert(
        [
            source(1, facets=("color:red",), brand_id=1, category_path="00010001"),
            source(2, facets=("color:red",), brand_id=2, category_path="00010002"),
            source(3, facets=("color:blue",), brand_id=1, category_path="0002"),
        ]
    )
    before = find(SearchQuery(category_path="0001")).facets
    engine.refresh_words()

    kept = find(SearchQuery(category_path="0001")).facets
    engine.upsert([source(4, facets=("color:red",), brand_id=2, category_path="00010001")])

    assert kept == before
    assert kept.price_range == (100, 200)
    assert set(SearchBranch.objects.values_list("category_path", flat=True)) == {"", "0001"}
    assert find(SearchQuery(category_path="0001")).facets == kept
    narrowed = find(SearchQuery(category_path="0001", filters=Filters(brand_ids=(2,)))).facets
    assert narrowed.attributes == {"color": {"red": 2}}
    assert narrowed.brands == {1: 1, 2: 2}
    engine.refresh_words()
    assert find(SearchQuery(category_path="0001")).facets.brands == {2: 2, 1: 1}


def test_suggest_names_words_categories_and_products() -> None:
    indexed_world()

    lines = [(one.kind, one.text) for one in suggest("thi", "en")]

    assert (SuggestionKind.QUERY, "thing") in lines
    assert (SuggestionKind.CATEGORY, "Things") in lines
    assert (SuggestionKind.PRODUCT, "Thing T11") in lines
    assert suggest("", "en") == suggest("zzz", "en") == []


def test_drop_spares_what_was_written_since() -> None:
    engine = services.current_engine()
    engine.upsert([source(1, "Lamp"), source(2, "Lamp")])
    stale = engine.versions()
    engine.upsert([source(2, "Lamp", version=2)])

    assert engine.drop(stale) == 1
    assert found("lamp") == [product(2)]
