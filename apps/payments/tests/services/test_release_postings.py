"""A release on paper: its entry sums to zero whatever the parts; nonsense cannot be written down."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import Money
from apps.payments.services import releasing
from apps.payments.tests.releases import DUE, TOTAL, release_of
from apps.payments.types import Release, Share, Split


# A slow machine is no failure of arithmetic.
@settings(deadline=None)
@given(
    st.lists(st.integers(0, 10**12), min_size=5, max_size=5).filter(lambda parts: parts[4] > 0),
    st.integers(0, 10**12),
    st.sampled_from(["UZS", "RUB", "JPY", "KWD"]),
)
def test_entry_of_any_release_sums_to_zero_in_each_currency(
    parts: list[int], payout: int, currency: str
) -> None:
    seller = Money(parts[4], "UZS")
    split = Split(
        *(Money(part, "UZS") for part in parts),
        payout=seller if currency == "UZS" else Money(payout, currency),
    )
    given = Release(uuid4(), uuid4(), split, available_at=DUE)

    sums: dict[str, int] = {}
    for _account, amount in releasing.release_postings(given):
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor

    assert set(sums.values()) == {0}


@pytest.mark.parametrize(
    "changes",
    [
        {"commission": Money(-1, "UZS")},
        {"delivery": Money(1, "RUB")},
        {"payout": Money(89_999_99, "UZS")},
        {"payout": Money(-1, "RUB")},
        {"seller": Money(0, "UZS"), "payout": Money(1, "RUB")},
    ],
)
def test_release_that_makes_no_sense_cannot_be_written_down(changes: dict[str, Money]) -> None:
    share = Share(uuid4(), uuid4(), TOTAL)

    with pytest.raises(ValueError):
        release_of(share, **changes)
