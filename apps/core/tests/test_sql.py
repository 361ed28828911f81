"""Rows of a written query: their order, their types, values that look like SQL."""

import pytest
from django.db import connection

from apps.core.sql import documents
from marketplace.settings import env

pytestmark = pytest.mark.django_db


def test_rows_come_in_the_order_of_the_query() -> None:
    found = documents(
        "SELECT n, n %% 2 = 0 AS is_even FROM generate_series(1, %(most)s) AS n ORDER BY n DESC",
        {"most": 3},
    )

    assert found == [
        {"n": 3, "is_even": False},
        {"n": 2, "is_even": True},
        {"n": 1, "is_even": False},
    ]


def test_query_without_rows_is_an_empty_list() -> None:
    assert documents("SELECT 1 AS one WHERE %(is_wanted)s", {"is_wanted": False}) == []


def test_value_stays_a_value() -> None:
    hostile = "'); DROP TABLE catalog_product; -- \"{[ %s"

    assert documents("SELECT %(text)s::text AS text", {"text": hostile}) == [{"text": hostile}]


def _plans(mark: str) -> list[tuple[int, int]]:
    """Return how often each prepared statement with the mark was planned for any values, and for its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{mark}%"],
        )
        return cursor.fetchall()


def test_repeated_query_is_planned_once_for_any_values() -> None:
    for number in range(6):
        assert documents("SELECT %(number)s::int AS planned_once", {"number": number}) == [
            {"planned_once": number}
        ]

    assert _plans("planned_once") == [(5, 0)]


def test_numbers_of_any_size_share_one_statement() -> None:
    for number in (1, 40_000, 3_000_000_000):
        (found,) = documents(
            "SELECT %(number)s AS of_any_size, %(many)s AS many",
            {"number": number, "many": [number]},
        )
        assert found == {"of_any_size": number, "many": [number]}

    assert _plans("of_any_size") == [(2, 0)]


def test_asking_once_prepares_nothing() -> None:
    documents("SELECT 1 AS asked_for_once", {})

    assert _plans("asked_for_once") == []


def test_pooler_without_prepared_statements_is_given_none(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://app:secret@db:5432/karvon"
    assert "prepare_threshold" in env.database(address)["OPTIONS"]  # type: ignore[operator]

    monkeypatch.setenv("PREPARED_STATEMENTS", "no")

    assert env.database(address)["OPTIONS"] == {"connect_timeout": 5}
