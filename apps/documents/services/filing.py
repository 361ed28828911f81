"""Files: ask for a document's file in a language, and make it.

Invariant: a file is made by a worker from the frozen facts alone, is stored once, and is never
replaced; the same facts give the same bytes (printing/pdf.py).
"""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from apps.core.locks import part_of_use_case
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert_once
from apps.documents.events import RenderingRequested
from apps.documents.models import Document, Rendering
from apps.documents.printing.pdf import CannotPrint, pdf_of
from apps.documents.rules import STORAGE, storage_key

log = structlog.get_logger(__name__)


# A worker that has not answered by then may be gone: the file may be asked for again.
ASK_AGAIN = timedelta(minutes=1)


@part_of_use_case
def request_rendering(*, document: Document, language: str, now: datetime) -> Rendering:
    """Ask for the file of a document in a language; what is there or on its way is not asked for twice.

    Emits RenderingRequested.
    """
    rendering = Rendering(document=document, language=language, requested_at=now)
    if not insert_once(rendering):
        rendering = Rendering.objects.select_for_update().get(document=document, language=language)
        is_on_its_way = rendering.failed_at is None and now - rendering.requested_at < ASK_AGAIN
        if rendering.key or is_on_its_way:
            return rendering
        rendering.requested_at, rendering.failed_at, rendering.failure = now, None, ""
        rendering.save(update_fields=["requested_at", "failed_at", "failure"])
    emit(RenderingRequested(document_id=document.id, rendering_id=rendering.id))
    return rendering


def render(*, rendering_id: int, now: datetime) -> None:
    """Make the file and store it; a repeat changes nothing. Where it cannot be made, the row says so.

    Outside of any transaction until the file is stored: its name holds the hash of its content, so two
    workers that make it at once write the same bytes to the same place.
    """
    rendering = Rendering.objects.select_related("document").get(id=rendering_id)
    if rendering.key:
        return
    document = rendering.document
    try:
        content = pdf_of(
            kind=document.kind,
            number=document.number,
            facts=document.facts,
            language=rendering.language,
            issued_at=document.issued_at,
        )
    except CannotPrint as error:
        log.exception("document_not_printed", document_id=str(document.id))
        _note_failure(rendering_id, str(error), now)
        return
    digest = sha256(content).hexdigest()
    key = _stored(rendering, content, digest)
    _note_file(rendering_id, key=key, digest=digest, size=len(content), now=now)


def _stored(rendering: Rendering, content: bytes, digest: str) -> str:
    """Put the file into storage under a name of its own and return that name.

    Where another worker was quicker its file stays: the hash in the name says that the bytes are these.
    """
    document = rendering.document
    key = storage_key(
        kind=document.kind,
        issued_at=document.issued_at,
        id_=document.id,
        language=rendering.language,
        digest=digest,
    )
    storage = storages[STORAGE]
    if not storage.exists(key):
        pause_point("documents.store")
        name = storage.save(key, ContentFile(content))
        if name != key:
            storage.delete(name)
    return key


@transaction.atomic
def _note_file(rendering_id: int, *, key: str, digest: str, size: int, now: datetime) -> None:
    Rendering.objects.filter(id=rendering_id, key="").update(
        key=key, sha256=digest, size_bytes=size, rendered_at=now, failed_at=None, failure=""
    )


@transaction.atomic
def _note_failure(rendering_id: int, why: str, now: datetime) -> None:
    Rendering.objects.filter(id=rendering_id, key="").update(failed_at=now, failure=why[:200])


@transaction.atomic
def ask_for_file(*, document_id: UUID, language: str, now: datetime) -> Rendering:
    """Ask for the file of a document that the caller was let see.

    Emits RenderingRequested.
    """
    document = Document.objects.get(id=document_id)
    return request_rendering(document=document, language=language, now=now)
