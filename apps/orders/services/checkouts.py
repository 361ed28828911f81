"""Checkouts: collect where, how and in which currency; show a quote; nothing is promised yet."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import SellableOffer, sellable_offers
from apps.core.compiled import compiled
from apps.core.errors import InvalidInput, NotFound
from apps.core.rows import insert, update
from apps.core.viewer import Viewer
from apps.logistics.selectors import pickup_point
from apps.logistics.types import DeliveryOption
from apps.orders import rules
from apps.orders.models import Cart, CartLine, Checkout
from apps.orders.selectors import lines_in_order
from apps.orders.services.carts import cart_for_writing
from apps.orders.services.quotes import (
    CartEmpty,
    DeliveryChoice,
    Destination,
    build_quote,
    options_by_seller,
    quote_payload,
)
from apps.orders.types import Quote


class AddressIncomplete(InvalidInput):
    code = "checkout.address_incomplete"
    message = _("Some parts of the address are missing or cannot be used.")


class EmailInvalid(InvalidInput):
    code = "checkout.email_invalid"
    message = _("Enter an e-mail address; the order's papers go there.")


class CurrencyUnknown(InvalidInput):
    code = "checkout.currency_unknown"
    message = _("This currency cannot be paid in.")


class PickupPointUnknown(InvalidInput):
    code = "checkout.pickup_point_unknown"
    message = _("Choose a pickup point from the list.")


@dataclass(frozen=True, slots=True)
class CheckoutInput:
    """What the buyer filled in; None leaves what is there. Prices are never taken from the buyer."""

    email: str | None = None
    address: Mapping[str, Any] | None = None
    deliveries: Mapping[str, Mapping[str, Any]] | None = None
    currency: str | None = None


NOTHING_GIVEN = CheckoutInput()


@transaction.atomic
def open_checkout(
    *,
    viewer: Viewer,
    language: str,
    currency: str,
    now: datetime,
    given: CheckoutInput = NOTHING_GIVEN,
) -> Checkout:
    """Return the open checkout of the viewer's cart, or open one, with what is given filled in.

    :raises CartEmpty: nothing to order
    :raises EmailInvalid, AddressIncomplete, CurrencyUnknown, PickupPointUnknown: see update_checkout
    """
    cart = cart_for_writing(viewer=viewer)
    if not ordered_lines(cart):
        raise CartEmpty
    checkout = _opened(cart, language, currency, now)
    return _stored(checkout, _fill_in(checkout, given))


@transaction.atomic
def open_quoted(
    *, viewer: Viewer, language: str, currency: str, now: datetime, given: CheckoutInput
) -> tuple[Checkout, Quote]:
    """Open the checkout of somebody who knows where and how already, and quote it: all of it, or nothing.

    :raises CartEmpty, LineUnavailable, NoDelivery: see refresh_quote
    :raises EmailInvalid, AddressIncomplete, CurrencyUnknown, PickupPointUnknown: see update_checkout
    """
    cart = cart_for_writing(viewer=viewer)
    checkout = _opened(cart, language, currency, now)
    filled_in = _fill_in(checkout, given)
    quote = _quoted(checkout, ordered_lines(cart), now)
    return _stored(checkout, [*filled_in, *_QUOTED]), quote


def _opened(cart: Cart, language: str, currency: str, now: datetime) -> Checkout:
    """Return the open checkout of a cart, or a new one that is not stored yet."""
    checkout = _open_of_cart.first(cart_id=cart.id)
    if checkout is None:
        return Checkout(cart=cart, language=language, currency=currency, created_at=now)
    checkout.cart = cart
    if (checkout.language, checkout.currency) != (language, currency):
        checkout.language, checkout.currency = language, currency
        update(checkout, "language", "currency")
    return checkout


def _stored(checkout: Checkout, changed: Sequence[str]) -> Checkout:
    if checkout._state.adding:  # noqa: SLF001  Django's documented model API
        return insert(checkout)
    if changed:
        update(checkout, *changed)
    return checkout


@compiled
def _open_of_cart(cart_id: UUID) -> QuerySet[Checkout]:
    return Checkout.objects.filter(cart_id=cart_id, state=Checkout.State.OPEN)


def ordered_lines(cart: Cart) -> list[CartLine]:
    return [line for line in lines_in_order(cart_id=cart.id) if not line.is_saved_for_later]


@transaction.atomic
def update_checkout(*, viewer: Viewer, checkout_id: UUID, given: CheckoutInput) -> Checkout:
    """Store what the buyer filled in.

    :raises NotFound: not the viewer's open checkout
    :raises EmailInvalid, AddressIncomplete, CurrencyUnknown, PickupPointUnknown: see the classes
    """
    checkout = own_checkout(viewer, checkout_id)
    return _stored(checkout, _fill_in(checkout, given))


def _fill_in(checkout: Checkout, given: CheckoutInput) -> list[str]:
    """Set what is given; return the names of the fields."""
    if given.email is not None:
        checkout.email = _email(given.email)
    if given.address is not None:
        checkout.address = clean_address(given.address)
    if given.deliveries is not None:
        checkout.deliveries = _deliveries(given.deliveries)
    if given.currency is not None:
        if given.currency not in settings.SHOP_CURRENCIES:
            raise CurrencyUnknown
        checkout.currency = given.currency
    return [name for name, value in asdict(given).items() if value is not None]


@transaction.atomic
def refresh_quote(*, viewer: Viewer, checkout_id: UUID, now: datetime) -> tuple[Checkout, Quote]:
    """Compute the quote as of now and store it as the one that was shown.

    :raises NotFound, CartEmpty, LineUnavailable, NoDelivery: see the classes
    """
    checkout = own_checkout(viewer, checkout_id)
    quote = _quoted(checkout, ordered_lines(checkout.cart), now)
    update(checkout, *_QUOTED)
    return checkout, quote


_QUOTED = ("quote", "quote_digest", "quoted_at")


def _quoted(checkout: Checkout, lines: Sequence[CartLine], now: datetime) -> Quote:
    offers = sellable_offers([line.offer_id for line in lines], languages=())
    quote = quote_of(checkout, lines=lines, offers=offers, now=now)
    checkout.quote = quote_payload(quote)
    checkout.quote_digest = quote.digest
    checkout.quoted_at = now
    return quote


def quote_of(
    checkout: Checkout,
    *,
    lines: Sequence[CartLine],
    offers: Mapping[UUID, SellableOffer],
    now: datetime,
) -> Quote:
    """Price a checkout's lines, whose offers were read in the same transaction."""
    return build_quote(
        lines=lines,
        offers=offers,
        destination=Destination(
            country=checkout.address.get("country", ""), city=checkout.address.get("city", "")
        ),
        choices={
            UUID(seller_id): DeliveryChoice(
                kind=choice["kind"],
                carrier=choice["carrier"],
                pickup_point_id=(
                    UUID(choice["pickup_point_id"]) if choice.get("pickup_point_id") else None
                ),
            )
            for seller_id, choice in checkout.deliveries.items()
        },
        currency=checkout.currency,
        now=now,
    )


