"""What a page says of a document's file, and whether it asks again by itself."""

from datetime import datetime
from typing import Any

from apps.documents.services.filing import ASK_AGAIN
from apps.documents.types import DocumentView


def state_context(
    paper: DocumentView, *, now: datetime, page_url: str, file_url: str, back: tuple[str, str]
) -> dict[str, Any]:
    """Return the context of documents/page/state.html; `back` is an address and its words."""
    is_late = paper.asked_at is not None and now - paper.asked_at >= ASK_AGAIN
    return {
        "paper": paper,
        "page_url": page_url,
        "file_url": file_url,
        "refresh_url": page_url if paper.is_waiting else "",
        "refresh_seconds": 2,
        "is_late": paper.is_waiting and is_late,
        "back_url": back[0],
        "back_label": back[1],
    }
