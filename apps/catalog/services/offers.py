"""Offers: a seller puts a price on a variant; every price is kept.

Invariant: Offer.price_minor equals the price row that is valid now for one unit.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.models import InventoryItem, Offer, OfferComponent, OfferPrice
from apps.core.errors import InvalidInput
from apps.core.money import Money
from apps.core.outbox import emit


class PriceNotPositive(InvalidInput):
    code = "catalog.price_not_positive"
    message = _("A price is more than zero, and an old price is more than the price.")


@dataclass(frozen=True, slots=True)
class OfferTerms:
    price: Money
    old_price: Money | None = None
    handling_days: int = 1
    condition: str = InventoryItem.Condition.NEW


@transaction.atomic
def create_offer(
    *, seller_id: UUID, variant_id: UUID, seller_sku: str, terms: OfferTerms, now: datetime
) -> Offer:
    """Offer a variant; the seller's inventory item is made where it is missing.

    :raises PriceNotPositive: see the class
    """
    _check(terms)
    item, _created = InventoryItem.objects.get_or_create(
        seller_id=seller_id,
        seller_sku=seller_sku,
        defaults={"variant_id": variant_id, "condition": terms.condition},
    )
    offer = Offer.objects.create(
        seller_id=seller_id,
        variant_id=variant_id,
        condition=terms.condition,
        currency=terms.price.currency,
        price_minor=terms.price.minor,
        old_price_minor=terms.old_price.minor if terms.old_price else None,
        handling_days=terms.handling_days,
    )
    OfferComponent.objects.create(offer=offer, item=item)
    OfferPrice.objects.create(
        offer=offer, price_minor=terms.price.minor, valid=DateTimeTZRange(now, None, "[)")
    )
    emit(CardSourceChanged(product_id=offer.variant.product_id))
    return offer


@transaction.atomic
def change_price(*, offer_id: UUID, price: Money, old_price: Money | None, now: datetime) -> Offer:
    """End the price row that is valid and open a new one.

    :raises PriceNotPositive: see the class
    """
    offer = Offer.objects.select_for_update(of=("self",)).select_related("variant").get(id=offer_id)
    _check(OfferTerms(price=price, old_price=old_price))
    if price.currency != offer.currency:
        raise InvalidInput(field="currency")
    if offer.price_minor != price.minor:
        current = OfferPrice.objects.get(offer=offer, min_quantity=1, valid__upper_inf=True)
        current.valid = DateTimeTZRange(current.valid.lower, now, "[)")
        current.save(update_fields=["valid"])
        OfferPrice.objects.create(
            offer=offer, price_minor=price.minor, valid=DateTimeTZRange(now, None, "[)")
        )
    offer.price_minor = price.minor
    offer.old_price_minor = old_price.minor if old_price else None
    offer.version += 1
    offer.save(update_fields=["price_minor", "old_price_minor", "version"])
    emit(CardSourceChanged(product_id=offer.variant.product_id))
    return offer


@transaction.atomic
def set_active(*, offer_id: UUID, is_active: bool) -> Offer:
    """Open or close an offer for sale."""
    offer = Offer.objects.select_for_update(of=("self",)).select_related("variant").get(id=offer_id)
    if offer.is_active != is_active:
        offer.is_active = is_active
        offer.version += 1
        offer.save(update_fields=["is_active", "version"])
        emit(CardSourceChanged(product_id=offer.variant.product_id))
    return offer


def _check(terms: OfferTerms) -> None:
    if terms.price.minor <= 0 or (terms.old_price and terms.old_price <= terms.price):
        raise PriceNotPositive
