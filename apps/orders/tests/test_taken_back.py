"""What refunds take out of a settlement: whatever their order, the parts sum, and none goes below zero."""

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import Money, total
from apps.orders.economics import economics, taken_back
from apps.orders.types import SettledLine
from apps.payments.types import Split

CURRENCIES = st.sampled_from([("UZS", "UZS"), ("UZS", "RUB"), ("JPY", "JPY"), ("KWD", "USD")])


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[SettledLine], Money, int]:
    currency, own = draw(CURRENCIES)
    lines = [
        SettledLine(
            kept=draw(st.integers(1, 4)),
            unit=Money(draw(st.integers(1, 10_000_000)), currency),
            offer_unit=Money(draw(st.integers(1, 10_000_000)), own),
            commission_bps=draw(st.integers(0, 4000)),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    if own == currency:
        lines = [SettledLine(one.kept, one.unit, one.unit, one.commission_bps) for one in lines]
    return lines, Money(draw(st.integers(0, 1_000_000)), currency), draw(st.integers(0, 2500))


def _refund(
    data: st.DataObject, lines: list[SettledLine], delivery: Money, vat: int, left: Split
) -> tuple[list[SettledLine], Split]:
    """Goodwill, or units that come back at their price: what is kept and what is taken back."""
    kept = lines
    if data.draw(st.booleans()) and any(line.kept for line in lines):
        index = data.draw(st.sampled_from([i for i, one in enumerate(lines) if one.kept]))
        one = lines[index]
        kept = [*lines]
        kept[index] = SettledLine(one.kept - 1, one.unit, one.offer_unit, one.commission_bps)
        amount = min(one.unit, left.total)
    else:
        amount = Money(data.draw(st.integers(0, left.total.minor)), left.seller.currency)
    goods = total([line.unit * line.kept for line in kept], amount.currency)
    rest = min(left.total - amount, goods + delivery)
    target = economics(kept, delivery=delivery, held=rest, vat_bps=vat)
    return kept, taken_back(left, target, amount, vat_bps=vat)


@given(orders(), st.data())
@settings(max_examples=300, deadline=None)
def test_parts_of_any_refunds_sum_and_never_take_more_than_is_left(
    order: tuple[list[SettledLine], Money, int], data: st.DataObject
) -> None:
    lines, delivery, vat = order
    held = total([line.unit * line.kept for line in lines], delivery.currency) + delivery
    left = economics(lines, delivery=delivery, held=held, vat_bps=vat)
    given_back = Money.zero(held.currency)
    for _step in range(data.draw(st.integers(1, 5))):
        lines, taken = _refund(data, lines, delivery, vat, left)
        assert not taken.is_negative
        left -= taken
        given_back += taken.total
        assert not left.is_negative
        assert left.total + given_back == held
        assert left.payout.minor == 0 or left.seller.minor > 0


def test_units_that_come_back_leave_exactly_the_economics_of_the_rest() -> None:
    lines = [
        SettledLine(2, Money(49_900_00, "UZS"), Money(49_900_00, "UZS"), 1000),
        SettledLine(1, Money(1_299_000_00, "UZS"), Money(1_299_000_00, "UZS"), 500),
    ]
    delivery = Money(18_000_00, "UZS")
    whole = economics(lines, delivery=delivery, held=Money(1_416_800_00, "UZS"), vat_bps=1200)
    kept = [SettledLine(1, lines[0].unit, lines[0].offer_unit, 1000), lines[1]]
    rest = economics(kept, delivery=delivery, held=Money(1_366_900_00, "UZS"), vat_bps=1200)

    taken = taken_back(whole, rest, Money(49_900_00, "UZS"), vat_bps=1200)

    assert whole - taken == rest
    assert taken.seller == Money(44_910_00, "UZS")
