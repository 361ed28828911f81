"""Webhooks of payment providers: raw bytes in, stored, answered; nothing is decided here."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.payments.providers.base import BadNotification
from apps.payments.services import inbox

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Events of our own account."""
    return _received(request, is_connected=False)


@csrf_exempt
@require_POST
def stripe_connect_webhook(request: HttpRequest) -> HttpResponse:
    """Events of payees' accounts, signed with the secret of this address."""
    return _received(request, is_connected=True)


def _received(request: HttpRequest, *, is_connected: bool) -> HttpResponse:
    """Answer 200 once the event is stored, 400 to whatever does not verify."""
    body = request.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    try:
        inbox.receive(
            provider="stripe",
            body=body,
            headers=request.headers,
            now=clock.now(),
            is_connected=is_connected,
        )
    except BadNotification as error:
        log.warning("webhook_refused", reason=error.params.get("reason"))
        return HttpResponse(status=error.http_status)
    return HttpResponse(status=200)
