"""Placing an order: one transaction from the quote that was shown to goods that are held.

Invariant: what is ordered is exactly the quote whose digest the buyer confirmed; a checkout becomes
at most one order group (unique), so a repeated request finds it instead of ordering again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import SellableOffer, sellable_offers
from apps.catalog.selectors.terms import CategoryTerms, terms_of_categories
from apps.catalog.services import reservations
from apps.catalog.types import Demand
from apps.core.compiled import compiled_lock, get_row
from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.numbers import next_in_sequence
from apps.core.outbox import emit
from apps.core.rows import delete_all, insert, insert_all, update
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.orders import rules
from apps.orders.events import OrderGroupPlaced
from apps.orders.locks import CART
from apps.orders.models import (
    Cart,
    Checkout,
    Order,
    OrderEvent,
    OrderGroup,
    OrderLine,
    OrderLineTax,
)
from apps.orders.services.checkouts import (
    AddressIncomplete,
    EmailInvalid,
    PickupPointUnknown,
    ordered_lines,
    quote_of,
)
from apps.orders.services.fulfilment import contract_days
from apps.orders.types import OrderStatus, Quote, QuotedDelivery, QuotedLine, QuotedTax

GROUP_NUMBERS = "order_group_number"


class QuoteChanged(DomainError):
    """Prices, stock, rates or dates moved since the quote was shown."""

    code = "checkout.quote_changed"
    message = _("Something changed since you saw the sum. Look at the new one and confirm again.")


@money_path
def place_order(
    *, viewer: Viewer, checkout_id: UUID, quote_digest: str, now: datetime
) -> OrderGroup:
    """Turn a checkout into an order group with one order per seller, and hold the goods.

    A placed checkout returns its group: repeating is safe. Emits OrderGroupPlaced.

    :raises QuoteChanged: the quote computed now differs from the confirmed one
    :raises OfferSoldOut: somebody else took the last units
    :raises NotFound: not the viewer's checkout
    :raises AddressIncomplete, EmailInvalid, PickupPointUnknown: the checkout is not filled in
    """
    checkout = _locked_checkout(viewer, checkout_id)
    if checkout.state == Checkout.State.PLACED:
        return OrderGroup.objects.get(checkout=checkout)
    wanted = ordered_lines(checkout.cart)
    languages = [code for code, _name in settings.LANGUAGES]
    offers = sellable_offers([line.offer_id for line in wanted], languages=languages)
    quote = quote_of(checkout, lines=wanted, offers=offers, now=now)
    if quote.digest != quote_digest:
        raise QuoteChanged(total=quote.total)
    _check_filled_in(checkout, quote)
    group = _create_group(checkout, quote, viewer, now)
    terms = terms_of_categories({offer.category_path for offer in offers.values()})
    lines = _create_orders(_Sale(group, offers, terms, now), quote, viewer)
    reservations.reserve(
        group_id=group.id,
        demands=[Demand(line.id, line.offer_id, line.quantity) for line in lines],
        expires_at=group.hold_expires_at,
        is_first=True,
    )
    delete_all(wanted)
    checkout.state = Checkout.State.PLACED
    checkout.placed_at = now
    update(checkout, "state", "placed_at")
    audit.record(
        actor=viewer,
        action="orders.place",
        target_type="order_group",
        target_id=group.id,
        after={"total_minor": group.total_minor, "currency": group.currency},
    )
    emit(OrderGroupPlaced(group_id=group.id))
    return group


@compiled_lock(CART)
def _cart_of_checkout(checkout_id: UUID) -> QuerySet[Cart]:
    return Cart.objects.filter(checkouts=checkout_id)


def _locked_checkout(viewer: Viewer, checkout_id: UUID) -> Checkout:
    """Lock the cart of a checkout that is the viewer's, open or placed."""
    cart = _cart_of_checkout.first(checkout_id=checkout_id)
    if cart is None or not may_use_cart(viewer, cart):
        raise NotFound
    checkout = get_row(Checkout, checkout_id)
    checkout.cart = cart
    return checkout


def may_use_cart(viewer: Viewer, cart: Cart) -> bool:
    if cart.user_id is not None:
        return bool(cart.user_id == viewer.user_id)
    return any(
        grant.id == cart.id and grant.version == cart.token_version
        for grant in viewer.holds("cart")
    )


def _check_filled_in(checkout: Checkout, quote: Quote) -> None:
    if not checkout.email:
        raise EmailInvalid(field="email")
    needs_door = any(part.kind == "COURIER" for part in quote.deliveries)
    if missing := rules.missing_fields(checkout.address, needs_door=needs_door):
        raise AddressIncomplete(fields=missing)
    for part in quote.deliveries:
        if part.kind == "PICKUP" and part.pickup_point_id is None:
            raise PickupPointUnknown(seller_id=part.seller_id)


