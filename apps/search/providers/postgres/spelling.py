"""Repair the words of a query that the catalogue does not have, with words that it has."""

from collections.abc import Sequence

from apps.search import rules, spelling, thesaurus
from apps.search.providers.postgres.vocabulary import Vocabulary, together

MOST_CANDIDATES = 12


def is_doubtful(word: str, known: Vocabulary) -> bool:
    """Tell whether nobody wrote the word so, and no other name of it is known."""
    if word in known.words:
        return False
    names = thesaurus.synonyms([rules.stem(word)])
    return not any(known.count(name) for _place, name in names)


def repaired(text: str, typed: list[str], known: Vocabulary, language: str) -> list[str]:
    """Return the words with the doubtful ones repaired where a known word is near."""
    switched = rules.query_words(spelling.other_layout(text))
    doubtful = [word for word in typed if is_doubtful(word, known)]
    translated = {word: spelling.in_cyrillic(word) for word in doubtful}
    guesses = [*switched, *translated.values()]
    guesses += [part for word in doubtful for parts in _splits(word) for part in parts]
    forms = [form for word in doubtful for form in spelling.deletions(word)]
    forms += [form for word in translated.values() for form in spelling.deletions(word)]
    known.read([rules.stem(word) for word in guesses], forms)
    unknown = [word for word in doubtful if not known.knows(word, language)]
    if len(unknown) == len(typed) and all(known.knows(word, language) for word in switched):
        return switched or typed
    result: list[str] = []
    for word in typed:
        others = [other for other in typed if other != word and known.knows(other, language)]
        if word in unknown:
            result += _repair(word, translated[word], others, known)
        elif word in doubtful:
            result.append(_better(word, others, known))
        else:
            result.append(word)
    return list(dict.fromkeys(result))


def _repair(word: str, translated: str, others: Sequence[str], known: Vocabulary) -> list[str]:
    """Return an unknown word as Russian, as one slip away from a known one, or as two words."""
    if known.stems.get(rules.stem(translated)):
        return [translated]
    for guess in dict.fromkeys([word, translated]):
        if near := [*spelling.corrections(guess, known.words)]:
            return [_likeliest(guess, near, others, known)]
    for parts in _splits(word):
        if all(known.stems.get(rules.stem(part)) for part in parts):
            return parts
    return [word]


def _better(word: str, others: Sequence[str], known: Vocabulary) -> str:
    """Return a word that nobody wrote so, or what is one slip away and overwhelmingly more frequent."""
    least = spelling.OVERWHELMING * known.stems.get(rules.stem(word), 1)
    near = [
        other for other in spelling.corrections(word, known.words) if known.words[other] > least
    ]
    return _likeliest(word, near, others, known) if near else word


def _likeliest(word: str, near: list[str], others: Sequence[str], known: Vocabulary) -> str:
    """Choose by what is named together with the other words of the query, then by frequency."""
    alone = {other: spelling.likelihood(word, other, known.words[other]) for other in near}
    best = sorted(alone, key=lambda other: (-alone[other], other))[:MOST_CANDIDATES]
    if len(best) == 1 or not others:
        return best[0]
    context = rules.all_of(rules.any_of([(rules.stem(other),)]) for other in others)
    counts = together(context, [rules.stem(other) for other in best])
    return max(
        best,
        key=lambda other: (
            spelling.likelihood(word, other, counts[rules.stem(other)]),
            alone[other],
        ),
    )


def _splits(word: str) -> list[list[str]]:
    """Return the ways to read a word as several: letters apart from digits, or as two words."""
    parts = rules.parts_of(word)
    if len(parts) > 1:
        return [parts]
    return [
        [word[:at], word[at:]] for at in range(spelling.SHORTEST, len(word) - spelling.SHORTEST + 1)
    ]
