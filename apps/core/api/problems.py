"""Errors of the API as problem details (RFC 9457): type, title, status, detail, code."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
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
    body: dict[str, Any] = {
        "type": f"urn:karvon:problem:{code}",
        "title": code,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    if errors is not None:
        body["errors"] = errors
    if params:
        body["params"] = {name: _plain(value) for name, value in params.items()}
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


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
