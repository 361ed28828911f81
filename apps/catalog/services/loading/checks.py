"""What the services of single products and offers would refuse, found for a whole batch at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from apps.catalog.models import Variant, Warehouse
from apps.catalog.rules import is_valid_gtin
from apps.catalog.services.loading.drafts import OfferDraft, ProductLoad

# What the columns hold.
TITLE_LENGTH, SOURCE_ID_LENGTH = 250, 80


def faults(loads: Sequence[ProductLoad]) -> list[tuple[str, str]]:
    """Return (source id, fault) for each fault of each load. Two queries for all."""
    skus = Counter(variant.sku for load in loads for variant in load.draft.variants)
    taken = {sku for sku, count in skus.items() if count > 1}
    taken.update(Variant.objects.filter(sku__in=list(skus)).values_list("sku", flat=True))
    places = {place for load in loads for offer in load.offers for place in offer.units}
    owners = dict(Warehouse.objects.filter(id__in=places).values_list("id", "seller_id"))
    seen: Counter[str] = Counter(load.draft.source_id for load in loads)
    found = []
    for load in loads:
        source_id = load.draft.source_id
        if seen[source_id] > 1 or not source_id or len(source_id) > SOURCE_ID_LENGTH:
            found.append((source_id, "source_id"))
        found += [(source_id, fault) for fault in _product_faults(load, taken)]
        found += [(source_id, fault) for fault in _offer_faults(load, owners)]
    return found


def _product_faults(load: ProductLoad, taken: Collection[str]) -> Iterator[str]:
    draft = load.draft
    if not draft.category.is_visible:
        yield "category"
    titles = [title for title, _description in draft.texts.values()]
    if not titles or not all(0 < len(title) <= TITLE_LENGTH for title in titles):
        yield "title"
    if not draft.variants:
        yield "variants"
    for variant in draft.variants:
        if not variant.sku or variant.sku in taken:
            yield f"sku {variant.sku}"
        if variant.weight_grams <= 0 or min(variant.size_mm) <= 0:
            yield f"size of {variant.sku}"
        yield from (f"gtin {gtin}" for gtin in variant.gtins if not is_valid_gtin(gtin))


def _offer_faults(load: ProductLoad, owners: Mapping[UUID, UUID | None]) -> Iterator[str]:
    skus = {variant.sku for variant in load.draft.variants}
    offered = Counter((offer.seller_id, offer.sku) for offer in load.offers)
    for offer in load.offers:
        if offer.sku not in skus or offered[offer.seller_id, offer.sku] > 1:
            yield f"offer of {offer.sku}"
        if not _is_priced(offer):
            yield f"price of {offer.sku}"
        if any(units < 0 for units in offer.units.values()):
            yield f"units of {offer.sku}"
        if any(owners.get(place, place) not in {None, offer.seller_id} for place in offer.units):
            yield f"warehouse of {offer.sku}"


def _is_priced(offer: OfferDraft) -> bool:
    old = offer.terms.old_price
    return offer.terms.price.minor > 0 and (old is None or old > offer.terms.price)