def delivery_options_of(checkout: Checkout, *, now: datetime) -> dict[UUID, list[DeliveryOption]]:
    """Return each seller's ways to the checkout's address, priced in its currency."""
    lines = ordered_lines(checkout.cart)
    return options_by_seller(
        lines=lines,
        offers=sellable_offers([line.offer_id for line in lines], languages=()),
        destination=Destination(
            country=checkout.address.get("country", ""), city=checkout.address.get("city", "")
        ),
        currency=checkout.currency,
        now=now,
    )


def own_checkout(viewer: Viewer, checkout_id: UUID) -> Checkout:
    """Return the viewer's open checkout with its cart locked.

    :raises NotFound: another's, placed already, or none
    """
    cart = cart_for_writing(viewer=viewer)
    checkout = _open_of_cart.first(cart_id=cart.id)
    if checkout is None or checkout.id != checkout_id:
        raise NotFound
    checkout.cart = cart
    return checkout


def _email(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise EmailInvalid(field="email") from None
    return email


def clean_address(given: Mapping[str, Any]) -> dict[str, str]:
    """Return an address as orders keep it.

    :raises AddressIncomplete: naming the fields that are missing or cannot be used
    """
    address = {}
    wrong = []
    for name, limit in rules.ADDRESS_FIELDS.items():
        value = str(given.get(name) or "").strip()
        if len(value) > limit or "\x00" in value:
            wrong.append(name)
        address[name] = value
    if address["country"] not in settings.DELIVERY_COUNTRIES:
        wrong.append("country")
    wrong += rules.missing_fields(address, needs_door=False)
    if wrong:
        raise AddressIncomplete(fields=sorted(set(wrong)))
    return address


def _deliveries(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    result = {}
    for seller_id, choice in given.items():
        kind = str(choice.get("kind", ""))
        point_id = str(choice.get("pickup_point_id") or "")
        if kind == "PICKUP":
            try:
                point = pickup_point(UUID(point_id))
            except ValueError:
                point = None
            if point is None:
                raise PickupPointUnknown(seller_id=seller_id)
        result[str(UUID(str(seller_id)))] = {
            "kind": kind,
            "carrier": str(choice.get("carrier", "")),
            "pickup_point_id": point_id if kind == "PICKUP" else "",
        }
    return result
