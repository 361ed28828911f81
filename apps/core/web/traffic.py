"""What is noted of every answer, wherever it was made: its number, the metrics, a line in the log."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from apps.core import metrics

log = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
UNLIMITED = ("/static/", "/media/", "/ping", "/health/", "/metrics")
SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def open_request(environ: Mapping[str, Any], address: str) -> str:
    """Let the log lines of this request carry its number and address; return the number.

    `environ` is WSGI's, which is a request's META.
    """
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, ip=address)
    return request_id


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unmatched"


def note_answer(*, method: str, path: str, route: str, status: int, seconds: float) -> None:
    # A client may invent methods; each would be a series of its own for ever.
    known = method if method in METHODS else "other"
    metrics.requests_total.labels(known, route, status).inc()
    metrics.request_seconds.labels(route).observe(seconds)
    if not path.startswith(UNLIMITED):
        ms = round(seconds * 1000, 1)
        log.info("request", method=method, path=path, status=status, ms=ms)
