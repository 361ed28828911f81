"""A seller's own offers, stock and warehouses, as its staff see them: strangers find nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.catalog.models import (
    Offer,
    OfferComponent,
    Product,
    Stock,
    StockMovement,
    Warehouse,
)
from apps.catalog.selectors.attributes import NamedAttribute, named_attributes, options_in_words
from apps.catalog.selectors.keepers import kept_warehouses
from apps.catalog.selectors.offers import image_for
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.services.cards import free_units
from apps.catalog.types import OfferTab, Picture
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.paging import newest_page
from apps.core.viewer import Viewer
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership

MOVEMENTS = 30


@dataclass(frozen=True, slots=True)
class ShopOffer:
    """An offer in one language. `free` may be bought now; `is_shown` is the card's, not the offer's, state."""

    offer: Offer
    title: str
    options: str
    picture: Picture | None
    sku: str
    seller_sku: str
    free: int
    is_shown: bool

    @property
    def id(self) -> UUID:
        return UUID(str(self.offer.pk))

    @property
    def price(self) -> Money:
        return self.offer.price

    @property
    def state(self) -> str:
        """What a shopper meets: ON_SALE, SOLD_OUT, PAUSED by the seller, or HIDDEN with its card."""
        if not self.is_shown:
            return "HIDDEN"
        if not self.offer.is_active:
            return "PAUSED"
        return "ON_SALE" if self.free else "SOLD_OUT"


@dataclass(frozen=True, slots=True)
class ShopOfferPage:
    """`next_before` is the id to ask the older ones with, or None."""

    offers: list[ShopOffer]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class StockPlace:
    """What of one item lies in one warehouse; a warehouse that never had it shows zeros."""

    item_id: UUID
    seller_sku: str
    warehouse: Warehouse
    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class ShopOfferDetail:
    shown: ShopOffer
    places: list[StockPlace]
    movements: list[StockMovement]
    slug: str
    short_id: str


def shop_offers(
    viewer: Viewer,
    seller_id: UUID,
    *,
    language: str,
    tab: str = "",
    text: str = "",
    before: UUID | None = None,
    limit: int = 25,
) -> ShopOfferPage:
    """Return a page of a seller's offers, newest first; `text` looks into titles and SKUs.

    The same number of queries for any number of offers.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    kept = kept_warehouses(get_membership(viewer, seller_id))
    rows = matching_offers(_loaded(Offer.objects.filter(seller_id=seller_id)), tab, text, kept)
    found, next_before = newest_page(rows, before=before, limit=limit)
    return ShopOfferPage(_shown(found, language, kept), next_before)


def shop_offer(
    viewer: Viewer, seller_id: UUID, offer_id: UUID, *, language: str
) -> ShopOfferDetail:
    """Return one offer with its units in every warehouse of the seller and their latest movements.

    :raises NotFound: the viewer is not of its staff, or the offer is another seller's
    """
    kept = kept_warehouses(get_membership(viewer, seller_id))
    offer = _loaded(Offer.objects.filter(seller_id=seller_id, id=offer_id)).first()
    if offer is None:
        raise NotFound
    item_ids = [part.item_id for part in offer.components.all()]
    movements = (
        StockMovement.objects.filter(stock__item_id__in=item_ids)
        .select_related("stock__warehouse", "stock__item")
        .order_by("-id")
    )
    if kept is not None:
        movements = movements.filter(stock__warehouse_id__in=kept)
    text = in_language(
        {text.language: text for text in offer.variant.product.texts.all()}, language
    )
    return ShopOfferDetail(
        shown=_shown([offer], language, kept)[0],
        places=_places(offer, seller_id, kept),
        movements=list(movements[:MOVEMENTS]),
        slug=text.slug if text else "item",
        short_id=offer.variant.product.short_id,
    )


def sold_out_count(viewer: Viewer, seller_id: UUID) -> int:
    """Count the offers that are meant to sell and have no units.

    :raises NotFound: the viewer is not of its staff
    """
    kept = kept_warehouses(get_membership(viewer, seller_id))
    return _in_tab(Offer.objects.filter(seller_id=seller_id), OfferTab.SOLD_OUT, kept).count()


def has_offers(viewer: Viewer, seller_id: UUID) -> bool:
    """:raises NotFound: the viewer is not of its staff"""
    get_membership(viewer, seller_id)
    return Offer.objects.filter(seller_id=seller_id).exists()


def warehouses_of(viewer: Viewer, seller_id: UUID) -> list[Warehouse]:
    """Return the warehouses that the viewer may see: all, or those that a stock keeper keeps alone.

    :raises NotFound: the viewer is not of its staff
    """
    kept = kept_warehouses(get_membership(viewer, seller_id))
    rows = Warehouse.objects.filter(seller_id=seller_id)
    return list((rows if kept is None else rows.filter(id__in=kept)).order_by("name", "id"))


