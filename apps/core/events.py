"""Facts that apps publish: frozen dataclasses of primitives and Money, sent through the outbox."""

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from apps.core.money import Money

_registry: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """Base of every fact. `topic` is "<app>.<past_tense>"; `aggregate` and `aggregate_id` name its stream."""

    topic: ClassVar[str]
    aggregate: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _registry[cls.topic] = cls

    @property
    def aggregate_id(self) -> str:
        """The first field unless a subclass says otherwise."""
        return str(getattr(self, dataclasses.fields(self)[0].name))

    @property
    def page_tags(self) -> tuple[str, ...]:
        """Which public pages show another thing now (core.page_store): forgotten with the commit."""
        return ()

    def to_payload(self) -> dict[str, Any]:
        return {f.name: encode(getattr(self, f.name)) for f in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        hints = _hints(cls)  # type: ignore[arg-type]  # a class is hashable
        return cls(
            **{
                f.name: _decode(payload[f.name], hints[f.name])
                for f in dataclasses.fields(cls)
                if f.name in payload
            }
        )


@cache
def _hints(kind: type[Event]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def event_class(topic: str) -> type[Event] | None:
    return _registry.get(topic)


def encode(value: Any) -> Any:
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [encode(item) for item in value]
        case _:
            return value


def _decode(value: Any, hint: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType or origin is typing.Union:
        if value is None:
            return None
        (hint,) = (argument for argument in arguments if argument is not type(None))
        return _decode(value, hint)
    if origin is tuple:
        return tuple(_decode(item, arguments[0]) for item in value)
    if hint is Money:
        return Money(value["minor"], value["currency"])
    if hint is UUID:
        return UUID(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    return value
