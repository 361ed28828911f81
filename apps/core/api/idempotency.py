"""Idempotency-Key on a DRF view: claim, do, finish; a repeat gets the first answer again."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.locks import money_path
from apps.core.pauses import pause_point
from apps.core.services import idempotency
from apps.core.viewer import Viewer


def run_once(
    request: Request, *, viewer: Viewer, route: str, work: Callable[[], tuple[int, Any]]
) -> Response:
    """Run `work` (returns status and plain body) once per key; its effect and its answer commit together.

    Whatever goes wrong gives the key back: nothing was changed, so it may be tried again.

    `work` runs again when its locks could not be had in time.

    :raises IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress: see the service
    :raises Busy: the locks could not be had at all
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
        status, body = _work_and_finish(claim, work)
    except Exception:
        # An answer that was committed all the same is kept: release drops open claims alone.
        idempotency.release(claim)
        raise
    pause_point("core.answer_idempotent")
    return Response(body, status=status)


@money_path
def _work_and_finish(
    claim: idempotency.Claim, work: Callable[[], tuple[int, Any]]
) -> tuple[int, Any]:
    status, body = work()
    idempotency.finish(claim, status=status, body=body)
    return status, body
