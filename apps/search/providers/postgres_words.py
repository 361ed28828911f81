"""What a query means to the PostgreSQL engine: its known words with weights, its codes, its repairs.

Invariant: only lexemes made by rules go into a tsquery; nothing that was typed is ever its syntax.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

from apps.search import rules, spelling

_COUNTS = """
SELECT word, stem, document_count FROM search_searchterm WHERE stem = ANY(%(stems)s)
"""
_NEAR = """
SELECT word, stem, document_count FROM search_searchterm
WHERE stem = ANY(%(stems)s) OR forms && %(forms)s::varchar[]
"""
# The planner's count is good enough for weights once the table is big.
_TOTAL = """
SELECT CASE WHEN reltuples > 20000 THEN reltuples::bigint
  ELSE (SELECT count(*) FROM search_searchdocument WHERE NOT is_removed) END
FROM pg_class WHERE oid = 'search_searchdocument'::regclass
"""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query: lexemes that are alternatives, and what a match of it is worth."""

    lexemes: tuple[str, ...]
    weight: float

    @property
    def tsquery(self) -> str:
        return rules.any_of(self.lexemes)


@dataclass(frozen=True, slots=True)
class Understood:
    """`corrected_text` is None when the words are as typed."""

    terms: tuple[Term, ...]
    codes: tuple[str, ...]
    corrected_text: str | None = None

    @property
    def all_terms(self) -> str:
        return rules.all_of(term.tsquery for term in self.terms)

    @property
    def any_term(self) -> str:
        return " | ".join(term.tsquery for term in self.terms)

    @property
    def whole_weight(self) -> float:
        return sum(term.weight for term in self.terms)


@dataclass(slots=True)
class _Vocabulary:
    """How many documents have a word, and have any word of a stem."""

    words: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)

    def read(self, statement: str, stems: list[str], forms: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"stems": stems, "forms": forms})
            rows = cursor.fetchall()
        for word, stem, count in rows:
            if word not in self.words:
                self.words[word] = count
                self.stems[stem] = self.stems.get(stem, 0) + count

    def count(self, lexemes: tuple[str, ...]) -> int:
        return sum(self.stems.get(lexeme, 0) for lexeme in lexemes)

    def knows(self, word: str, language: str) -> bool:
        return self.count(rules.lexemes_of(word, language)) > 0


def understand(text: str, language: str) -> Understood:
    """Look the words of a text up; repair those that the catalogue does not have. Two or three queries."""
    codes = tuple(rules.code_keys(text))
    typed = rules.query_words(text)
    if not typed:
        return Understood((), codes)
    known = _Vocabulary()
    joined = [one + other for one, other in pairwise(typed)]
    stems = [stem for word in [*typed, *joined] for stem in rules.lexemes_of(word, language)]
    known.read(_COUNTS, stems, [])
    words = typed
    if any(not known.knows(word, language) for word in typed):
        words = _repaired(text, typed, known, language)
    terms = _terms(words, known, language)
    # What stands in the catalogue as a code is not a slip.
    return Understood(terms, codes, " ".join(words) if words != typed else None)


def _terms(words: list[str], known: _Vocabulary, language: str) -> tuple[Term, ...]:
    lexemes = {word: list(rules.lexemes_of(word, language)) for word in words}
    for one, other in pairwise(words):
        together = rules.stem(one + other)
        if known.stems.get(together):
            lexemes[one].append(together)
            lexemes[other].append(together)
    total = _document_total()
    terms = []
    for found in lexemes.values():
        alternatives = tuple(lexeme for lexeme in dict.fromkeys(found) if known.stems.get(lexeme))
        if alternatives:
            terms.append(Term(alternatives, rules.idf(known.count(alternatives[:1]), total)))
    return tuple(terms)


def _repaired(text: str, typed: list[str], known: _Vocabulary, language: str) -> list[str]:
    """Return the words with the unknown ones repaired where a known word is near."""
    switched = rules.query_words(spelling.other_layout(text))
    unknown = [word for word in typed if not known.knows(word, language)]
    translated = {word: spelling.in_cyrillic(word) for word in unknown}
    guesses = [*switched, *translated.values()]
    guesses += [part for word in unknown for part in rules.parts_of(word)]
    forms = [form for word in unknown for form in spelling.deletions(word)]
    forms += [form for word in translated.values() for form in spelling.deletions(word)]
    known.read(_NEAR, [rules.stem(word) for word in guesses], forms)
    if len(unknown) == len(typed) and all(known.knows(word, language) for word in switched):
        return switched or typed
    result: list[str] = []
    for word in typed:
        result += [word] if word not in unknown else _repair(word, translated[word], known)
    return list(dict.fromkeys(result))


def _repair(word: str, translated: str, known: _Vocabulary) -> list[str]:
    parts = rules.parts_of(word)
    if len(parts) > 1 and all(known.stems.get(rules.stem(part)) for part in parts):
        return parts
    if known.stems.get(rules.stem(translated)):
        return [translated]
    for guess in (word, translated):
        if len(guess) >= spelling.SHORTEST and guess.isalpha():
            correction = spelling.best_correction(guess, known.words)
            if correction:
                return [correction]
    return [word]


def _document_total() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TOTAL)
        (total,) = cursor.fetchone()
    return int(total)
