"""Addresses of listings: read without failing, written back the same."""

from uuid import UUID

import pytest
from django.http import QueryDict

from apps.core.money import Money
from apps.storefront.filtering import MAX_PAGE, Wanted, read

SELLER = UUID("0192f0c0-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    "query",
    [
        "price_from=NaN",
        "price_from=Infinity",
        "price_to=-5",
        "price_to=1e9999999",
        "price_to=99999999999999999999",
        "price_from=12.345",
        "page=-1",
        "page=abc",
        "page=0",
        "page=٣",
        f"page={MAX_PAGE + 1}",
        "page=999999999999999999999999",
        "sort=DROP",
        "rating=9",
        "brand=x",
        "brand=99999999999999999999999999",
        "seller=%00",
        "f.color=%00",
        "f.color=a%20b",
        "category=../x",
    ],
)
def test_bad_parameter_is_left_out_with_one_note(query: str) -> None:
    wanted = read(QueryDict(query), currency="USD")

    assert len(wanted.notes) == 1
    assert Wanted(notes=wanted.notes) == wanted


def test_nul_in_the_text_becomes_a_space() -> None:
    assert read(QueryDict("q=red%00lamp"), currency="USD").text == "red lamp"


def test_a_long_text_is_cut_with_a_note() -> None:
    wanted = read(QueryDict("q=" + "a" * 500), currency="USD")

    assert wanted.text == "a" * 200
    assert wanted.notes == ("Only the first 200 characters were searched for.",)


def test_prices_the_wrong_way_round_are_swapped() -> None:
    wanted = read(QueryDict("price_from=20&price_to=10"), currency="USD")

    assert (wanted.price_from, wanted.price_to) == (Money(10_00, "USD"), Money(20_00, "USD"))
    assert len(wanted.notes) == 1


def test_prices_may_be_written_as_people_write_them() -> None:
    wanted = read(QueryDict("price_from=1 299,50"), currency="RUB")

    assert wanted.price_from == Money(1299_50, "RUB")


def test_what_was_read_is_written_back() -> None:
    query = (
        f"q=lamp&category=home&price_from=10&price_to=20.5&rating=4&brand=3&brand=5&seller={SELLER}"
        "&in_stock=1&f.color=red&f.color=blue&f.size=xl&sort=cheap&page=2"
    )

    wanted = read(QueryDict(query), currency="USD")

    assert wanted.address("/en/search/") == f"/en/search/?{query}"
    assert wanted.notes == ()
    assert wanted.is_filtered is True


def test_empty_parameters_are_as_good_as_none() -> None:
    query = "q=&price_from=&price_to=&rating=&sort=&page=&brand=&seller=&f.color="

    assert read(QueryDict(query), currency="USD") == Wanted()
