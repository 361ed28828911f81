"""Rows of a written query: their order, their types, values that look like SQL."""

import pytest

from apps.core.sql import documents

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
