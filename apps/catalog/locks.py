"""The ranks of what catalog locks (core.locks)."""

from apps.core.locks import Rank

STOCK = Rank.R60
