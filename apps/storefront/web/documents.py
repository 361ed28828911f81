"""The buyer's papers: a receipt's page, which waits for the file, and the file."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.web.requests import ShopRequest
from apps.documents.files import file_answer
from apps.documents.selectors import buyer_document
from apps.documents.services.filing import ask_for_file
from apps.documents.waiting import state_context
from apps.storefront.web.refusals import is_htmx, personal_page


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def show(request: ShopRequest, group_id: UUID, document_id: UUID) -> HttpResponse:
    """Say whether the file in this language is there; a POST asks for it."""
    language = get_language() or "en"
    paper = buyer_document(request.viewer, group_id, document_id, language)
    page_url = reverse("storefront:order_document", args=[group_id, document_id])
    if request.method == "POST":
        ask_for_file(document_id=paper.id, language=language, now=clock.now())
        return HttpResponseRedirect(page_url)
    context = state_context(
        paper,
        now=clock.now(),
        page_url=page_url,
        file_url=reverse("storefront:order_document_file", args=[group_id, document_id]),
        back=(reverse("storefront:order", args=[group_id]), _("Back to the order")),
    )
    page = "documents/page/state.html" if is_htmx(request) else "storefront/document.html"
    return render(request, page, context)


@require_safe
@personal_page
def download(request: ShopRequest, group_id: UUID, document_id: UUID) -> HttpResponse:
    language = get_language() or "en"
    return file_answer(buyer_document(request.viewer, group_id, document_id, language))
