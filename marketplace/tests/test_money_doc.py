"""docs/money.md: every worked example is computed by orders, released by payments, and compared."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from apps.core.invariants import violations
from apps.core.money import Money, total
from apps.orders.economics import economics, taken_back
from apps.orders.types import SettledLine
from apps.payments.models import Posting, Settlement
from apps.payments.services import ledger
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.releases import (
    DUE,
    balances_of,
    escrow_of,
    paid_shares,
    release,
    spend,
    take_back,
)
from apps.payments.types import Release, Share

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[2] / "docs/money.md").read_text(encoding="utf-8")
LINE = re.compile(r"(\d+)(?: of (\d+))? × ([\d,.]+)(?: \(([\d,.]+ \w+)\))? at (\d+) %")


def table(header: str) -> list[list[str]]:
    """The rows of the page's table under a header."""
    rows = PAGE[PAGE.index(f"\n| {header} |") :].split("\n\n")[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def money(text: str, currency: str = "") -> Money:
    number, _, own = text.replace(",", "").replace("−", "-").partition(" ")
    return Money.from_major(number, currency or own)


@dataclass
class Example:
    """A row of the first table: `lines` are what is kept, `ordered` what the goods cost at first."""

    currency: str
    lines: list[SettledLine]
    ordered: Money
    delivery: Money
    refunded: Money
    vat_bps: int

    @classmethod
    def read(cls, cells: list[str]) -> "Example":
        _title, currency, goods, delivery, refunded, vat = cells
        lines, ordered = [], []
        for kept, of, unit, own, rate in LINE.findall(goods):
            price = money(unit, currency)
            lines.append(
                SettledLine(
                    kept=int(kept),
                    unit=price,
                    offer_unit=money(own) if own else price,
                    commission_bps=int(rate) * 100,
                )
            )
            ordered.append(price * int(of or kept))
        assert len(lines) == goods.count("×")
        return cls(
            currency,
            lines,
            total(ordered, currency),
            money(delivery, currency),
            money(refunded, currency),
            int(Decimal(vat.removesuffix(" %")) * 100),
        )

    @property
    def paid(self) -> Money:
        return self.ordered + self.delivery

    def release_to(self, share: Share) -> Release:
        parts = economics(
            self.lines,
            delivery=self.delivery,
            held=self.paid - self.refunded,
            vat_bps=self.vat_bps,
        )
        return Release(
            reference_id=share.reference_id,
            payee_id=share.payee_id,
            split=parts,
            available_at=DUE,
        )


CASES = {number: Example.read(rest) for number, *rest in table("# | Case")}
RESULTS = {number: rest for number, *rest in table("# | Commission")}
# Examples 3a and 3b are two orders of one payment.
PAYMENTS = [["3a", "3b"], *([number] for number in CASES if not number.startswith("3"))]


def settle(numbers: list[str]) -> list[tuple[Share, Settlement]]:
    """Pay the examples at once, refund what they say and release each."""
    shares = paid_shares(*(CASES[number].paid for number in numbers))
    for number, share in zip(numbers, shares, strict=True):
        if CASES[number].refunded:
            take_back(share, CASES[number].refunded)
    return [
        (share, release(CASES[number].release_to(share)))
        for number, share in zip(numbers, shares, strict=True)
    ]


def booked(settlement: Settlement) -> dict[tuple[str, str], int]:
    rows = Posting.objects.filter(entry__key=f"order:{settlement.reference_id}:release")
    return {
        (kind, currency): minor
        for kind, currency, minor in rows.values_list("account__kind", "currency", "amount_minor")
    }


def expected(number: str) -> dict[tuple[str, str], int]:
    """The postings that a row of the second table promises."""
    case = CASES[number]
    commission, vat, delivery, delivery_vat, _seller, payout, exchange = RESULTS[number]
    currency = case.currency
    given = {
        ("ESCROW", currency): -(case.paid - case.refunded).minor,
        ("COMMISSION", currency): money(commission, currency).minor,
        ("DELIVERY", currency): money(delivery, currency).minor,
        ("VAT_PAYABLE", currency): (money(vat, currency) + money(delivery_vat, currency)).minor,
        ("SELLER_PENDING", money(payout).currency): money(payout).minor,
    }
    if exchange != "–":
        for side in exchange.split(", "):
            given["FX", money(side).currency] = money(side).minor
    return {account: minor for account, minor in given.items() if minor}


def test_page_has_its_examples() -> None:
    assert len(CASES) == 18
    assert list(RESULTS) == list(CASES)


@pytest.mark.parametrize("numbers", PAYMENTS, ids="+".join)
def test_worked_example_is_what_is_computed_and_booked(numbers: list[str]) -> None:
    settled = settle(numbers)

    for number, (share, settlement) in zip(numbers, settled, strict=True):
        currency = CASES[number].currency
        *parts, payout, _exchange = RESULTS[number]
        assert settlement.split.amounts[:5] == tuple(money(part, currency) for part in parts)
        assert settlement.payout == money(payout)
        assert booked(settlement) == expected(number)
        assert escrow_of(share) == 0
    assert violations() == []


@pytest.mark.parametrize("numbers", PAYMENTS, ids="+".join)
def test_payout_of_a_worked_example_becomes_available_whole(numbers: list[str]) -> None:
    settled = settle(numbers)

    assert make_due_available(now=DUE) == len(numbers)

    for share, settlement in settled:
        payout = settlement.payout
        assert balances_of(share.payee_id, payout.currency) == (0, payout.minor)
    assert violations() == []


@pytest.mark.parametrize(("number", "place"), [("2", 1), ("7", 2)])
def test_booked_example_stands_as_the_page_says(number: str, place: int) -> None:
    rows = PAGE.split("| Entry | Account | Posting |")[place].split("\n\n")[0].strip().splitlines()
    page = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows[1:]]

    settle([number])
    make_due_available(now=DUE)

    found = Posting.objects.filter(entry__kind__in=["RELEASE", "AVAILABLE"]).order_by("id")
    names = found.values_list("entry__kind", "account__kind", "amount_minor", "currency")
    assert [(entry, account, money(amount)) for entry, account, amount in page] == [
        (entry, account, Money(minor, currency)) for entry, account, minor, currency in names
    ]


