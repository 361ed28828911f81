"""Rules of the catalogue."""

import pytest

from apps.catalog.rules import BuyBoxEntry, buy_box_order, closest_variant, is_valid_gtin, take_from


def _entry(
    name: str, price: int, days: int = 1, score: int = 450, *, stock: bool = True
) -> BuyBoxEntry:
    return BuyBoxEntry(name, price, days, score, stock)


def test_buy_box_prefers_the_cheaper_of_equals() -> None:
    order = buy_box_order([_entry("dear", 110), _entry("cheap", 100)])
    assert [entry.offer_id for entry in order] == ["cheap", "dear"]


def test_buy_box_puts_sold_out_offers_last() -> None:
    order = buy_box_order([_entry("cheap", 50, stock=False), _entry("dear", 110)])
    assert [entry.offer_id for entry in order] == ["dear", "cheap"]


def test_buy_box_weighs_a_fast_seller_against_a_slightly_cheaper_slow_one() -> None:
    # 100 x 1.06 = 106 against 103 x 1.01 = 104.03: the faster wins.
    order = buy_box_order([_entry("slow", 1000, days=6), _entry("fast", 1030, days=1)])
    assert order[0].offer_id == "fast"


@pytest.mark.parametrize(
    ("free", "quantity", "taken"),
    [
        ({1: 5, 2: 9}, 4, {2: 4}),
        ({1: 5, 2: 5}, 4, {1: 4}),
        ({1: 3, 2: 4}, 6, {2: 4, 1: 2}),
        ({1: 3, 2: -1}, 3, {1: 3}),
        ({1: 3}, 4, None),
        ({}, 1, None),
    ],
)
def test_take_from_uses_as_few_rows_as_it_can(
    free: dict[int, int], quantity: int, taken: dict[int, int] | None
) -> None:
    assert take_from(free, quantity) == taken


def test_closest_variant_keeps_the_other_options() -> None:
    variants = [
        ("red-s", {"color": "red", "size": "s"}, True),
        ("blue-s", {"color": "blue", "size": "s"}, False),
        ("blue-m", {"color": "blue", "size": "m"}, True),
    ]
    assert closest_variant(variants, {"color": "red", "size": "s"}, "color", "blue") == "blue-s"
    assert closest_variant(variants, {"color": "red", "size": "s"}, "color", "green") is None


@pytest.mark.parametrize(
    ("code", "is_valid"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("96385074", True),
        ("036000291452", True),
        ("", False),
        ("12345", False),
        ("40063813339З1", False),
    ],
)
def test_gtin_check_digit(code: str, is_valid: bool) -> None:  # noqa: FBT001  a table
    assert is_valid_gtin(code) is is_valid
