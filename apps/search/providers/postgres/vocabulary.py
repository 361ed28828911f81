"""The words of the catalogue that a query may mean, with how many documents have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from apps.core.sql import prepared_cursor
from apps.search import rules

# The planner's count of documents is good enough for weights once the table is big.
_READ = """
SELECT word, stem, document_count FROM search_searchterm
WHERE stem = ANY(%(stems)s) OR forms && %(forms)s::varchar[]
UNION ALL
SELECT '', '', CASE WHEN reltuples > 20000 THEN reltuples::bigint
  ELSE (SELECT count(*) FROM search_searchdocument WHERE NOT is_removed) END
FROM pg_class WHERE oid = 'search_searchdocument'::regclass
"""
_TOGETHER = """
SELECT stem, (SELECT count(*) FROM (
  SELECT FROM search_searchdocument
  WHERE head @@ (%(words)s::tsquery && quote_literal(stem)::tsquery) LIMIT 1000) AS both_named)
FROM unnest(%(stems)s::varchar[]) AS stem
"""

type Names = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Vocabulary:
    """How many documents have a word, and have any word of a stem; `total` documents in all."""

    words: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def read(self, stems: Sequence[str], forms: Sequence[str] = ()) -> None:
        """Add the words of these stems, and those that share a form of spelling.deletions."""
        with prepared_cursor() as cursor:
            cursor.execute(_READ, {"stems": list(stems), "forms": list(forms)})
            rows = cursor.fetchall()
        for word, stem, count in rows:
            if not word:
                self.total = count
            elif word not in self.words:
                self.words[word] = count
                self.stems[stem] = self.stems.get(stem, 0) + count

    def count(self, name: Sequence[str]) -> int:
        """Return at most how many documents have all lexemes of a name."""
        return min(self.stems.get(lexeme, 0) for lexeme in name)

    def of(self, names: Iterable[tuple[str, ...]]) -> Names:
        """Return the different names of which every lexeme is known."""
        return tuple(name for name in dict.fromkeys(names) if self.count(name))

    def knows(self, word: str, language: str) -> bool:
        return any(self.stems.get(lexeme) for lexeme in rules.lexemes_of(word, language))


def together(words: str, stems: Sequence[str]) -> dict[str, int]:
    """Return for each stem how many documents (at most 1,000) are named by it and these words."""
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"words": words, "stems": list(stems)})
        return dict(cursor.fetchall())
