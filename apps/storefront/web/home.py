"""The front page, and the small personal block that a browser asks for by itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.catalog.page_tags import shelf_tag
from apps.catalog.selectors.cards import (
    branch_pictures,
    shelf_ids,
    viewed_ids,
)
from apps.catalog.selectors.tree import tree
from apps.core.clock import now
from apps.core.web.caching import private_page, public_page, shows
from apps.core.web.requests import ShopRequest
from apps.orders.selectors import cart_count
from apps.storefront.currency import currency_of
from apps.storefront.languages import alternates
from apps.storefront.presenting import in_order, shown_cards

SHELF = 10
VIEWED = 6


@require_safe
@public_page()
def show(request: ShopRequest) -> HttpResponse:
    language = get_language() or "en"
    shelves = shelf_ids(SHELF)
    wanted = list(dict.fromkeys([*shelves.deals, *shelves.newest, *shelves.popular]))
    found = shown_cards(wanted, language=language, currency=currency_of(request), now=now())
    pictures = branch_pictures(language)
    context = {
        "tiles": tuple((node.name, node.code, pictures.get(node.path)) for node in tree(language)),
        "deals": in_order(found, shelves.deals),
        "newest": in_order(found, shelves.newest),
        "popular": in_order(found, shelves.popular),
        "alternates": alternates(lambda _language: reverse("storefront:home")),
    }
    return shows(render(request, "storefront/home.html", context), shelf_tag())


@require_safe
@private_page
def personal(request: ShopRequest) -> HttpResponse:
    """What this visitor may go on with: the cart and the products viewed last."""
    language = get_language() or "en"
    viewed = shown_cards(
        viewed_ids(request.viewer, VIEWED),
        language=language,
        currency=currency_of(request),
        now=now(),
    )
    context = {"viewed": viewed, "cart_count": cart_count(request.viewer)}
    return render(request, "storefront/partials/continue.html", context)