def offers_by_sku(seller_id: UUID, text: str) -> QuerySet[OfferComponent, UUID]:
    """The offers of a shop with an article of its own that holds the text: part of another statement."""
    rows = OfferComponent.objects.filter(
        item__seller_id=seller_id, item__seller_sku__icontains=text
    )
    return rows.values_list("offer_id", flat=True)


def items_of_offers(member: SellerMember, offer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Map those of the offers that are of the member's shop to their item; sets have several and are left out."""
    rows = OfferComponent.objects.filter(
        offer_id__in=offer_ids, offer__seller_id=member.seller_id
    ).values_list("offer_id", "item_id")
    found: dict[UUID, list[UUID]] = {}
    for offer_id, item_id in rows:
        found.setdefault(offer_id, []).append(item_id)
    return {offer_id: ids[0] for offer_id, ids in found.items() if len(ids) == 1}


def matching_offers(
    rows: QuerySet[Offer], tab: str, text: str, kept: Collection[UUID] | None = None
) -> QuerySet[Offer]:
    """Narrow offers to a tab and to words; what lies in `kept` warehouses alone counts as stock.

    :raises NotFound: there is no such tab
    """
    rows = _in_tab(rows, tab, kept)
    return rows.filter(_mentions(text)) if text else rows


def _loaded(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    return rows.select_related("variant__product__category").prefetch_related(
        "components__item", "variant__product__texts", "variant__product__images"
    )


def _in_tab(
    rows: QuerySet[Offer], tab: str, kept: Collection[UUID] | None = None
) -> QuerySet[Offer]:
    """:raises NotFound: there is no such tab"""
    if not tab:
        return rows
    if tab not in OfferTab.values:
        raise NotFound
    if tab == OfferTab.PAUSED:
        return rows.filter(is_active=False)
    rows = rows.filter(is_active=True)
    return rows.filter(_is_short(kept) if tab == OfferTab.SOLD_OUT else ~_is_short(kept))


def _is_short(kept: Collection[UUID] | None) -> Exists:
    """True where some item of the offer has too few free units for one of it."""
    rows = Stock.objects.filter(item_id=OuterRef("item_id"))
    free = (
        (rows if kept is None else rows.filter(warehouse_id__in=kept))
        .values("item_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
        .values("free")
    )
    return Exists(
        OfferComponent.objects.filter(offer_id=OuterRef("pk"))
        .annotate(free=Coalesce(Subquery(free, output_field=IntegerField()), 0))
        .filter(free__lt=F("quantity"))
    )


def _mentions(text: str) -> Q:
    titles = Product.objects.filter(
        id=OuterRef("variant__product_id"), texts__title__icontains=text
    )
    items = OfferComponent.objects.filter(offer_id=OuterRef("pk"), item__seller_sku__icontains=text)
    return Q(Exists(titles)) | Q(Exists(items)) | Q(variant__sku__icontains=text)


def _shown(
    offers: Sequence[Offer], language: str, kept: Collection[UUID] | None = None
) -> list[ShopOffer]:
    free = free_units(offers, kept)
    attributes = named_attributes({code for offer in offers for code in offer.variant.options})
    return [_dressed(offer, free[offer.id], attributes, language) for offer in offers]


def _dressed(
    offer: Offer, free: int, attributes: dict[str, NamedAttribute], language: str
) -> ShopOffer:
    variant = offer.variant
    product = variant.product
    title = in_language({text.language: text.title for text in product.texts.all()}, language)
    stored = image_for([image.stored for image in product.images.all()], variant.options)
    return ShopOffer(
        offer=offer,
        title=title or variant.sku,
        options=options_in_words(variant.options, attributes, language),
        picture=picture_of(stored, language) if stored else None,
        sku=variant.sku,
        seller_sku=", ".join(part.item.seller_sku for part in offer.components.all()),
        free=max(free, 0),
        is_shown=(
            product.status == Product.Status.PUBLISHED
            and product.category.is_visible
            and variant.is_active
        ),
    )


def _places(offer: Offer, seller_id: UUID, kept: Collection[UUID] | None) -> list[StockPlace]:
    """Every item of the offer in every warehouse of the seller, and wherever else it lies."""
    items = [part.item for part in offer.components.all()]
    rows = Stock.objects.filter(item__in=items).select_related("warehouse")
    stocks = {(row.item_id, row.warehouse_id): row for row in rows}
    warehouses = {row.id: row for row in Warehouse.objects.filter(seller_id=seller_id)}
    warehouses |= {row.warehouse_id: row.warehouse for row in stocks.values()}
    if kept is not None:
        warehouses = {key: row for key, row in warehouses.items() if key in kept}
    places = []
    for item in items:
        for warehouse in sorted(warehouses.values(), key=lambda row: (row.name, str(row.id))):
            stock = stocks.get((item.id, warehouse.id))
            places.append(
                StockPlace(
                    item_id=item.id,
                    seller_sku=item.seller_sku,
                    warehouse=warehouse,
                    on_hand=stock.on_hand if stock else 0,
                    reserved=stock.reserved if stock else 0,
                )
            )
    return places
