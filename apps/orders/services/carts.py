"""Carts: put in, change, save for later, merge at sign-in.

Invariant: one cart per customer, one line per offer; a quantity is 1 to settings.MAX_UNITS_PER_LINE.
Nothing is held by a cart: stock is taken when the order is placed.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import sellable_offers
from apps.core.compiled import compiled_lock
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import part_of_use_case
from apps.core.rows import insert, update
from apps.core.viewer import Grant, Viewer
from apps.orders.locks import CART
from apps.orders.models import Cart, CartLine
from apps.orders.selectors import lines_in_order

CART_GRANT = "cart"


class QuantityOutOfRange(InvalidInput):
    code = "cart.quantity_out_of_range"
    message = _("Choose a quantity from 1 to %(maximum)s.")


class OfferNotForSale(DomainError):
    code = "cart.offer_not_for_sale"
    message = _("This is not for sale any more.")


class CartFull(DomainError):
    code = "cart.full"
    message = _("A cart holds at most %(maximum)s different things.")


def grant_of(cart: Cart) -> Grant:
    """The capability that a guest's browser or app keeps for its cart."""
    return Grant(kind=CART_GRANT, id=cart.id, version=cart.token_version)


@compiled_lock(CART)
def _cart_of_user(user_id: UUID) -> QuerySet[Cart]:
    return Cart.objects.filter(user_id=user_id)


@compiled_lock(CART)
def _cart_of_guest(cart_id: UUID, version: int) -> QuerySet[Cart]:
    return Cart.objects.filter(id=cart_id, user=None, token_version=version)


@part_of_use_case
def cart_for_writing(*, viewer: Viewer) -> Cart:
    """Return the viewer's cart, locked; it is made where there is none."""
    if viewer.user_id is None:
        return _granted(viewer) or insert(Cart())
    if cart := _cart_of_user.first(user_id=viewer.user_id):
        return cart
    Cart.objects.get_or_create(user_id=viewer.user_id)
    cart = _cart_of_user.first(user_id=viewer.user_id)
    if cart is None:
        raise NotFound
    return cart


def _granted(viewer: Viewer) -> Cart | None:
    for grant in viewer.holds(CART_GRANT):
        if cart := _cart_of_guest.first(cart_id=grant.id, version=grant.version):
            return cart
    return None


@transaction.atomic
def add_line(*, viewer: Viewer, offer_id: UUID, quantity: int, now: datetime) -> CartLine:
    """Put units of an offer into the viewer's cart, on top of those that are there.

    :raises QuantityOutOfRange: below 1, or more than a line may hold
    :raises OfferNotForSale: unknown, closed, or sold out
    :raises CartFull: too many different offers
    """
    _check_quantity(quantity)
    offer = sellable_offers([offer_id], languages=()).get(offer_id)
    if offer is None or not offer.is_buyable or not offer.free:
        raise OfferNotForSale(offer_id=offer_id)
    cart = cart_for_writing(viewer=viewer)
    lines = lines_in_order(cart_id=cart.id)
    line = next((line for line in lines if line.offer_id == offer_id), None)
    is_new = line is None
    if line is None:
        if len(lines) >= settings.MAX_CART_LINES:
            raise CartFull(maximum=settings.MAX_CART_LINES)
        line = CartLine(offer_id=offer_id, quantity=0, added_at=now)
    line.cart = cart
    had = 0 if line.is_saved_for_later else line.quantity
    _check_quantity(had + quantity)
    line.quantity = had + quantity
    line.is_saved_for_later = False
    line.seen_price_minor, line.seen_currency = offer.price.minor, offer.price.currency
    if is_new:
        insert(line)
    else:
        update(line, "quantity", "is_saved_for_later", "seen_price_minor", "seen_currency")
    _touch(cart, now)
    return line


@transaction.atomic
def change_quantity(*, viewer: Viewer, line_id: UUID, quantity: int, now: datetime) -> CartLine:
    """Set a line's quantity.

    :raises QuantityOutOfRange: see the class
    :raises NotFound: no such line in the viewer's cart
    """
    _check_quantity(quantity)
    cart, line = _own_line(viewer, line_id)
    line.quantity = quantity
    update(line, "quantity")
    _touch(cart, now)
    return line


