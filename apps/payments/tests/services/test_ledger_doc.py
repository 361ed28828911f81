"""The worked numbers of docs/ledger.md, booked for real."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import Money
from apps.core.rules import allocate, included_tax, share_bps
from apps.payments.models import Posting
from apps.payments.services import ledger, refund_sending
from apps.payments.tests.world import TOTAL, now, paid_purchase, refund
from apps.sandbox.stripe.testing import RunningSandbox


def postings() -> list[tuple[str, str, int]]:
    rows = Posting.objects.order_by("id").values_list(
        "entry__kind", "account__kind", "amount_minor"
    )
    return list(rows)


@pytest.mark.django_db
def test_worked_example_of_the_page_is_what_is_booked(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "r1", 40_000_00)
    refund_sending.call_refund(refund_id=made.id, now=now())

    assert postings() == [
        ("CAPTURE", "PROVIDER_CLEARING", -14_990_000),
        ("CAPTURE", "ESCROW", 10_000_000),
        ("CAPTURE", "ESCROW", 4_990_000),
        ("REFUND_REQUEST", "ESCROW", -4_000_000),
        ("REFUND_REQUEST", "REFUNDS_IN_TRANSIT", 4_000_000),
        ("REFUND", "REFUNDS_IN_TRANSIT", -4_000_000),
        ("REFUND", "PROVIDER_CLEARING", 4_000_000),
    ]
    assert ledger.balance(ledger.clearing("stripe"), "UZS") == Money(4_000_000, "UZS") - TOTAL


def test_rounding_of_the_page() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert (share_bps(25, 1000), share_bps(35, 1000)) == (2, 4)
    assert included_tax(11_200, 1200) == 1_200


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=10))
def test_allocate_always_sums_to_the_whole(amount: int, weights: list[int]) -> None:
    assert sum(allocate(amount, weights)) == amount
