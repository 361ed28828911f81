"""Search as the rest of the shop uses it: find products, suggest while typing."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.catalog.selectors.cards import cards
from apps.catalog.selectors.search_source import brands_named
from apps.catalog.selectors.tree import tree
from apps.search import rules
from apps.search.providers.base import SearchEngine
from apps.search.types import SearchQuery, SearchResult, Suggestion, SuggestionKind

PRODUCTS = 3


@cache
def engine_at(path: str) -> SearchEngine:
    engine: SearchEngine = import_string(path)()
    return engine


def current_engine() -> SearchEngine:
    return engine_at(settings.SEARCH_ENGINE)


def find(query: SearchQuery, *, with_facets: bool = True) -> SearchResult:
    """Answer a query with one page of product ids, the total and the counts of the filters."""
    return current_engine().find(query, with_facets=with_facets)


def suggest(text: str, language: str, limit: int = 8) -> list[Suggestion]:
    """Return what the beginning of a query may become: words, then categories, brands, products."""
    words = rules.query_words(text)
    if not words:
        return []
    engine = current_engine()
    found = [*_categories(words, language)[:2], *_brands(words)[:2]]
    product_ids = engine.matching_products(text, limit=PRODUCTS)
    found += [
        Suggestion(
            text=card.title,
            kind=SuggestionKind.PRODUCT,
            product_id=card.product_id,
            slug=card.slug,
            short_id=card.short_id,
        )
        for card in cards(product_ids, language=language)
    ]
    queries = engine.completions(text, limit=max(limit - len(found), 2))
    return [*(Suggestion(query, SuggestionKind.QUERY) for query in queries), *found][:limit]


def _categories(words: list[str], language: str) -> list[Suggestion]:
    """Return categories whose name has every word, the last one as a beginning; upper ones first."""
    found: list[Suggestion] = []
    level = tree(language)
    while level:
        found += [
            Suggestion(node.name, SuggestionKind.CATEGORY, category_code=node.code)
            for node in level
            if rules.begins(node.name, words)
        ]
        level = [child for node in level for child in node.children]
    return found


def _brands(words: list[str]) -> list[Suggestion]:
    found = brands_named(words[-1], limit=20)
    return [
        Suggestion(name, SuggestionKind.BRAND, brand_id=brand_id)
        for brand_id, name in found
        if rules.begins(name, words)
    ]