def _create_group(checkout: Checkout, quote: Quote, viewer: Viewer, now: datetime) -> OrderGroup:
    return insert(
        OrderGroup(
            number=f"K-{next_in_sequence(GROUP_NUMBERS)}",
            checkout=checkout,
            user_id=viewer.user_id,
            email=checkout.email,
            language=checkout.language,
            currency=quote.currency,
            address=checkout.address,
            items_minor=quote.items.minor,
            delivery_minor=quote.delivery.minor,
            tax_minor=quote.tax.minor,
            total_minor=quote.total.minor,
            hold_expires_at=now + timedelta(seconds=settings.RESERVATION_SECONDS),
            placed_at=now,
        )
    )


@dataclass(frozen=True, slots=True)
class _Sale:
    """What every order of a group is made from; `terms` by category path."""

    group: OrderGroup
    offers: Mapping[UUID, SellableOffer]
    terms: Mapping[str, CategoryTerms]
    now: datetime


def _create_orders(sale: _Sale, quote: Quote, viewer: Viewer) -> list[OrderLine]:
    """Write an order per seller with its first event and its lines; one statement for each table."""
    by_seller = [
        [line for line in quote.lines if line.seller_id == delivery.seller_id]
        for delivery in quote.deliveries
    ]
    orders = insert_all(
        _order(sale, index, *part)
        for index, part in enumerate(zip(quote.deliveries, by_seller, strict=True), start=1)
    )
    insert_all(
        OrderEvent(
            order=order,
            seq=1,
            status=OrderStatus.CREATED,
            actor_id=viewer.user_id,
            actor_label=viewer.label,
            at=sale.now,
        )
        for order in orders
    )
    bought = [(order, line) for order, part in zip(orders, by_seller, strict=True) for line in part]
    made = insert_all(_line(sale, order, line) for order, line in bought)
    insert_all(
        _tax(row, tax)
        for row, (_order_of_it, line) in zip(made, bought, strict=True)
        for tax in line.taxes
    )
    return made


def _order(sale: _Sale, index: int, delivery: QuotedDelivery, lines: Sequence[QuotedLine]) -> Order:
    items_minor = sum(line.total.minor for line in lines)
    sold = [sale.offers[line.offer_id] for line in lines]
    return Order(
        group=sale.group,
        seller_id=delivery.seller_id,
        number=f"{sale.group.number}-{index}",
        currency=sale.group.currency,
        items_minor=items_minor,
        delivery_minor=delivery.price.minor,
        total_minor=items_minor + delivery.price.minor,
        commission_minor=sum(line.commission.minor for line in lines),
        handling_days=max(offer.handling_days for offer in sold),
        escrow_days=_escrow_days(sale, delivery.seller_id, sold),
        delivery_kind=delivery.kind,
        carrier=delivery.carrier,
        pickup_point_id=delivery.pickup_point_id,
        promised_from=delivery.promised_from,
        promised_to=delivery.promised_to,
        placed_at=sale.now,
    )


def _escrow_days(sale: _Sale, seller_id: UUID, sold: Sequence[SellableOffer]) -> int:
    """Return the longest term of the lines' categories; the contract's where one says nothing."""
    own = [sale.terms[offer.category_path].escrow_days for offer in sold]
    usual = contract_days(seller_id, sale.now) if None in own else 0
    return max(usual if days is None else days for days in own)


def _line(sale: _Sale, order: Order, line: QuotedLine) -> OrderLine:
    offer = sale.offers[line.offer_id]
    return OrderLine(
        order=order,
        offer_id=line.offer_id,
        variant_id=line.variant_id,
        product_id=line.product_id,
        sku=offer.sku,
        titles=offer.titles,
        option_labels=offer.option_labels,
        image=offer.image,
        quantity=line.quantity,
        offer_currency=line.offer_unit.currency,
        offer_unit_minor=line.offer_unit.minor,
        fx_rate=line.rate,
        fx_on=line.rate_on,
        currency=order.currency,
        unit_minor=line.unit.minor,
        total_minor=line.total.minor,
        commission_bps=line.commission_bps,
        commission_minor=line.commission.minor,
        return_days=_return_days(sale.terms[offer.category_path]),
    )


def _tax(line: OrderLine, tax: QuotedTax) -> OrderLineTax:
    return OrderLineTax(
        line=line,
        code=tax.code,
        rate_bps=tax.rate_bps,
        base_minor=tax.base.minor,
        amount_minor=tax.amount.minor,
        is_inclusive=tax.is_inclusive,
    )


def _return_days(terms: CategoryTerms) -> int:
    return settings.RETURN_DAYS if terms.return_days is None else terms.return_days
