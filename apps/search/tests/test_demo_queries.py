"""Queries in three languages over the demo's products, rated by the shelf that is meant."""

import statistics
from datetime import UTC, datetime

import pytest

from apps.catalog.types import SearchSource
from apps.sandbox.demo.compose import Composed, categories, products
from apps.search.judging import ndcg
from apps.search.selectors import current_engine
from apps.search.tests.factories import source
from apps.search.types import SearchQuery

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PER_SHELF = 4
QUERIES = {
    "en": [
        ("sneakers", "sneakers"),
        ("trainers", "sneakers"),
        ("laptop", "laptops"),
        ("notebook for work", "laptops"),
        ("smart watch", "smartwatches"),
        ("wireless headphones", "headphones"),
        ("table lamp", "lamps"),
        ("teapots", "teapots"),
        ("kitchen knife", "knives"),
        ("soft toy", "soft-toys"),
        ("camera", "cameras"),
        ("carpte", "carpets"),
        ("keybord", "keyboards"),
        ("couch", "sofas"),
    ],
    "ru": [
        ("кроссовки", "sneakers"),
        ("наушники", "headphones"),
        ("заварочный чайник", "teapots"),
        ("ноутбук для работы", "laptops"),
        ("лэптоп", "laptops"),
        ("сковородку", "pans"),
        ("ковер", "carpets"),
        ("пледы", "blankets"),
        ("мягкая игрушка", "soft-toys"),
        ("клавиатуру", "keyboards"),
        ("смартфон с большой батареей", "phones"),
        ("кухонный нож", "knives"),
        ("фотоапарат", "cameras"),
        ("rhjccjdrb", "sneakers"),
        ("yjen,er", "laptops"),
        ("naushniki", "headphones"),
    ],
    "uz": [
        ("quloqchin", "headphones"),
        ("choynaklar", "teapots kettles"),
        ("noutbuk", "laptops"),
        ("gilam", "carpets"),
        ("ko'ylak", "dresses"),
        ("stol chirogʻi", "lamps"),
        ("yostiqlarni", "pillows"),
        ("krossovka", "sneakers"),
        ("oshxona pichogʻi", "knives"),
        ("oʻyinchoq mashina", "toy-cars"),
        ("sovun", "soaps"),
        ("divanlar", "sofas"),
        ("smartfonn", "phones"),
    ],
}


def _source(number: int, composed: Composed, names: dict[str, dict[str, str]]) -> SearchSource:
    plan = composed.plan
    return source(
        number,
        titles={language: title for language, (title, _text) in plan.texts.items()},
        descriptions={language: text for language, (_title, text) in plan.texts.items()},
        brand=plan.brand,
        category_names=names[plan.category],
        sales_count=plan.sales_count,
    )


def test_queries_of_three_languages_find_the_shelf_that_is_meant() -> None:
    names = {category.code: dict(category.names) for category in categories()}
    composed = dict(enumerate(products(now=NOW, per_shelf=PER_SHELF), 1))
    engine = current_engine()
    engine.upsert([_source(number, one, names) for number, one in composed.items()])
    engine.refresh_words()
    scores: dict[str, float] = {}

    for language, queries in QUERIES.items():
        for text, shelves in queries:
            result = engine.find(SearchQuery(text, language=language), with_facets=False)
            ratings = {
                str(number): 3
                for number, one in composed.items()
                if one.plan.category in shelves.split()
            }
            found = [str(product_id.int) for product_id in result.product_ids]
            scores[text] = ndcg(found, ratings, depth=PER_SHELF) or 0

    poor = {text: score for text, score in scores.items() if score < 0.5}
    assert len(poor) <= 3, poor  # 0.91 and 3 when this was written
    assert statistics.mean(scores.values()) >= 0.88, scores
