"""What the product page shows, in the visitor's language and currency. Three queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from apps.catalog.selectors.cards import popular_cards
from apps.catalog.selectors.pictures import image_url
from apps.catalog.selectors.texts import in_language
from apps.catalog.selectors.tree import crumbs_of_path
from apps.catalog.types import AxisView, Crumb, OfferView, Picture, ProductView
from apps.core.formats import whole_figures
from apps.core.money import Money
from apps.logistics.types import Parcel
from apps.storefront.currency import shown
from apps.storefront.presenting import ShownCard, present, product_url
from apps.storefront.promises import DeliveryPromise, card_promise, delivery_promises
from apps.storefront.review_block import ReviewChoice, ShownReviews, shown_reviews

SIMILAR = 5
DAYS_IN_YEAR = 365
KEY_ATTRIBUTES = 6
FEW_LEFT = 5


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer with its sums in the visitor's currency. `years` is the seller's whole years here."""

    offer: OfferView
    price: Money
    old_price: Money | None
    lowest_30_days: Money | None
    saving: Money | None
    saving_percent: int
    promise: str
    years: int
    has_few: bool


@dataclass(frozen=True, slots=True)
class ShownOption:
    label: str
    swatch: str
    url: str
    is_selected: bool
    is_available: bool


@dataclass(frozen=True, slots=True)
class ShownAxis:
    label: str
    chosen: str
    has_swatches: bool
    options: tuple[ShownOption, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    url: str
    title: str
    gallery: tuple[tuple[Picture, str], ...]
    crumbs: tuple[tuple[str, str], ...]
    axes: tuple[ShownAxis, ...]
    best: ShownOffer | None
    last_price: Money | None
    others: tuple[ShownOffer, ...]
    deliveries: tuple[DeliveryPromise, ...]
    key_attributes: Sequence[tuple[str, str]]
    reviews: ShownReviews
    similar: list[ShownCard]


def build(
    product: ProductView,
    *,
    language: str,
    currency: str,
    now: datetime,
    sku: str,
    reviews: ReviewChoice,
) -> ProductPage:
    url = product_url(product.slug, product.short_id)
    offers = [_shown_offer(offer, currency, now) for offer in product.offers]
    best = next((offer for offer in offers if offer.offer is product.best_offer), None)
    return ProductPage(
        url=url,
        title=whole_figures(product.title),
        gallery=tuple(zip(product.pictures, picture_urls(product.pictures), strict=True)),
        crumbs=tuple(crumb_links(crumbs_of_path(language, product.category_path))),
        axes=tuple(_axis(axis, url) for axis in product.axes),
        best=best,
        last_price=offers[0].price if offers else None,
        others=tuple(offer for offer in offers if offer is not best and offer.offer.free),
        deliveries=tuple(_deliveries(product, now, currency)),
        key_attributes=product.attributes[:KEY_ATTRIBUTES],
        reviews=shown_reviews(product.product_id, url, sku, reviews),
        similar=_similar(product, language, currency, now),
    )


def crumb_links(crumbs: Sequence[Crumb]) -> list[tuple[str, str]]:
    return [(crumb.name, reverse("storefront:category", args=[crumb.code])) for crumb in crumbs]


def _shown_offer(offer: OfferView, currency: str, now: datetime) -> ShownOffer:
    price = shown(offer.price, currency)
    old = shown(offer.old_price, currency) if offer.old_price else None
    is_cut = old is not None and offer.old_price is not None
    return ShownOffer(
        offer=offer,
        price=price,
        old_price=old,
        lowest_30_days=shown(offer.lowest_30_days, currency) if offer.lowest_30_days else None,
        saving=old - price if old is not None else None,
        saving_percent=(
            (offer.old_price.minor - offer.price.minor) * 100 // offer.old_price.minor
            if is_cut and offer.old_price
            else 0
        ),
        promise=card_promise(offer.dispatch, handling_days=offer.handling_days, now=now),
        years=max((now - offer.seller_since).days // DAYS_IN_YEAR, 0) if offer.seller_since else 0,
        has_few=0 < offer.free <= FEW_LEFT,
    )


def _axis(axis: AxisView, url: str) -> ShownAxis:
    options = tuple(
        ShownOption(
            label=option.label,
            swatch=option.swatch,
            url=f"{url}?{urlencode({'sku': option.sku})}",
            is_selected=option.is_selected,
            is_available=option.is_available,
        )
        for option in axis.options
    )
    return ShownAxis(
        label=axis.label,
        chosen=next((option.label for option in options if option.is_selected), ""),
        has_swatches=any(option.swatch for option in options),
        options=options,
    )


def _deliveries(product: ProductView, now: datetime, currency: str) -> list[DeliveryPromise]:
    offer = product.best_offer
    if offer is None:
        return []
    length, width, height = product.size_mm
    return delivery_promises(
        offer.dispatch,
        handling_days=offer.handling_days,
        parcels=[Parcel(1, product.weight_grams, length, width, height)],
        now=now,
        currency=currency,
    )


def _similar(product: ProductView, language: str, currency: str, now: datetime) -> list[ShownCard]:
    """Popular products of the same category, this one left out. One query."""
    views = popular_cards(SIMILAR + 1, language=language, category_path=product.category_path)
    others = [view for view in views if view.product_id != product.product_id][:SIMILAR]
    return present(others, currency=currency, now=now)


def slug_in(product: ProductView, language: str) -> str:
    return in_language(product.slugs, language) or product.slug


def picture_urls(pictures: Sequence[Picture]) -> list[str]:
    """The largest rendition of each picture."""
    return [image_url(picture.content_hash, picture.widths[-1]) for picture in pictures]
