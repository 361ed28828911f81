"""Judge a ranking by people's ratings: normalised discounted cumulative gain. Pure functions."""

import math
from collections.abc import Mapping, Sequence


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
