"""What is to be loaded: products that were not here before, with the offers of their sellers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.catalog.services.offers import OfferTerms
from apps.catalog.services.products import ProductDraft
from apps.core.money import Money


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """One seller's offer of the variant `sku`. `units` maps warehouse to units on hand.

    `earlier` is the price before this one and the moment at which it ended.
    """

    seller_id: UUID
    sku: str
    terms: OfferTerms
    since: datetime
    units: Mapping[UUID, int]
    earlier: tuple[Money, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ProductLoad:
    """A product of an imported catalogue: its draft must carry source and source_id."""

    draft: ProductDraft
    offers: Sequence[OfferDraft]
    published_at: datetime
    sales_count: int = 0
