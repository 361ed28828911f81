"""What a search engine must do. Both directions: answer queries, take documents in."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from apps.catalog.types import SearchSource
from apps.search.types import SearchQuery, SearchResult


class SearchEngine(Protocol):
    """One engine. User text is words to an engine, never its query language."""

    name: str

    def find(self, query: SearchQuery, *, with_facets: bool) -> SearchResult: ...

    def completions(self, text: str, *, limit: int) -> list[str]:
        """Return queries that begin as `text` does, the most useful first."""
        ...

    def matching_products(self, text: str, *, limit: int) -> list[UUID]:
        """Return products whose words begin as `text` does, the best sold first."""
        ...

    def upsert(self, sources: Sequence[SearchSource]) -> None:
        """Index the sources; one with a lower version than the indexed loses."""
        ...

    def delete(self, product_id: UUID, *, version: int) -> None:
        """Take a product out, unless a higher version is indexed; a later lower version stays out."""
        ...

    def refresh_words(self) -> None:
        """Count the words of the catalogue anew, and whatever else is not counted while one waits."""
        ...

    def path_of(self, product_id: UUID) -> str | None:
        """Return the category's path under which a product is found now, None where it is not."""
        ...

    def versions(self) -> dict[UUID, int]:
        """Return what is indexed, with its version."""
        ...

    def drop(self, versions: Mapping[UUID, int]) -> int:
        """Forget documents that still have these versions; return how many."""
        ...
