"""What staff do with documents: take a copy, have a file made again; both leave a trace."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.documents.models import Document, Rendering
from apps.documents.services.filing import request_rendering


@transaction.atomic
def print_again(*, document_id: UUID, actor: Viewer, reason: str, now: datetime) -> Rendering:
    """Ask for the file in the language of issue; one that is there stays. Emits RenderingRequested."""
    document = Document.objects.get(id=document_id)
    rendering = request_rendering(document=document, language=document.language, now=now)
    audit.record(
        actor=actor,
        action="documents.print_again",
        target_type="document",
        target_id=document_id,
        after={"language": rendering.language},
        reason=reason,
    )
    return rendering


@transaction.atomic
def download_by_staff(*, document_id: UUID, actor: Viewer) -> None:
    """Note that a member of staff took a copy."""
    audit.record(
        actor=actor,
        action="documents.downloaded",
        target_type="document",
        target_id=document_id,
    )
