"""What the OpenAPI document says of the bodies that the API takes."""

import re
from functools import cache as cache_once
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

_PARAMETER = re.compile(r"<(\w+)>")


@cache_once
def described() -> dict[str, Any]:
    with translation.override("en"):
        return dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


def body_schema(method: str, address: str) -> dict[str, Any]:
    """The schema of the JSON that a call of the API takes; empty where it takes none."""
    paths = described()["paths"].get(_PARAMETER.sub(r"{\1}", address), {})
    content = paths.get(method.lower(), {}).get("requestBody", {}).get("content", {})
    return looked_up(content.get("application/json", {}).get("schema", {}))


def looked_up(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(described()["components"]["schemas"][name]) if name else schema
