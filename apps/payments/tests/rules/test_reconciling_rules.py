"""R13: every planted fault of a statement is found and named, and nothing else is."""

import random
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.payments.reconciling_rules import differences, expected_fee
from apps.payments.tests.statements import END, START, TERMS, Statement, day, found_at, planted
from apps.payments.types_reconciling import (
    BookLine,
    Difference,
    DifferenceKind,
    StatementKind,
    StatementLine,
)
from marketplace.tests import figures

CHARGE = StatementLine("txn_1", StatementKind.CHARGE, "pi_1", 100_000_00, 3_900_00, "UZS", START)
CAPTURE = BookLine("entry:1", StatementKind.CHARGE, "pi_1", 100_000_00, "UZS", START)
ASKED = BookLine("refund:r", StatementKind.REFUND, "r", -500, "UZS", START, is_booked=False)
BACK = replace(
    ASKED,
    key="refund:r:back",
    kind=StatementKind.REFUND_FAILURE,
    amount_minor=500,
    needed_after=StatementKind.REFUND,
)
REFUNDED = StatementLine("txn_2", StatementKind.REFUND, "r", -500, 0, "UZS", START)
RETURNED = replace(
    REFUNDED, transaction_id="txn_3", kind=StatementKind.REFUND_FAILURE, amount_minor=500
)


def compare(theirs: list[StatementLine], ours: list[BookLine]) -> list[Difference]:
    return differences(statement=theirs, books=ours, start=START, end=END, terms=TERMS)


def named(found: list[Difference]) -> set[tuple[str, str]]:
    assert len({one.key for one in found}) == len(found)
    return {(str(one.kind), found_at(one.kind, one.theirs, one.ours)) for one in found}


def kinds(theirs: list[StatementLine], ours: list[BookLine]) -> list[str]:
    return [str(one.kind) for one in compare(theirs, ours)]


def test_hundred_faults_among_ten_thousand_rows_are_all_found_and_no_other() -> None:
    statement = planted(day(seed=13, rows=10_000), faults=100, seed=31)

    begun = time.monotonic()
    found = compare(statement.theirs, statement.ours)
    figures.note(
        "R13", rows=10_000, planted=100, found=len(found), seconds=time.monotonic() - begun
    )

    assert len(statement.planted) == 100
    assert {kind for kind, _where in statement.planted} == set(DifferenceKind)
    assert named(found) == statement.planted


@given(seed=st.integers(0, 10**6), rows=st.integers(20, 60), faults=st.integers(0, 20))
def test_planted_faults_are_found_in_any_statement(seed: int, rows: int, faults: int) -> None:
    pairs = day(seed, rows)
    fit = sum(1 for one in pairs if one.theirs and one.ours.is_booked)
    statement = planted(pairs, min(faults, fit), seed + 1)

    assert named(compare(statement.theirs, statement.ours)) == statement.planted


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 24 * 3600 - 1))
def test_two_neighbouring_periods_report_each_difference_once(seed: int, cut: int) -> None:
    statement = planted(day(seed, 50), 14, seed)
    noon = START + timedelta(seconds=cut)

    def of(start: object, end: object) -> list[Difference]:
        return differences(
            statement=statement.theirs,
            books=statement.ours,
            start=start,  # type: ignore[arg-type]
            end=end,  # type: ignore[arg-type]
            terms=TERMS,
        )

    early = timedelta(days=9)
    whole = of(START - early, END + early)
    parts = of(START - early, noon) + of(noon, END + early)
    assert sorted(one.key for one in parts) == sorted(one.key for one in whole)


@given(seed=st.integers(0, 10**6))
def test_order_of_the_lines_does_not_matter(seed: int) -> None:
    statement = planted(day(seed, 40), 14, seed)
    other = Statement(list(statement.theirs), list(statement.ours), statement.planted)
    random.Random(seed).shuffle(other.theirs)
    random.Random(seed + 1).shuffle(other.ours)

    assert compare(statement.theirs, statement.ours) == compare(other.theirs, other.ours)


def test_same_lines_differ_in_nothing() -> None:
    assert compare([CHARGE], [CAPTURE]) == []
    assert compare([], []) == []


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (replace(CHARGE, amount_minor=100_000_01), ["AMOUNT"]),
        (replace(CHARGE, currency="GBP"), ["CURRENCY"]),
        (replace(CHARGE, fee_minor=3_900_01), []),
        (replace(CHARGE, fee_minor=3_900_02), ["FEE"]),
        (replace(CHARGE, at=START + timedelta(hours=23, minutes=59)), []),
        (replace(CHARGE, reference="pi_2"), ["MISSING", "EXTRA"]),
        (replace(CHARGE, kind=StatementKind.ADJUSTMENT), ["MISSING", "EXTRA"]),
    ],
)
def test_one_line_that_differs_is_named(theirs: StatementLine, expected: list[str]) -> None:
    assert sorted(kinds([theirs], [CAPTURE])) == sorted(expected)


def test_two_faults_of_one_line_are_two_differences() -> None:
    late = replace(CAPTURE, at=START + timedelta(days=2))

    assert sorted(kinds([replace(CHARGE, fee_minor=0)], [late])) == ["DATE", "FEE"]


def test_duplicate_of_another_amount_leaves_the_right_line_matched() -> None:
    twin = replace(CHARGE, transaction_id="txn_0", amount_minor=1)

    found = compare([twin, CHARGE], [CAPTURE])

    assert named(found) == {("DUPLICATE", "txn_0")}


def test_stranger_that_comes_twice_is_extra_and_duplicate() -> None:
    twin = replace(CHARGE, transaction_id="txn_9")

    assert kinds([CHARGE, twin], []) == ["DUPLICATE", "EXTRA"]


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        ([], [ASKED], []),
        ([REFUNDED], [ASKED], []),
        ([replace(REFUNDED, amount_minor=-501)], [ASKED], ["AMOUNT"]),
        ([], [ASKED, BACK], []),
        ([REFUNDED, RETURNED], [ASKED, BACK], []),
        # The money left and never came back, though we believe that the refund failed.
        ([REFUNDED], [ASKED, BACK], ["MISSING"]),
    ],
)
def test_refund_under_way_may_be_on_the_statement(
    theirs: list[StatementLine], ours: list[BookLine], expected: list[str]
) -> None:
    assert kinds(theirs, ours) == expected


@pytest.mark.parametrize(
    ("minor", "fee"), [(100_00, 2_90), (150, 4), (50, 1), (1, 0), (1_000_000_00, 29_000_00)]
)
def test_fee_of_a_charge_is_a_rate_half_to_even_and_a_fixed_part(minor: int, fee: int) -> None:
    plain = replace(CHARGE, amount_minor=minor, currency="RUB")

    assert expected_fee(plain, TERMS) == fee
    assert expected_fee(replace(plain, currency="USD"), TERMS) == fee + 30
    assert expected_fee(replace(plain, kind=StatementKind.REFUND), TERMS) == 0
