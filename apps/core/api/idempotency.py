"""Idempotency-Key on a DRF view: claim, do, finish; a repeat gets the first answer again."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.services import idempotency
from apps.core.viewer import Viewer


def run_once(
    request: Request, *, viewer: Viewer, route: str, work: Callable[[], tuple[int, Any]]
) -> Response:
    """Run `work` (returns status and plain body) once per key; its effect and its answer commit together.

    A refusal gives the key back: nothing was changed, so the same key may be tried again.

    :raises IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress: see the service
    """
    claim = idempotency.claim(
        actor=viewer.actor_key,
        route=route,
        key=request.headers.get("Idempotency-Key", ""),
        request_fingerprint=idempotency.fingerprint(
            request.method or "", request.path, request.data
        ),
        now=clock.now(),
    )
    if isinstance(claim, idempotency.StoredAnswer):
        return Response(claim.body, status=claim.status, headers={"Idempotent-Replay": "true"})
    try:
        with transaction.atomic():
            status, body = work()
            idempotency.finish(claim, status=status, body=body)
    except DomainError:
        idempotency.release(claim)
        raise
    return Response(body, status=status)
