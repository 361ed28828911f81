"""Documents, to find and to download; a file that could not be made may be asked for again."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.admin import WindowAdmin, WindowInline
from apps.core.deeds import ReasonedAction, viewer_on
from apps.core.errors import NotFound
from apps.documents.files import file_answer
from apps.documents.models import Document, Rendering
from apps.documents.selectors import STAFF_PERMISSION, is_ready, staff_document
from apps.documents.services.reprinting import download_by_staff, print_again


class RenderingInline(WindowInline):
    model = Rendering
    shown_fields = ("language", "requested_at", "rendered_at", "size_bytes", "failure")
    show_change_link = False


@admin.register(Document)
class DocumentAdmin(WindowAdmin):
    is_personal = True
    related = ("seller", "order")
    list_display = ("number", "kind", "seller", "order", "period_on", "language", "issued_at")
    list_filter = ("kind",)
    search_fields = ("=number", "=id", "=order__number")
    search_help_text = gettext_lazy("Number, order number or id, whole.")
    ordering = ("-id",)
    inlines = (RenderingInline,)
    hidden_fields = ("subject_id", "year", "serial")
    reasoned_actions = (
        ReasonedAction(
            name="print_again",
            label=gettext_lazy("Prepare the file again"),
            permission="documents.change_document",
            run=lambda deed: print_again(
                document_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=gettext_lazy(
                "The file is made from the facts of the day of issue. A file that is there stays."
            ),
            fits=lambda document: not is_ready(document),
        ),
    )

    def pages_of(self, request: HttpRequest, row: Document) -> list[tuple[str, Any]]:
        url = reverse("admin:documents_document_file", args=[row.pk])
        return [(url, _("Download the PDF"))] if request.user.has_perm(STAFF_PERMISSION) else []

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(self.file_view)
        name = "documents_document_file"
        return [path("<uuid:document_id>/file/", file, name=name), *super().get_urls()]

    def file_view(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Hand out the file in the language of issue, and note who took it."""
        if not request.user.has_perm(STAFF_PERMISSION):
            raise PermissionDenied
        viewer = viewer_on(request)
        try:
            document = staff_document(viewer, document_id)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        if not document.is_ready:
            messages.warning(request, _("The file is not there yet. Look again in a moment."))
            page = reverse("admin:documents_document_change", args=[document_id])
            return HttpResponseRedirect(page)
        download_by_staff(document_id=document_id, actor=viewer)
        return file_answer(document)
