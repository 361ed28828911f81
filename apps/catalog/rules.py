"""Pure rules of the catalogue: buy box, variant choice, attribute checks, stock allocation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product
from typing import Any

from apps.catalog.types import BulkKind, DraftStatus
from apps.sellers.types import Power


@dataclass(frozen=True, slots=True)
class BuyBoxEntry:
    """`price_base_minor` in one currency for all; `score_hundredths` is the seller's rating, 0 to 500."""

    offer_id: object
    price_base_minor: int
    handling_days: int
    score_hundredths: int
    has_stock: bool


def buy_box_order(entries: Sequence[BuyBoxEntry]) -> list[BuyBoxEntry]:
    """Order offers of one variant: in stock first, then price adjusted by 1 % a day and 2 % a star.

    Adjusted price = price x (1 + 0.01 x handling days) x (1 + 0.02 x (5 - stars)); ties by price, then id.
    A seller without ratings counts as 4 stars.
    """

    def key(entry: BuyBoxEntry) -> tuple[bool, int, int, str]:
        score = entry.score_hundredths or 400
        adjusted = entry.price_base_minor * (100 + entry.handling_days) * (5000 + 500 - score)
        return (not entry.has_stock, adjusted, entry.price_base_minor, str(entry.offer_id))

    return sorted(entries, key=key)


def take_from(free: Mapping[int, int], quantity: int) -> dict[int, int] | None:
    """Choose stock rows ({row id: free units}) for `quantity` units; None when there are too few.

    One row that can serve all of it is taken (the fullest; the lowest id among equals); otherwise the
    fullest rows first, so that as few parcels as possible are needed.
    """
    if quantity <= 0:
        raise ValueError("a quantity is positive")
    taken: dict[int, int] = {}
    left = quantity
    for row_id in sorted(free, key=lambda row: (-free[row], row)):
        part = min(left, max(free[row_id], 0))
        if part:
            taken[row_id] = part
            left -= part
        if not left:
            return taken
    return None


def closest_variant(
    variants: Sequence[tuple[Any, Mapping[str, str], bool]],
    current: Mapping[str, str],
    axis: str,
    option: str,
) -> Any | None:
    """Return the variant to show when `option` of `axis` is chosen while `current` is selected.

    Each variant is (id, options, is_available). Most shared other options win, available before sold out,
    then the given order.
    """
    best: Any | None = None
    best_score = (-1, -1)
    for variant_id, options, is_available in variants:
        if options.get(axis) != option:
            continue
        shared = sum(
            1 for code, value in current.items() if code != axis and options.get(code) == value
        )
        score = (shared, int(is_available))
        if score > best_score:
            best, best_score = variant_id, score
    return best


def is_valid_gtin(code: str) -> bool:
    """Check a GTIN-8, -12, -13 or -14 by its check digit (GS1 General Specifications 7.9)."""
    if not code.isascii() or not code.isdigit() or len(code) not in {8, 12, 13, 14}:
        return False
    digits = [int(digit) for digit in code]
    weighted = sum(
        digit * (3 if position % 2 == 0 else 1)
        for position, digit in enumerate(reversed(digits[:-1]))
    )
    return (10 - weighted % 10) % 10 == digits[-1]


# Which status of a seller's card may follow which: the seller sends, takes back and changes, staff decide.
DRAFT_MOVES: dict[DraftStatus, frozenset[DraftStatus]] = {
    DraftStatus.DRAFT: frozenset({DraftStatus.IN_REVIEW}),
    DraftStatus.IN_REVIEW: frozenset(
        {DraftStatus.DRAFT, DraftStatus.APPROVED, DraftStatus.REJECTED}
    ),
    DraftStatus.REJECTED: frozenset({DraftStatus.IN_REVIEW}),
    DraftStatus.APPROVED: frozenset({DraftStatus.DRAFT}),
}


def may_move(before: str, after: DraftStatus) -> bool:
    return after in DRAFT_MOVES[DraftStatus(before)]


def combinations(choices: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Return every combination of the chosen options, the first axis slowest; one empty without axes."""
    axes = [(code, options) for code, options in choices.items() if options]
    return [
        dict(zip((code for code, _options in axes), values, strict=True))
        for values in product(*(options for _code, options in axes))
    ]


def changed_by_percent(price_minor: int, hundredths: int) -> int:
    """Change a price by hundredths of a percent (-1250 is 12.5 % off), half to even to the minor unit.

    The buyer and the seller share the half by chance of the digit: nobody keeps a remainder.
    """
    exact = Decimal(price_minor) * (10_000 + hundredths) / 10_000
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def power_for(kind: BulkKind) -> Power:
    """Return the power that a bulk change asks for."""
    return Power.CHANGE_STOCK if kind == BulkKind.ADD_STOCK else Power.CHANGE_OFFERS
