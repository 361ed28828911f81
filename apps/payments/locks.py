"""The ranks of what payments locks (core.locks)."""

from apps.core.locks import Rank

PAYOUT_ACCOUNT = Rank.R70
PAYMENT = Rank.R80
PAYOUT = Rank.R80
LEDGER = Rank.R90
