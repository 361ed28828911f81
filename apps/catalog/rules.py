"""Pure rules of the catalogue: buy box, variant choice, attribute checks, stock allocation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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
