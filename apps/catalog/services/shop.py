"""What a seller's staff do with their own offers and stock; each deed is in the audit under their name.

Invariant: who is not of the seller's staff, or whose role does not allow it, changes nothing.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.locks import STOCK
from apps.catalog.models import InventoryItem, Offer, Product, Stock, StockMovement, Variant
from apps.catalog.selectors.keepers import check_kept
from apps.catalog.services import offers, stock
from apps.catalog.services.offers import OfferTerms
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import advisory_lock, lock_row, money_path
from apps.core.money import Money
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

MAX_ON_HAND = 1_000_000
MAX_PRICE_MINOR = 10**14
_GAINS = (StockMovement.Kind.RECEIPT, StockMovement.Kind.CORRECTION)
_LOSSES = (StockMovement.Kind.WRITE_OFF, StockMovement.Kind.CORRECTION)


class OfferChanged(DomainError):
    code = "catalog.offer_changed"
    message = _("Somebody changed this offer meanwhile. Look at it again, then save.")


class StockMoved(DomainError):
    code = "catalog.stock_moved"
    message = _(
        "Units were sold or moved meanwhile: %(on_hand)s are on hand now. Count again, then save."
    )


class VariantUnknown(DomainError):
    code = "catalog.variant_unknown"
    message = _("There is no such article or barcode in the catalogue.")
    http_status = 422


class OfferExists(DomainError):
    code = "catalog.offer_exists"
    message = _("You offer this already. Change the price there.")


class SellerSkuTaken(DomainError):
    code = "catalog.seller_sku_taken"
    message = _("Another of your goods has this article. Choose another one.")
    http_status = 422


class CountOutOfRange(InvalidInput):
    code = "catalog.count_out_of_range"
    message = _("A count is a whole number from 0 to %(maximum)s.")


class KindDoesNotFit(InvalidInput):
    code = "catalog.kind_does_not_fit"
    message = _("Received means more units than before, written off means fewer.")


class PriceTooHigh(InvalidInput):
    code = "catalog.price_too_high"
    message = _("This price is too high.")


@transaction.atomic
def offer_variant(
    *, seller_id: UUID, code: str, seller_sku: str, terms: OfferTerms, actor: Viewer, now: datetime
) -> Offer:
    """Put up an offer of a variant that the catalogue has; `code` is its SKU or its barcode.

    :raises NotFound: the actor does not change offers of this seller
    :raises VariantUnknown, OfferExists, SellerSkuTaken, PriceNotPositive, PriceTooHigh: see the classes
    """
    get_membership(actor, seller_id, Power.CHANGE_OFFERS)
    advisory_lock("catalog.offers", seller_id)
    variant = (
        Variant.objects.filter(Q(sku=code) | Q(codes__gtin=code), is_active=True)
        .exclude(product__status=Product.Status.ARCHIVED)
        .order_by("id")
        .first()
    )
    if variant is None:
        raise VariantUnknown
    _check_height(terms.price, terms.old_price)
    if Offer.objects.filter(
        seller_id=seller_id, variant=variant, condition=terms.condition
    ).exists():
        raise OfferExists
    item = InventoryItem.objects.filter(seller_id=seller_id, seller_sku=seller_sku).first()
    if item and (item.variant_id, item.condition) != (variant.id, terms.condition):
        raise SellerSkuTaken
    offer = offers.create_offer(
        seller_id=seller_id, variant_id=variant.id, seller_sku=seller_sku, terms=terms, now=now
    )
    _note("created", offer, actor, None, _prices(offer))
    return offer


@transaction.atomic
def set_price(
    *,
    offer_id: UUID,
    price: Money,
    old_price: Money | None,
    seen_version: int,
    actor: Viewer,
    now: datetime,
) -> Offer:
    """Change the price of an offer as it was seen; open carts and quotes notice.

    :raises NotFound: the actor does not change offers of this seller
    :raises OfferChanged: it is not at `seen_version` any more
    :raises PriceNotPositive, PriceTooHigh: see the classes
    """
    offer = _own_offer(offer_id, actor)
    if offer.version != seen_version:
        raise OfferChanged
    _check_height(price, old_price)
    before = _prices(offer)
    offer = offers.change_price(offer_id=offer.id, price=price, old_price=old_price, now=now)
    _note("price_changed", offer, actor, before, _prices(offer))
    return offer


@transaction.atomic
def set_on_sale(*, offer_id: UUID, is_active: bool, actor: Viewer) -> Offer:
    """Open or pause an offer; orders that are placed go on.

    :raises NotFound: the actor does not change offers of this seller
    """
    offer = _own_offer(offer_id, actor)
    if offer.is_active == is_active:
        return offer
    offer = offers.set_active(offer_id=offer.id, is_active=is_active)
    _note("set_on_sale", offer, actor, {"is_active": not is_active}, {"is_active": is_active})
    return offer


@money_path
def count_stock(
    *,
    item_id: UUID,
    warehouse_id: UUID,
    on_hand: int,
    seen_on_hand: int,
    kind: StockMovement.Kind,
    key: str,
    actor: Viewer,
    reason: str = "",
) -> Stock:
    """Set how many units lie in a warehouse: the difference to what was seen becomes a movement.

    A repeated key changes nothing.

    :raises NotFound: the actor does not change stock of this seller, or keeps another warehouse alone, or
        the warehouse is another's
    :raises CountOutOfRange: below 0, or beyond what can be
    :raises KindDoesNotFit: more than before was not written off, fewer were not received
    :raises StockMoved: `seen_on_hand` is not what is there now
    :raises StockBelowReserved: fewer than are held for orders
    """
    item = InventoryItem.objects.filter(id=item_id).first()
    if item is None:
        raise NotFound
    member = get_membership(actor, item.seller_id, Power.CHANGE_STOCK)
    check_kept(member, warehouse_id)
    if not 0 <= on_hand <= MAX_ON_HAND:
        raise CountOutOfRange(maximum=MAX_ON_HAND)
    own_key = f"count:{item_id}:{warehouse_id}:{key}"
    made = stock.ensure_stock(item=item, warehouse_id=warehouse_id)
    row = lock_row(Stock.objects.filter(id=made.id), rank=STOCK) or made
    if StockMovement.objects.filter(key=own_key).exists():
        return row
    if row.on_hand != seen_on_hand:
        raise StockMoved(on_hand=row.on_hand)
    change = on_hand - seen_on_hand
    if change == 0:
        return row
    if kind not in (_GAINS if change > 0 else _LOSSES):
        raise KindDoesNotFit
    return stock.move_stock(
        item_id=item_id,
        warehouse_id=warehouse_id,
        quantity=change,
        kind=kind,
        key=own_key,
        actor_id=actor.user_id,
        reason=reason,
    )


def _own_offer(offer_id: UUID, actor: Viewer) -> Offer:
    offer = Offer.objects.select_for_update(of=("self",)).filter(id=offer_id).first()
    if offer is None:
        raise NotFound
    get_membership(actor, offer.seller_id, Power.CHANGE_OFFERS)
    return offer


def _check_height(price: Money, old_price: Money | None) -> None:
    if max(price.minor, old_price.minor if old_price else 0) > MAX_PRICE_MINOR:
        raise PriceTooHigh


def _prices(offer: Offer) -> dict[str, object]:
    return {"price_minor": offer.price_minor, "old_price_minor": offer.old_price_minor}


def _note(
    verb: str,
    offer: Offer,
    actor: Viewer,
    before: dict[str, object] | None,
    after: dict[str, object],
) -> None:
    audit.record(
        actor=actor,
        action=f"catalog.offer_{verb}",
        target_type="offer",
        target_id=offer.id,
        before=before,
        after=after,
    )
