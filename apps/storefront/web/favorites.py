"""Favourites: the list, and the button that puts a product on it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.selectors.cards import favorite_ids, popular_ids
from apps.catalog.services import shelves
from apps.core.clock import now
from apps.core.errors import NotFound
from apps.core.web.caching import private_page
from apps.core.web.origins import same_origin_only
from apps.core.web.requests import ShopRequest
from apps.storefront.currency import currency_of
from apps.storefront.presenting import shown_cards

SUGGESTED = 10


@require_safe
@private_page
def show(request: ShopRequest) -> HttpResponse:
    """The viewer's favourites; a guest is told why there are none and led to sign in."""
    language, currency = get_language() or "en", currency_of(request)
    own = favorite_ids(request.viewer)
    ids = own or popular_ids(SUGGESTED)
    cards = shown_cards(ids, language=language, currency=currency, now=now())
    context = {
        "favorites": cards if own else [],
        "popular": [] if own else cards,
        "is_guest": request.viewer.user_id is None,
        "sign_in_url": _sign_in_url(reverse("storefront:favorites")),
    }
    return render(request, "storefront/favorites.html", context)


@require_POST
@same_origin_only
@private_page
def set_favorite(request: ShopRequest) -> HttpResponse:
    """Put a product on the list or take it off, then lead back; guests sign in first."""
    back = _next_of(request)
    if request.viewer.user_id is None:
        return _led(request, _sign_in_url(back))
    is_favorite = request.POST.get("is_favorite") == "1"
    try:
        product_id = UUID(request.POST.get("product_id", ""))
        shelves.set_favorite(
            user_id=request.viewer.user_id, product_id=product_id, is_favorite=is_favorite
        )
    except (ValueError, NotFound):
        raise Http404 from None
    if request.headers.get("HX-Request"):
        context = {"product_id": product_id, "is_favorite": is_favorite, "next": back}
        return render(request, "storefront/partials/favorite.html", context)
    return HttpResponseRedirect(back)


def _led(request: ShopRequest, url: str) -> HttpResponse:
    """Lead the whole page on, also when a fragment was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _next_of(request: ShopRequest) -> str:
    """Return the address to go back to, when it is our own."""
    sent = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        sent, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return sent
    return reverse("storefront:favorites")


def _sign_in_url(back: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': back})}"
