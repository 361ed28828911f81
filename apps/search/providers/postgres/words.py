"""What a query means to the PostgreSQL engine: its known words with weights, its codes, its repairs.

Invariant: only lexemes made by rules go into a tsquery; nothing that was typed is ever its syntax.
"""

from dataclasses import dataclass
from itertools import pairwise

from apps.search import rules, thesaurus
from apps.search.providers.postgres.spelling import is_doubtful, repaired
from apps.search.providers.postgres.vocabulary import Names, Vocabulary

# Most of a query's weight: this share of it.
MOST = 0.4


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query: its names as lexemes, those of synonyms, and what a match is worth."""

    own: Names
    document_count: int
    weight: float
    synonyms: Names = ()

    @property
    def tsquery(self) -> str:
        return rules.any_of(self.own + self.synonyms)

    @property
    def anywhere(self) -> str:
        """A tsquery of SearchDocument.vector, which knows no places."""
        return rules.any_of(self.own + self.synonyms, joint="&")

    def before(self, other: "Term") -> str:
        return f"({self.tsquery}) <-> ({other.tsquery})"


@dataclass(frozen=True, slots=True)
class Understood:
    """`corrected_text` is None when the words are as typed."""

    terms: tuple[Term, ...]
    codes: tuple[str, ...]
    corrected_text: str | None = None

    @property
    def named(self) -> str:
        return rules.all_of(term.tsquery for term in self.terms)

    @property
    def mentioned(self) -> str:
        return rules.all_of(term.anywhere for term in self.terms)

    @property
    def partly(self) -> str:
        chosen = rules.enough_of([term.weight for term in self.terms], MOST)
        return " | ".join(
            f"({rules.all_of(self.terms[place].tsquery for place in places)})" for places in chosen
        )

    @property
    def touched(self) -> str:
        return " | ".join(f"({term.anywhere})" for term in self.terms)

    @property
    def is_accessory(self) -> bool:
        """Tell whether an accessory is asked for."""
        return any(
            lexeme in thesaurus.accessories()
            for term in self.terms
            for name in term.own
            for lexeme in name
        )

    def named_in(self, place: str) -> str:
        return rules.all_of(rules.any_of(term.own, place) for term in self.terms)


def understand(text: str, language: str) -> Understood:
    """Look the words of a text up; repair those that the catalogue does not have. One or two queries."""
    codes = tuple(rules.code_keys(text))
    typed = rules.query_words(text)
    if not typed:
        return Understood((), codes)
    known = Vocabulary()
    known.read(_looked_up(typed, language))
    words = typed
    if any(is_doubtful(word, known) for word in typed):
        words = repaired(text, typed, known, language)
    if words != typed:
        known.read(_looked_up(words, language))
    terms = _terms(words, known, language)
    # What stands in the catalogue as a code is not a slip.
    return Understood(terms, codes, " ".join(words) if words != typed else None)


def _looked_up(words: list[str], language: str) -> list[str]:
    """Return the lexemes of the words, of neighbors written as one, and of synonyms."""
    joined = [one + other for one, other in pairwise(words)]
    stems = [stem for word in [*words, *joined] for stem in rules.lexemes_of(word, language)]
    return stems + [lexeme for _at, name in thesaurus.synonyms(_stems(words)) for lexeme in name]


def _stems(words: list[str]) -> list[str]:
    return [rules.stem(word) for word in words]


def _terms(words: list[str], known: Vocabulary, language: str) -> tuple[Term, ...]:
    own = {word: [(lexeme,) for lexeme in rules.lexemes_of(word, language)] for word in words}
    for one, other in pairwise(words):
        together = (rules.stem(one + other),)
        own[one].append(together)
        own[other].append(together)
    synonyms: list[list[tuple[str, ...]]] = [[] for _word in words]
    for place, name in thesaurus.synonyms(_stems(words)):
        synonyms[place].append(name)
    terms = []
    for word, others in zip(words, synonyms, strict=True):
        names = known.of(own[word])
        synonymous = known.of(name for name in others if name not in names)
        if names or synonymous:
            count = known.count((names or synonymous)[0])
            weight = rules.idf(count, known.total)
            terms.append(Term(names or synonymous, count, weight, synonymous if names else ()))
    return tuple(terms)
