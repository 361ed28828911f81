"""The cart: look, add, change, accept what changed meanwhile."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.selectors.cards import favorite_ids, viewed_ids
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.viewer import GrantToken
from apps.core.web.middleware import CART_COOKIE
from apps.core.web.origins import same_origin_only
from apps.core.web.requests import ShopRequest
from apps.orders.models import CartLine
from apps.orders.services import carts
from apps.orders.services.carts import OfferNotForSale, QuantityOutOfRange
from apps.storefront.currency import currency_of
from apps.storefront.presenting import in_order, shown_cards
from apps.storefront.trade.cart_page import shown_cart
from apps.storefront.web.refusals import is_htmx, own_address, personal_page

COOKIE_SECONDS = 90 * 24 * 60 * 60
SUGGESTED = 10
MAX_DIGITS = 9


@require_safe
@personal_page
def show(request: ShopRequest) -> HttpResponse:
    return render(request, "storefront/cart.html", _context(request))


@require_POST
@same_origin_only
@personal_page
def add(request: ShopRequest) -> HttpResponse:
    """Put an offer in, from any page; a guest's browser gets the cart's token."""
    try:
        line = carts.add_line(
            viewer=request.viewer,
            offer_id=_offer_id(request),
            quantity=_quantity(request.POST.get("quantity", "1")),
            now=clock.now(),
        )
    except DomainError as refusal:
        return _after_adding(request, None, str(refusal))
    response = _after_adding(request, line, _("It is in your cart."))
    if request.viewer.user_id is None:
        _keep_token(request, response, line)
    return response


def _after_adding(request: ShopRequest, line: CartLine | None, text: str) -> HttpResponse:
    cart_url = reverse("storefront:cart")
    if is_htmx(request):
        happened: dict[str, Any] = {
            "notice": {"kind": "success" if line else "error", "text": text}
        }
        if line:
            happened["cart-changed"] = {
                "offer_id": str(line.offer_id),
                "quantity": line.quantity,
                "maximum": settings.MAX_UNITS_PER_LINE,
            }
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    messages.add_message(request, messages.SUCCESS if line else messages.ERROR, text)
    back = own_address(request, request.POST.get("next", ""), cart_url)
    # A page that caches may keep shows no message: a refusal is told in the cart.
    return HttpResponseRedirect(back if line else cart_url)


@require_POST
@same_origin_only
@personal_page
def set_units(request: ShopRequest) -> HttpResponse:
    """One more, one fewer on a card: the number of units of an offer, 0 takes it out."""
    try:
        carts.set_units(
            viewer=request.viewer,
            offer_id=_offer_id(request),
            quantity=_quantity(request.POST.get("quantity", "")),
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _changed_units(request, messages.ERROR, str(refusal))
    return _changed_units(request, messages.SUCCESS, _("The quantity is changed."))


def _changed_units(request: ShopRequest, level: int, text: str) -> HttpResponse:
    if not is_htmx(request):
        return _changed(request, level, text)
    if level == messages.ERROR:
        happened = {"notice": {"kind": "error", "text": text}}
        return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(happened)})
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"cart-changed": {}})})


def _keep_token(request: ShopRequest, response: HttpResponse, line: CartLine) -> None:
    response.set_cookie(
        CART_COOKIE,
        GrantToken.write(carts.grant_of(line.cart)),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


@require_POST
@personal_page
def change_line(request: ShopRequest, line_id: UUID) -> HttpResponse:
    try:
        text = _change(request, line_id)
    except NotFound:
        raise
    except DomainError as refusal:
        return _changed(request, messages.ERROR, str(refusal))
    return _changed(request, messages.SUCCESS, text)


def _change(request: ShopRequest, line_id: UUID) -> str:
    """Do what the button says and return the words for it."""
    viewer, now = request.viewer, clock.now()
    match request.POST.get("action"):
        case "remove":
            carts.remove_line(viewer=viewer, line_id=line_id, now=now)
            return _("Removed from the cart.")
        case "save":
            carts.save_for_later(viewer=viewer, line_id=line_id, is_saved=True, now=now)
            return _("Saved for later.")
        case "restore":
            carts.save_for_later(viewer=viewer, line_id=line_id, is_saved=False, now=now)
            return _("Back in the cart.")
        case _:
            quantity = _quantity(request.POST.get("quantity", ""))
            carts.change_quantity(viewer=viewer, line_id=line_id, quantity=quantity, now=now)
            return _("The quantity is changed.")


@require_POST
@personal_page
def accept(request: ShopRequest) -> HttpResponse:
    carts.accept_changes(viewer=request.viewer, now=clock.now())
    return _changed(request, messages.SUCCESS, _("The cart is up to date."))


def _changed(request: ShopRequest, level: int, text: str) -> HttpResponse:
    if not is_htmx(request):
        messages.add_message(request, level, text)
        return HttpResponseRedirect(reverse("storefront:cart"))
    kind = "error" if level == messages.ERROR else "success"
    context = _context(request) | {"notice": {"kind": kind, "text": text}}
    response = render(request, "storefront/cart.html#cart", context)
    response["HX-Trigger"] = "cart-changed"
    return response


def _context(request: ShopRequest) -> dict[str, Any]:
    language, currency, now = get_language() or "en", currency_of(request), clock.now()
    cart = shown_cart(request.viewer, language=language, currency=currency, now=now)
    context: dict[str, Any] = {"cart": cart, "notice": None, "favorites": [], "viewed": []}
    if cart.is_empty and request.viewer.user_id is not None:
        liked, seen = favorite_ids(request.viewer, SUGGESTED), viewed_ids(request.viewer, SUGGESTED)
        cards = shown_cards([*liked, *seen], language=language, currency=currency, now=now)
        context |= {"favorites": in_order(cards, liked), "viewed": in_order(cards, seen)}
    return context


def _offer_id(request: ShopRequest) -> UUID:
    """:raises OfferNotForSale: not an id at all"""
    try:
        return UUID(request.POST.get("offer_id", ""))
    except ValueError:
        raise OfferNotForSale from None


def _quantity(text: str) -> int:
    """:raises QuantityOutOfRange: not a whole number"""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise QuantityOutOfRange(maximum=settings.MAX_UNITS_PER_LINE)
    return int(text)
