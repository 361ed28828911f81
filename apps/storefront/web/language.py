"""The address without a language: lead on by cookie and header, never cached."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_GET

from apps.core.web.caching import private_page


@require_GET
@private_page
def root(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")
