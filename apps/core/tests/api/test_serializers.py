"""What clients send and lists give back: strict input, cursors, money, shut by default."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.core.api.fields import MoneyField
from apps.core.api.pagination import CursorPage
from apps.core.api.serializers import Input, WholeNumberField
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.services import audit
from apps.core.viewer import SYSTEM


class OrderIn(Input):
    quantity = WholeNumberField(min_value=1, max_value=5)


@pytest.mark.parametrize("value", [1, 5])
def test_whole_number_within_the_limits_is_taken(value: int) -> None:
    given = OrderIn(data={"quantity": value})
    assert given.is_valid()
    assert given.validated_data == {"quantity": value}


@pytest.mark.parametrize("value", [0, 6, -1, 1.0, "1", True, None, [1], 10**30])
def test_anything_else_than_a_whole_number_is_refused(value: Any) -> None:
    given = OrderIn(data={"quantity": value})
    assert not given.is_valid()
    assert list(given.errors) == ["quantity"]


def test_unexpected_fields_are_refused_by_name() -> None:
    given = OrderIn(data={"quantity": 1, "price": 1, "is_staff": True})
    assert not given.is_valid()
    assert list(given.errors) == ["is_staff", "price"]


@pytest.mark.parametrize("data", [[], "x", 1, None])
def test_body_that_is_no_object_is_refused(data: Any) -> None:
    assert not OrderIn(data=data).is_valid()


def test_money_goes_out_and_never_in() -> None:
    class Out(serializers.Serializer[Any]):
        price = MoneyField()

    assert Out({"price": Money(19_99, "RUB")}).data == {
        "price": {"amount_minor": 1999, "currency": "RUB"}
    }
    given = Out(data={"price": {"amount_minor": 1, "currency": "RUB"}})
    assert given.is_valid()
    assert given.validated_data == {}


def test_view_that_names_no_policy_is_shut() -> None:
    class Forgotten(APIView):
        def get(self, request: Request) -> Response:
            return Response({"open": True})

    answer = Forgotten.as_view()(RequestFactory().get("/"))

    assert answer.status_code in {401, 403}
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == [
        "apps.core.api.permissions.DenyAll"
    ]


def _page(query: dict[str, str]) -> tuple[list[int], str | None]:
    page = CursorPage()
    request = Request(RequestFactory().get("/", query))
    rows = page.paginate_queryset(AuditEntry.objects.all(), request)
    return [row.id for row in rows], page.get_next_link()


def _record(count: int) -> list[int]:
    made = [
        audit.record(actor=SYSTEM, action="a.b", target_type="t", target_id=n) for n in range(count)
    ]
    return [entry.id for entry in made]


@pytest.mark.django_db
def test_cursor_pages_are_stable_under_writes_and_cost_one_query() -> None:
    ids = _record(5)[::-1]

    first, link = _page({"limit": "2"})
    _record(3)
    seen = list(first)
    while link:
        query = dict(part.split("=") for part in urlsplit(link).query.split("&"))
        query["cursor"] = query["cursor"].replace("%3D", "=")
        with CaptureQueriesContext(connection) as captured:
            rows, link = _page(query)
        assert len(captured) == 1
        assert "COUNT" not in captured[0]["sql"].upper()
        assert "OFFSET" not in captured[0]["sql"].upper()
        seen += rows

    assert seen == ids


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "size"), [("1000", 100), ("0", 24), ("-1", 24), ("x", 24)])
def test_page_size_is_bounded(limit: str, size: int) -> None:
    _record(101)
    assert len(_page({"limit": limit})[0]) == size


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["p=x", "p=1p=1", "p=\x00", "p=1.5", "p=%00", "r=1&p='; DROP TABLE", "o=x&p=1", "p=ё"]
)
def test_cursor_that_is_none_of_ours_is_refused(text: str) -> None:
    cursor = b64encode(text.encode()).decode()
    with pytest.raises(NotFound):
        _page({"cursor": cursor})
    request = Request(RequestFactory().get("/", {"cursor": cursor}))
    with pytest.raises(NotFound):
        CursorPage().paginate_queryset(User.objects.all(), request)


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "!!!", "\x00", "====", "ё"])
def test_cursor_that_is_no_base64_is_refused_or_ignored(cursor: str) -> None:
    ids = _record(2)[::-1]
    try:
        rows, _link = _page({"cursor": cursor})
    except NotFound:
        return
    assert rows == ids


@pytest.mark.django_db
@pytest.mark.parametrize("position", ["9" * 400, "-1"])
def test_cursor_of_a_key_that_cannot_be_answers_with_a_page(position: str) -> None:
    _record(2)
    rows, _link = _page({"cursor": b64encode(f"p={position}".encode()).decode()})
    assert len(rows) in {0, 2}
