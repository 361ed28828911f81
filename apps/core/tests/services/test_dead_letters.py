"""Dead letters go back into the queue by a person's deed, with its trace in the audit."""

import pytest

from apps.core.models import AuditEntry, OutboxEvent
from apps.core.outbox import emit
from apps.core.services.dead_letters import NotDead, replay_event
from apps.core.tests.world import NOW, ThingChanged
from apps.core.viewer import Viewer

pytestmark = pytest.mark.django_db
STAFF = Viewer(label="Nodira")


def test_replay_of_a_dead_letter_queues_it_and_leaves_the_reason() -> None:
    event = OutboxEvent.objects.get(id=emit(ThingChanged("a")))
    OutboxEvent.objects.update(dead_at=NOW, attempts=12, last_error="LookupError: x")

    replay_event(event_id=event.id, actor=STAFF, reason="The bug is mended", now=NOW)

    event.refresh_from_db()
    assert (event.dead_at, event.attempts, event.available_at) == (None, 0, NOW)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.actor_label, entry.reason) == (
        "core.event_replayed",
        str(event.id),
        "Nodira",
        "The bug is mended",
    )


@pytest.mark.parametrize("sent_at", [None, NOW])
def test_replay_of_a_living_event_is_refused_without_a_trace(sent_at: object) -> None:
    event = OutboxEvent.objects.get(id=emit(ThingChanged("a")))
    OutboxEvent.objects.update(sent_at=sent_at)

    with pytest.raises(NotDead):
        replay_event(event_id=event.id, actor=STAFF, reason="x", now=NOW)
    with pytest.raises(NotDead):
        replay_event(event_id=event.id + 1, actor=STAFF, reason="x", now=NOW)
    assert AuditEntry.objects.count() == 0
