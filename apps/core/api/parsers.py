"""JSON in: UTF-8, bounded in size and depth, no NaN, no duplicate keys, no half letters."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 20
# An escape of a letter beyond the first 65,536; alone it is none, and nothing can write it in UTF-8.
_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
# What decides on depth: quotes, brackets, and escapes, so that an escaped quote is none.
_MARKS = re.compile(r'["\[\]{}]|\\.', re.DOTALL)


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise ParseError(_("The body is too large."))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise ParseError(_("The body must be UTF-8.")) from None
        if _depth(text) > MAX_DEPTH:
            raise ParseError(_("The body is nested too deeply."))
        try:
            found = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
            if _HALF_LETTER.search(text):
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %s") % error) from None
        return found


def _depth(text: str) -> int:
    """Count open brackets outside of strings; a bracket in a person's words nests nothing."""
    deepest = depth = 0
    is_string = False
    for mark in _MARKS.findall(text):
        if mark == '"':
            is_string = not is_string
        elif is_string or mark[0] == "\\":
            continue
        elif mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is given twice")
    return result
