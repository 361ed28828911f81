"""Facts that reviews publish."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class ReviewPublished(Event):
    """A review appeared on its product's page; an edited one may appear again."""

    topic: ClassVar[str] = "reviews.published"
    aggregate: ClassVar[str] = "review"

    review_id: UUID


@dataclass(frozen=True)
class ReviewAnswered(Event):
    topic: ClassVar[str] = "reviews.answered"
    aggregate: ClassVar[str] = "review"

    review_id: UUID
