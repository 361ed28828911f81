"""JSON in: UTF-8, bounded in size and depth, numbers and keys without surprises."""

import io
import time
from typing import Any

import pytest
from django.conf import settings
from rest_framework.exceptions import ParseError

from apps.core.api.parsers import MAX_DEPTH, StrictJSONParser
from marketplace.tests.api_client import ApiClient

LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _parse(raw: bytes) -> Any:
    return StrictJSONParser().parse(io.BytesIO(raw))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": [1, -2, 3.5, true, null, "x"]}', {"a": [1, -2, 3.5, True, None, "x"]}),
        ('{"имя": "Oʻtkir"}'.encode(), {"имя": "Oʻtkir"}),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b'"' + b"[{" * 40 + b'"', "[{" * 40),
        (rb'["\ud83e\uded6"]', ["🫖"]),
        (b'{"\\"[[[[[[[[[[[[[[[[[[[[[[": "\\\\"}', {'"' + "[" * 22: "\\"}),
    ],
)
def test_proper_json_is_read(raw: bytes, value: Any) -> None:
    found = _parse(raw)
    assert value is None or found == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\xff\xfe{}",
        '{"a": "ё"}'.encode("cp1251"),
        '{"a": 1}'.encode("utf-16"),
        b'{"a": NaN}',
        b"[Infinity, -Infinity]",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
        b'["\\"", ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"]",
        b"9" * 5000,
        rb'{"a": "\ud800"}',
        rb'{"\uDC00\uD800": 1}',
    ],
)
def test_what_is_not_plain_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        _parse(raw)


def test_body_is_read_to_the_limit_and_not_a_byte_further() -> None:
    stream = io.BytesIO(b'"' + b"x" * (LIMIT * 3) + b'"')
    with pytest.raises(ParseError, match="too large"):
        StrictJSONParser().parse(stream)
    assert stream.tell() == LIMIT + 1
    assert len(_parse(b'"' + b"x" * (LIMIT - 2) + b'"')) == LIMIT - 2


@pytest.mark.parametrize("unit", [b"[", b'"', b"\\", b'\\"', b'{"a":', b"[]", b'"",', b"{}"])
def test_hostile_body_of_the_largest_size_costs_little(unit: bytes) -> None:
    raw = (unit * LIMIT)[:LIMIT]
    started = time.process_time()
    with pytest.raises(ParseError):
        _parse(raw)
    assert time.process_time() - started < 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content_type", "raw", "status", "code"),
    [
        ("application/json", b"{", 400, "parse_error"),
        # The charset that a client names decodes nothing: bytes are UTF-8 or refused.
        ("application/json; charset=bz2", b"BZh91AY&SY", 400, "parse_error"),
        ("application/json; charset=utf-16", '{"a": 1}'.encode("utf-16"), 400, "parse_error"),
        ("text/plain", b"{}", 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"offer_id=1", 415, "unsupported_media_type"),
        ("multipart/form-data; boundary=x", b"--x--", 415, "unsupported_media_type"),
        ("", b"{}", 415, "unsupported_media_type"),
    ],
)
def test_only_json_is_taken_and_the_refusal_is_a_problem(
    content_type: str, raw: bytes, status: int, code: str
) -> None:
    answer = ApiClient().client.generic(
        "POST", "/api/v1/cart/lines/", raw, content_type=content_type
    )

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
