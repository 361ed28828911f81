"""Audit: leave a trace of every privileged or money action, in the transaction of the action."""

from typing import Any

import structlog

from apps.core.models import AuditEntry
from apps.core.rows import insert
from apps.core.viewer import Viewer


def record(
    *,
    actor: Viewer,
    action: str,
    target_type: str,
    target_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one entry. `action` is "<area>.<verb>"; personal data goes in by reference, never by value."""
    context = structlog.contextvars.get_contextvars()
    entry = AuditEntry(
        area=action.partition(".")[0],
        action=action,
        actor_id=actor.user_id,
        actor_label=actor.label,
        target_type=target_type,
        target_id=str(target_id),
        before=before,
        after=after,
        reason=reason,
        ip=context.get("ip") or None,
        request_id=context.get("request_id", ""),
    )
    return insert(entry)
