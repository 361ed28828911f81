"""Nudges for open order pages. Hints only: a page that missed one reads the state again."""

from uuid import UUID

import structlog
from channels.layers import get_channel_layer
from django.db import transaction

from apps.core.awaiting import awaited

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 5


def channel_group(group_id: UUID) -> str:
    return f"order_group.{group_id.hex}"


def nudge(group_id: UUID) -> None:
    """Tell whoever watches an order group, after the commit, that something about it changed."""

    def send() -> None:
        message = {"type": "order.changed", "group_id": str(group_id)}
        try:
            sending = get_channel_layer().group_send(channel_group(group_id), message)
            awaited(sending, seconds=PATIENCE_SECONDS)
        except Exception:
            log.warning("nudge_lost", group_id=str(group_id), exc_info=True)

    transaction.on_commit(send)
