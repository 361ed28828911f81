"""Dead letters: events that no attempt could deliver, put back into the queue by a person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.services import audit
from apps.core.services.relay import replay
from apps.core.viewer import Viewer


class NotDead(DomainError):
    code = "outbox.not_dead"
    message = _("This event is not a dead letter: it was delivered or is still being tried.")


@transaction.atomic
def replay_event(*, event_id: int, actor: Viewer, reason: str, now: datetime) -> None:
    """Give a dead letter another round of attempts.

    :raises NotDead: it was delivered, or is still in the queue
    """
    if not replay(event_ids=[event_id], now=now):
        raise NotDead
    audit.record(
        actor=actor,
        action="core.event_replayed",
        target_type="outboxevent",
        target_id=event_id,
        reason=reason,
    )
