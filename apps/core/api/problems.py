"""Errors of the API as problem details (RFC 9457): type, title, status, detail, code."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from apps.core.errors import DomainError

MEDIA_TYPE = "application/problem+json"


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    errors: Any = None,
    params: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = _body(status=status, code=code, detail=detail)
    if errors is not None:
        body["errors"] = errors
    if params:
        body["params"] = {name: _plain(value) for name, value in params.items()}
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def problem_outside_views(
    *, status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> JsonResponse:
    """The same form where no API view answers: limits, unknown addresses, our own mistakes."""
    body = _body(status=status, code=code, detail=detail)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def error_outside_views(status: int) -> JsonResponse:
    """Say what went wrong at an address of machines in the words that API views use."""
    kind = _OUTSIDE_VIEWS.get(status, exceptions.APIException)
    return problem_outside_views(
        status=status, code=str(kind.default_code), detail=str(kind.default_detail)
    )


_OUTSIDE_VIEWS: dict[int, type[exceptions.APIException]] = {
    400: exceptions.ParseError,
    403: exceptions.PermissionDenied,
    404: exceptions.NotFound,
}


def _body(*, status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:karvon:problem:{code}",
        "title": code,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | bool) or value is None:
        return value
    if hasattr(value, "minor"):
        return {"amount_minor": value.minor, "currency": value.currency}
    return str(value)


def refusal_response(error: DomainError) -> Response:
    wait = getattr(error, "retry_after_seconds", None)
    return problem(
        status=error.http_status,
        code=error.code,
        detail=str(error),
        params=error.params,
        headers={"Retry-After": str(wait)} if wait else None,
    )


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error in one form; unknown exceptions stay 500."""
    match error:
        case DomainError():
            return refusal_response(error)
        case Http404():
            return problem(status=404, code="not_found", detail=str(exceptions.NotFound().detail))
        case PermissionDenied():
            error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        return problem(
            status=422,
            code="input.invalid",
            detail=str(exceptions.ValidationError.default_detail),
            errors=error.detail,
        )
    wait = getattr(error, "wait", None)
    headers = {"Retry-After": str(int(wait))} if wait else {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return problem(
        status=error.status_code,
        code=str(getattr(error, "default_code", "error")),
        detail=str(error.detail),
        headers=headers,
    )
