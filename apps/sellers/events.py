"""Facts that sellers publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event
from apps.core.page_store import EVERYTHING


@dataclass(frozen=True)
class SellerMemberChanged(Event):
    """A member has another role, or left: what was granted for the old one ends."""

    topic: ClassVar[str] = "sellers.member_changed"
    aggregate: ClassVar[str] = "seller"

    seller_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class SellerStatusChanged(Event):
    """A shop was opened or closed: what it offers comes into the catalogue or leaves it."""

    topic: ClassVar[str] = "sellers.status_changed"
    aggregate: ClassVar[str] = "seller"

    seller_id: UUID
    status: str

    @property
    def page_tags(self) -> tuple[str, ...]:
        return (EVERYTHING,)
