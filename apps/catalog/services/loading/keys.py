"""The rows of a load before they are written: every key is taken beforehand, so nothing is read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.catalog.models import InventoryItem, Offer, Product, Stock, Variant
from apps.catalog.services.loading.drafts import OfferDraft, ProductLoad
from apps.catalog.services.products import PictureDraft, VariantDraft, slug_of
from apps.core.copying import new_ids

# (units on hand, id of the stock row, id of its warehouse)
Units = tuple[int, int, UUID]


@dataclass(frozen=True, slots=True)
class NewOffer:
    draft: OfferDraft
    id: UUID
    item_id: UUID
    variant_id: UUID
    # The price rows: (minor units, from, until or None).
    prices: Sequence[tuple[int, datetime, datetime | None]]
    stocks: Sequence[Units]


@dataclass(frozen=True, slots=True)
class NewProduct:
    load: ProductLoad
    id: UUID
    # Language to (title, description, slug).
    texts: Mapping[str, tuple[str, str, str]]
    variants: Sequence[tuple[UUID, VariantDraft]]
    pictures: Mapping[str, tuple[int, PictureDraft]]
    offers: Sequence[NewOffer]


def with_keys(loads: Sequence[ProductLoad]) -> list[NewProduct]:
    drafts = [offer for load in loads for offer in load.offers]
    products = iter(new_ids(Product, len(loads)))
    variants = iter(new_ids(Variant, sum(len(load.draft.variants) for load in loads)))
    items, offers = iter(new_ids(InventoryItem, len(drafts))), iter(new_ids(Offer, len(drafts)))
    stocks = iter(new_ids(Stock, sum(len(draft.units) for draft in drafts)))
    made = []
    for load in loads:
        own = [(next(variants), draft) for draft in load.draft.variants]
        by_sku = {draft.sku: variant_id for variant_id, draft in own}
        made.append(
            NewProduct(
                load=load,
                id=next(products),
                texts={
                    language: (title, description, slug_of(title))
                    for language, (title, description) in load.draft.texts.items()
                },
                variants=own,
                pictures=_pictures(load.draft.pictures),
                offers=[
                    NewOffer(
                        draft=draft,
                        id=next(offers),
                        item_id=next(items),
                        variant_id=by_sku[draft.sku],
                        prices=_prices(draft),
                        stocks=[
                            (units, next(stocks), place) for place, units in draft.units.items()
                        ],
                    )
                    for draft in load.offers
                ],
            )
        )
    return made


def _pictures(drafts: Sequence[PictureDraft]) -> dict[str, tuple[int, PictureDraft]]:
    """Map content to place and picture: one that stands twice counts once, at its first place."""
    found: dict[str, tuple[int, PictureDraft]] = {}
    for place, draft in enumerate(drafts):
        found.setdefault(draft.stored.content_hash, (place, draft))
    return found


def _prices(draft: OfferDraft) -> list[tuple[int, datetime, datetime | None]]:
    price = draft.terms.price.minor
    if draft.earlier is None:
        return [(price, draft.since, None)]
    before, until = draft.earlier
    return [(before.minor, draft.since, until), (price, until, None)]
