"""What is said in a dispute: words of a side with their pictures, written once and never changed."""

from datetime import datetime, timedelta

from apps.core.viewer import Viewer
from apps.orders.models import Dispute, DisputeMessage
from apps.orders.services.evidence import attach
from apps.orders.services.returning import ReasonMissing
from apps.orders.types_returns import AnswerRequest, Side, Words


def write_words(
    dispute: Dispute,
    side: Side,
    words: Words,
    actor: Viewer,
    now: datetime,
    asks: AnswerRequest | None = None,
) -> DisputeMessage:
    """Write words of a side of a locked dispute; `asks` is staff's alone.

    :raises ReasonMissing: no words
    """
    if not words.text.strip():
        raise ReasonMissing(field="text")
    message = DisputeMessage.objects.create(
        dispute=dispute,
        key=words.key,
        side=side,
        actor_id=actor.user_id,
        text=words.text.strip(),
        at=now,
        asked_of=asks.of if asks else "",
        answer_by=now + timedelta(hours=asks.hours) if asks else None,
    )
    attach(words.photos, message=message)
    return message
