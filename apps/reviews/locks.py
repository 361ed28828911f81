"""The ranks of what reviews lock (core.locks): a review's row, then the rating of its product."""

from apps.core.locks import Rank

REVIEW = Rank.R50
RATING = Rank.R60
