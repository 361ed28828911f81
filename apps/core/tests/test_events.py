"""Events: what is published comes back as it was, through JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

import pytest

from apps.core.events import Event, _registry, event_class
from apps.core.money import Money

KEY = UUID("0195f4a0-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class EverythingHappened(Event):
    topic: ClassVar[str] = "test.everything_happened"
    aggregate: ClassVar[str] = "test"

    thing_id: UUID
    amount: Money
    at: datetime
    on: date
    name: str
    parts: tuple[Money, ...] = ()
    other_id: UUID | None = None
    note: str | None = None


def _event(**changes: object) -> EverythingHappened:
    given = {
        "thing_id": KEY,
        "amount": Money(19_99, "RUB"),
        "at": datetime(2026, 11, 24, 9, 30, 1, 5, tzinfo=UTC),
        "on": date(2026, 11, 24),
        "name": "Ёлка",
        "parts": (Money(1, "JPY"), Money(-2, "KWD")),
    }
    return EverythingHappened(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "event", [_event(), _event(other_id=KEY, note="n"), _event(parts=())], ids=lambda e: e.name
)
def test_event_read_back_from_its_payload_is_equal(event: EverythingHappened) -> None:
    payload = json.loads(json.dumps(event.to_payload()))

    assert EverythingHappened.from_payload(payload) == event


def test_payload_holds_primitives_alone() -> None:
    payload = _event().to_payload()

    assert payload["amount"] == {"minor": 1999, "currency": "RUB"}
    assert payload["thing_id"] == str(KEY)
    assert payload["at"] == "2026-11-24T09:30:01.000005+00:00"
    assert payload["other_id"] is None


def test_payload_of_an_older_schema_takes_the_defaults() -> None:
    payload = _event(note="n").to_payload()
    for name in ("parts", "other_id", "note"):
        del payload[name]

    assert EverythingHappened.from_payload(payload) == _event(parts=())


def test_aggregate_id_is_the_first_field() -> None:
    assert _event().aggregate_id == str(KEY)


def test_topics_lead_to_their_classes() -> None:
    assert event_class("test.everything_happened") is EverythingHappened
    assert event_class("test.nothing") is None


def test_every_published_topic_is_named_by_an_app_and_is_unique() -> None:
    own = {t: kind for t, kind in _registry.items() if not t.startswith("test.")}

    assert len(own) >= 10
    for topic, kind in own.items():
        assert kind.__module__ == f"apps.{topic.partition('.')[0]}.events"
        assert kind.topic == topic
