"""Facts that sellers publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class SellerMemberChanged(Event):
    """A member has another role, or left: what was granted for the old one ends."""

    topic: ClassVar[str] = "sellers.member_changed"
    aggregate: ClassVar[str] = "seller"

    seller_id: UUID
    user_id: UUID
