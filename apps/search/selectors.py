"""Search as the rest of the shop uses it: find products, suggest while typing."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.search.providers.base import SearchEngine
from apps.search.types import SearchQuery, SearchResult, Suggestion


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
    """Return what the beginning of a query may become."""
    return []
