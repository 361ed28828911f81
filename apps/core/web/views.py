"""Endpoints for machines: ping, health, metrics."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from apps.core import health, metrics


@require_GET
def ping(request: HttpRequest) -> HttpResponse:
    """Answer without any I/O: the process is alive."""
    return HttpResponse("pong", content_type="text/plain")


@require_GET
def health_report(request: HttpRequest) -> HttpResponse:
    """Answer 200 while every essential dependency answers; the detail is for staff or the token."""
    results = health.examine()
    is_up = all(result.is_ok for result in results if result.name in health.ESSENTIAL)
    body: dict[str, object] = {"status": "ok" if all(r.is_ok for r in results) else "degraded"}
    if not is_up:
        body["status"] = "down"
    if _may_look_inside(request):
        body["dependencies"] = [
            {"name": r.name, "ok": r.is_ok, "detail": r.detail, "ms": round(r.milliseconds, 1)}
            for r in results
        ]
    return JsonResponse(body, status=200 if is_up else 503, headers={"Cache-Control": "no-store"})


@require_GET
def prometheus(request: HttpRequest) -> HttpResponse:
    if not _may_look_inside(request):
        return HttpResponse("not found", status=404, content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4")


def _may_look_inside(request: HttpRequest) -> bool:
    expected = settings.MONITORING_TOKEN
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if expected and scheme == "Bearer" and hmac.compare_digest(token.encode(), expected.encode()):
        return True
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    try:
        return bool(request.user.is_authenticated and request.user.is_staff)
    except Exception:  # noqa: BLE001  the session store may be what is down
        return False
