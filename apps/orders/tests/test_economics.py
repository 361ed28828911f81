"""The worked numbers of docs/fulfilment.md: the table is read, computed and compared."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from apps.core.money import Money
from apps.orders.economics import economics
from apps.orders.types import SettledLine

ROOT = Path(__file__).resolve().parents[3]


def _examples() -> list[tuple[str, ...]]:
    text = (ROOT / "docs/fulfilment.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|(.+)\|$", text, re.MULTILINE)
    return [(number, *(cell.strip() for cell in cells.split("|"))) for number, cells in rows]


def _money(text: str) -> Money:
    number, currency = text.rsplit(" ", 1)
    return Money.from_major(number.replace(",", ""), currency)


def _lines(text: str) -> list[SettledLine]:
    """Read "2 x 100,000 UZS (1,000 RUB) at 10 %; ..."."""
    lines = []
    for part in text.split(";"):
        found = re.fullmatch(
            r"(\d+) x ([\d.,]+ [A-Z]{3})(?: \(([\d.,]+ [A-Z]{3})\))? at ([\d.]+) %", part.strip()
        )
        assert found, part
        kept, unit, offer_unit, rate = found.groups()
        lines.append(
            SettledLine(
                kept=int(kept),
                unit=_money(unit),
                offer_unit=_money(offer_unit or unit),
                commission_bps=int(Decimal(rate) * 100),
            )
        )
    return lines


def test_document_has_its_examples() -> None:
    assert [row[0] for row in _examples()] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("row", _examples(), ids=lambda row: f"example {row[0]}")
def test_worked_numbers_are_what_the_rule_computes(row: tuple[str, ...]) -> None:
    _number, lines, paid, held, vat, commission, vat_of_it, delivery, vat_inside, seller, payout = (
        row
    )
    amount = _money(held)

    parts = economics(
        _lines(lines),
        delivery=_money(f"{paid} {amount.currency}"),
        held=amount,
        vat_bps=int(Decimal(vat.removesuffix(" %")) * 100),
    )

    currency = amount.currency
    assert parts.commission == _money(f"{commission} {currency}")
    assert parts.commission_vat == _money(f"{vat_of_it} {currency}")
    assert parts.delivery == _money(f"{delivery} {currency}")
    assert parts.delivery_vat == _money(f"{vat_inside} {currency}")
    assert parts.seller == _money(f"{seller} {currency}")
    assert parts.payout == _money(payout)
    assert parts.goods + parts.delivery + parts.delivery_vat == amount


@pytest.mark.parametrize("held", range(0, 1_201, 8))
def test_parts_sum_to_what_is_held_whatever_was_refunded(held: int) -> None:
    lines = [
        SettledLine(3, Money(333, "JPY"), Money(17, "RUB"), 1234),
        SettledLine(1, Money(1, "JPY"), Money(1, "RUB"), 1),
        SettledLine(0, Money(500, "JPY"), Money(20, "RUB"), 5000),
    ]

    parts = economics(lines, delivery=Money(200, "JPY"), held=Money(held, "JPY"), vat_bps=1200)

    amounts = (parts.commission, parts.commission_vat, parts.delivery, parts.delivery_vat)
    assert sum(amount.minor for amount in amounts) + parts.seller.minor == held
    assert all(amount.minor >= 0 for amount in (*amounts, parts.seller, parts.payout))


def test_more_than_was_paid_for_what_is_kept_is_not_split() -> None:
    line = SettledLine(1, Money(100, "JPY"), Money(100, "JPY"), 1000)

    with pytest.raises(ValueError, match="held for"):
        economics([line], delivery=Money(20, "JPY"), held=Money(121, "JPY"), vat_bps=0)