AFTER = {number: rest for number, *rest in table("# | Refund | Units back")}


@pytest.mark.parametrize("number", AFTER)
def test_refund_after_the_release_takes_back_what_the_page_says(number: str) -> None:
    _title, back, given, when, paid_out, *promised = AFTER[number]
    price, way = money("100,000", "UZS"), money("25,000", "UZS")
    line = SettledLine(kept=2, unit=price, offer_unit=price, commission_bps=1000)
    (share,) = paid_shares(price * 2 + way)
    whole = economics([line], delivery=way, held=share.amount, vat_bps=1200)
    release(Release(share.reference_id, share.payee_id, whole, available_at=DUE))
    if when == "available":
        make_due_available(now=DUE)
    spend(share.payee_id, money(paid_out, "UZS"))
    before = own_balances()

    amount = money(given, "UZS")
    kept = replace(line, kept=2 - int(back))
    rest = economics([kept], delivery=way, held=share.amount - amount, vat_bps=1200)
    take_back(share, amount, taken_back=taken_back(whole, rest, amount, vat_bps=1200))

    after = own_balances()
    pending, available = balances_of(share.payee_id)
    owed = -ledger.balance(ledger.seller_receivable(share.payee_id), "UZS").minor
    found = [after[kind] - before[kind] for kind in before] + [pending, available, owed]
    assert found == [money(cell, "UZS").minor for cell in promised]


def own_balances() -> dict[str, int]:
    kinds = ("COMMISSION", "DELIVERY", "VAT_PAYABLE")
    return {kind: ledger.balance(ledger.own(kind), "UZS").minor for kind in kinds}


def test_page_has_its_refunds_after_the_release() -> None:
    assert len(AFTER) == 7
