"""The ranks of what orders locks (core.locks)."""

from apps.core.locks import Rank

CART = Rank.R20
ORDER_GROUP = Rank.R30
ORDER = Rank.R40
ORDER_LINE = Rank.R50
