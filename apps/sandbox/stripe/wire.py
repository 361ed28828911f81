"""The wire: form bodies with brackets in, JSON out, errors in Stripe's shape."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass
class Request:
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass
class Response:
    """`is_dropped` closes the connection without an answer, after `hang_seconds` of silence."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang_seconds: float = 0
    is_dropped: bool = False


class ApiError(Exception):
    """`is_stored` tells whether the answer belongs to the idempotency key (validation does not)."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str = "",
        param: str = "",
        is_stored: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_stored = is_stored
        self.body = {"error": {"type": kind, "message": message}}
        given = {"code": code, "param": param, **more}
        self.body["error"].update({name: value for name, value in given.items() if value})


def invalid(message: str, *, param: str, code: str = "parameter_invalid") -> ApiError:
    """A parameter is wrong: nothing was executed, the key stays free."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, is_stored=False)


def refused(message: str, *, code: str, **more: Any) -> ApiError:
    """The object is not in a state that allows this."""
    return ApiError(400, "invalid_request_error", message, code=code, **more)


def missing(kind: str, object_id: str) -> ApiError:
    return ApiError(
        404,
        "invalid_request_error",
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param="id",
        is_stored=False,
    )


def as_json(value: Any, *, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, indent=2).encode()
    return Response(status, body, {"Content-Type": "application/json"})


def parse_form(text: str) -> dict[str, Any]:
    """Read `a[b][0][c]=1` into nested dicts and lists.

    :raises ApiError: a name that cannot be read
    """
    result: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found = _KEY.fullmatch(name)
        if found is None:
            raise invalid(f"Invalid parameter name: {name}", param=name)
        path = [found[1], *_PART.findall(found[2])]
        target = result
        for part in path[:-1]:
            step = target.setdefault(part or str(len(target)), {})
            if not isinstance(step, dict):
                raise invalid(f"Invalid hash: {name}", param=name)
            target = step
        target[path[-1] or str(len(target))] = value
    return {name: _listed(value) for name, value in result.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    value = {name: _listed(part) for name, part in value.items()}
    if value and all(name.isdigit() for name in value):
        return [value[name] for name in sorted(value, key=int)]
    return value


def only(params: dict[str, Any], *names: str) -> None:
    """:raises ApiError: a parameter that this call does not know"""
    for name in params:
        if name not in (*names, "expand"):
            raise invalid(
                f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
            )


def required(params: dict[str, Any], name: str) -> Any:
    """:raises ApiError: it is not there"""
    value = params.get(name)
    if value in (None, ""):
        raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    return value


def whole(value: Any, name: str, *, least: int = 0) -> int:
    """Read an integer.

    :raises ApiError: not one, or less than `least`
    """
    text = str(value)
    if not re.fullmatch(r"-?\d{1,15}", text) or int(text) < least:
        raise invalid(f"Invalid integer: {text}", param=name, code="parameter_invalid_integer")
    return int(text)
