"""Facts that documents publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class RenderingRequested(Event):
    """A document's file in one language is wanted; a worker of the media queue makes it."""

    topic: ClassVar[str] = "documents.rendering_requested"
    aggregate: ClassVar[str] = "document"

    document_id: UUID
    rendering_id: int