@transaction.atomic
def set_units(*, viewer: Viewer, offer_id: UUID, quantity: int, now: datetime) -> None:
    """Set how many units of an offer lie in the viewer's cart; 0 takes it out.

    :raises QuantityOutOfRange: below 0, or more than a line may hold
    :raises NotFound: the offer is not in the cart
    """
    line = cart_for_writing(viewer=viewer).lines.filter(offer_id=offer_id).first()
    if line is None:
        raise NotFound
    if quantity == 0:
        remove_line(viewer=viewer, line_id=line.id, now=now)
    else:
        change_quantity(viewer=viewer, line_id=line.id, quantity=quantity, now=now)


@transaction.atomic
def remove_line(*, viewer: Viewer, line_id: UUID, now: datetime) -> None:
    """:raises NotFound: no such line in the viewer's cart"""
    cart, line = _own_line(viewer, line_id)
    line.delete()
    _touch(cart, now)


@transaction.atomic
def save_for_later(*, viewer: Viewer, line_id: UUID, is_saved: bool, now: datetime) -> CartLine:
    """Move a line out of the sum or back into it.

    :raises NotFound: no such line in the viewer's cart
    """
    cart, line = _own_line(viewer, line_id)
    line.is_saved_for_later = is_saved
    update(line, "is_saved_for_later")
    _touch(cart, now)
    return line


@transaction.atomic
def change_line(
    *,
    viewer: Viewer,
    line_id: UUID,
    now: datetime,
    quantity: int | None = None,
    is_saved_for_later: bool | None = None,
) -> None:
    """Change what is given of a line, all or nothing.

    :raises QuantityOutOfRange, NotFound: see the parts
    """
    if quantity is not None:
        change_quantity(viewer=viewer, line_id=line_id, quantity=quantity, now=now)
    if is_saved_for_later is not None:
        save_for_later(viewer=viewer, line_id=line_id, is_saved=is_saved_for_later, now=now)


@transaction.atomic
def accept_changes(*, viewer: Viewer, now: datetime) -> None:
    """Note that the shopper has seen the prices as they are now; quantities fall to what is left."""
    cart = cart_for_writing(viewer=viewer)
    lines = list(cart.lines.all())
    offers = sellable_offers([line.offer_id for line in lines], languages=())
    for line in lines:
        offer = offers[line.offer_id]
        line.seen_price_minor, line.seen_currency = offer.price.minor, offer.price.currency
        if not line.is_saved_for_later:
            if not offer.is_buyable or not offer.free:
                line.is_saved_for_later = True
            else:
                line.quantity = min(line.quantity, offer.free)
        line.save()
    _touch(cart, now)


@transaction.atomic
def merge_guest_cart(*, user_id: UUID, guest: Grant, now: datetime) -> Cart:
    """Move a guest's lines into the customer's cart at sign-in; the larger quantity of an offer stays.

    The guest's token dies with its cart. Repeating changes nothing.
    """
    target, _created = Cart.objects.get_or_create(user_id=user_id)
    source = Cart.objects.filter(id=guest.id, user=None, token_version=guest.version).first()
    ids = [target.id] + ([source.id] if source else [])
    locked = {
        cart.id: cart
        for cart in Cart.objects.filter(id__in=ids).select_for_update(no_key=True).order_by("pk")
    }
    target = locked[target.id]
    if source is None or source.id not in locked:
        return target
    own = {line.offer_id: line for line in target.lines.all()}
    for line in source.lines.order_by("added_at"):
        if mine := own.get(line.offer_id):
            mine.quantity = max(mine.quantity, line.quantity)
            mine.is_saved_for_later = mine.is_saved_for_later and line.is_saved_for_later
            update(mine, "quantity", "is_saved_for_later")
            line.delete()
        elif len(own) < settings.MAX_CART_LINES:
            line.cart = target
            update(line, "cart")
            own[line.offer_id] = line
    if not source.checkouts.filter(state="PLACED").exists():
        source.delete()
    else:
        source.token_version += 1
        update(source, "token_version")
    _touch(target, now)
    return target


def _own_line(viewer: Viewer, line_id: UUID) -> tuple[Cart, CartLine]:
    cart = cart_for_writing(viewer=viewer)
    line = cart.lines.filter(id=line_id).first()
    if line is None:
        raise NotFound
    return cart, line


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= settings.MAX_UNITS_PER_LINE:
        raise QuantityOutOfRange(maximum=settings.MAX_UNITS_PER_LINE)


def _touch(cart: Cart, now: datetime) -> None:
    cart.updated_at = now
    update(cart, "updated_at")
