"""How a document's file leaves the house: as a download that nobody keeps."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from apps.documents.selectors import file_of
from apps.documents.types import DocumentView


def file_answer(document: DocumentView) -> HttpResponse:
    """Answer with the file of a document that a selector gave to its viewer: some ten kilobytes.

    :raises NotFound: it is not made yet
    """
    with file_of(document) as file:
        answer = HttpResponse(file.read(), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=document.file_name
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
