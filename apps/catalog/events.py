"""Facts that catalog publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.catalog.page_tags import product_tag, shelf_tags
from apps.core.events import Event


@dataclass(frozen=True)
class CardSourceChanged(Event):
    """Something that a product's card shows is different now; the card is rebuilt from it."""

    topic: ClassVar[str] = "catalog.card_source_changed"
    aggregate: ClassVar[str] = "product"

    product_id: UUID

    @property
    def page_tags(self) -> tuple[str, ...]:
        return (product_tag(self.product_id),)


@dataclass(frozen=True)
class ListingCardChanged(Event):
    """A card was rebuilt: search follows this one event alone.

    `category_paths` are where it lies and where it lay before.
    """

    topic: ClassVar[str] = "catalog.listing_card_changed"
    aggregate: ClassVar[str] = "product"

    product_id: UUID
    version: int
    is_visible: bool
    category_paths: tuple[str, ...] = ()

    @property
    def page_tags(self) -> tuple[str, ...]:
        return (product_tag(self.product_id), *sorted(shelf_tags(*self.category_paths)))
