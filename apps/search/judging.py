"""Judge a ranking by people's ratings: normalised discounted cumulative gain, recall. Pure functions."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from string import ascii_lowercase

LEAST_LETTERS = 4


def gain(ratings: Sequence[int]) -> float:
    """Return DCG of ratings in their order: (2^rating - 1) / log2(place + 1)."""
    return sum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))


def ndcg(found: Sequence[str], ratings: Mapping[str, int], *, depth: int = 10) -> float | None:
    """Return nDCG of the first `depth` hits, an unrated hit counting 0; None if nothing is relevant."""
    best = gain(sorted(ratings.values(), reverse=True)[:depth])
    if not best:
        return None
    return gain([ratings.get(code, 0) for code in found[:depth]]) / best


def condensed_ndcg(
    found: Sequence[str], ratings: Mapping[str, int], *, depth: int = 10
) -> float | None:
    """Return nDCG of the rated hits alone: fair to an engine whose hits nobody was shown."""
    return ndcg([code for code in found if code in ratings], ratings, depth=depth)


def recall(found: Sequence[str], ratings: Mapping[str, int], *, depth: int = 100) -> float | None:
    """Return which share of what is relevant stands among the first hits; None if nothing is relevant."""
    relevant = {code for code, rating in ratings.items() if rating > 0}
    if not relevant:
        return None
    return len(relevant.intersection(found[:depth])) / len(relevant)


def with_typo(text: str, random: Random) -> str:
    """Return the text with one slip of a finger: a letter lost, doubled, wrong, or two swapped.

    The slip is in a word of four letters or more; a text without one stays as it is.
    """
    words = text.split()
    places = [
        place for place, word in enumerate(words) if len(word) >= LEAST_LETTERS and word.isalpha()
    ]
    if not places:
        return text
    place = random.choice(places)
    word = words[place]
    at = random.randrange(len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    words[place] = random.choice([
        before + after,
        before + letter + letter + after,
        before + random.choice(ascii_lowercase.replace(letter.lower(), "")) + after,
        before + after[:1] + letter + after[1:],
    ])  # fmt: skip
    return " ".join(words)
