"""Bands of best sold products: filled by sales, read one after the other, the same hits as without."""

from collections import Counter
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.search.models import SearchDocument
from apps.search.providers.postgres import PostgresEngine, bands, text
from apps.search.tests.factories import product, source
from apps.search.types import SearchQuery, SearchResult

pytestmark = pytest.mark.django_db

DOCUMENTS = 80
CANDIDATES = 10


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> PostgresEngine:
    """Eighty lamps, the first one sold best; ten of a tier are ranked, and a word of five is frequent."""
    monkeypatch.setattr(text, "CANDIDATES", CANDIDATES)
    monkeypatch.setattr(text, "ENOUGH", CANDIDATES)
    monkeypatch.setattr(bands, "FREQUENT", 5)
    made = PostgresEngine()
    made.upsert(
        [
            source(number, _title(number), sales_count=1_000 - number)
            for number in range(1, DOCUMENTS + 1)
        ]
    )
    made.refresh_words()
    return made


def _title(number: int) -> str:
    words = ["Lamp", "brass" if number % 2 else "steel", "tall" if number % 7 == 0 else "low"]
    return " ".join([*words, *["extra"] * (number % 5)])


def _find(engine: PostgresEngine, words: str) -> SearchResult:
    return engine.find(SearchQuery(words), with_facets=True)


def _bands() -> dict[UUID, int]:
    return dict(SearchDocument.objects.values_list("product_id", "band"))


def test_documents_are_put_into_bands_by_sales(engine: PostgresEngine) -> None:
    assert Counter(_bands().values()) == {0: 4, 1: 16, 2: 60}
    assert {number for number in range(1, DOCUMENTS + 1) if _bands()[product(number)] == 0} == {
        1, 2, 3, 4,
    }  # fmt: skip


def test_changed_sales_move_a_document_and_nothing_else_is_written(engine: PostgresEngine) -> None:
    before = _bands()
    SearchDocument.objects.filter(product_id=product(80)).update(sales_count=5_000)

    engine.refresh_words()

    moved = {key: band for key, band in _bands().items() if band != before[key]}
    # The newcomer, and who was last in each of the two bands above.
    assert moved == {product(80): 0, product(4): 1, product(20): 2}
    with CaptureQueriesContext(connection) as queries:
        bands.refresh_bands()
    assert len(queries) == 1


@pytest.mark.parametrize(
    "typed", ["lamp", "brass lamp", "tall lamp", "tall steel lamp", "lamp shade"]
)
def test_hits_are_those_of_a_search_without_bands(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    banded = _find(engine, typed)
    monkeypatch.setattr(bands, "FREQUENT", 10_000)
    plain = _find(engine, typed)

    assert banded.product_ids
    assert banded == plain


def test_no_more_candidates_are_read_than_are_ranked(engine: PostgresEngine) -> None:
    assert _find(engine, "lamp").total == CANDIDATES


def test_product_that_sells_best_since_the_last_hour_is_read_after_those_that_did_before(
    engine: PostgresEngine,
) -> None:
    """The control: bands decide who is read. Its band is old, so that ten others fill the candidates."""
    SearchDocument.objects.filter(product_id=product(80)).update(sales_count=5_000)
    assert product(80) not in _find(engine, "lamp").product_ids

    engine.refresh_words()

    assert product(80) in _find(engine, "lamp").product_ids


def test_small_catalogue_has_no_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = PostgresEngine()
    engine.upsert([source(number, "Lamp") for number in range(20)])

    engine.refresh_words()

    assert set(_bands().values()) == {2}
