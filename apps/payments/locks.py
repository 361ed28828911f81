"""The ranks of what payments locks (core.locks)."""

from apps.core.locks import Rank

PAYMENT = Rank.R80
LEDGER = Rank.R90
