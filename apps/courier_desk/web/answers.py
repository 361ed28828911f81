"""Answers to commands: a page for a form, a word for the queue that sends when the line is back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse

from apps.core.errors import DomainError
from apps.core.web.requests import ShopRequest

JSON = "application/json"


def is_from_queue(request: ShopRequest) -> bool:
    return request.headers.get("Accept") == JSON


def carry_out(
    request: ShopRequest, work: Callable[[], object], *, done: Any, url: str, back: str = ""
) -> HttpResponse:
    """Do a command once and lead to `url`, or to `back` when it is refused.

    The queue gets {code, message} instead; whatever has a status below 500 is an answer to it.
    """
    try:
        work()
    except DomainError as refusal:
        if is_from_queue(request):
            body = {"code": refusal.code, "message": str(refusal)}
            return JsonResponse(body, status=refusal.http_status)
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back or url)
    messages.success(request, str(done))
    if is_from_queue(request):
        return JsonResponse({"code": "done", "message": str(done)})
    return HttpResponseRedirect(url)
