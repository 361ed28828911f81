"""What stands around every page: the personal part of the header, the currency, the tree, plain texts."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from apps.catalog.page_tags import shelf_tag
from apps.catalog.selectors.cards import branch_pictures, favorite_count
from apps.catalog.selectors.tree import find, tree
from apps.core.errors import NotFound
from apps.core.web.caching import private_page, public_page, shows
from apps.core.web.origins import same_origin_only
from apps.core.web.requests import ShopRequest
from apps.orders.selectors import cart_count
from apps.sellers.selectors import is_member
from apps.storefront import currency

CURRENCY_SECONDS = 60 * 60 * 24 * 365
INFO_PAGES = ("help", "terms", "sellers", "rules", "about", "privacy", "contacts")


@require_GET
@private_page
def header(request: ShopRequest) -> HttpResponse:
    """Answer the fragment that a public page asks for: who is here and what they keep."""
    context = {
        "viewer": request.viewer,
        "first_name": request.viewer.label.partition(" ")[0].partition("@")[0],
        "cart_count": cart_count(request.viewer),
        "favorite_count": favorite_count(request.viewer),
        "is_seller": is_member(request.viewer),
    }
    return render(request, "frame/header.html", context)


@same_origin_only
@require_POST
@private_page
def set_currency(request: ShopRequest) -> HttpResponse:
    """Remember the currency of prices for a year and go back to the page."""
    response = HttpResponseRedirect(_own_page(request))
    chosen = request.POST.get("currency", "")
    if chosen in settings.SHOP_CURRENCIES:
        response.set_cookie(
            currency.COOKIE,
            chosen,
            max_age=CURRENCY_SECONDS,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


def _own_page(request: ShopRequest) -> str:
    """Return `next` where it is a page of this very host, else the front page."""
    wanted = request.POST.get("next", "")
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else reverse("storefront:home")


@require_GET
@public_page()
def catalogue(request: ShopRequest) -> HttpResponse:
    """Show every root with a picture of what sells best in it, and what is below."""
    language = get_language() or "en"
    pictures = branch_pictures(language)
    context = {"roots": [(root, pictures.get(root.path)) for root in tree(language)]}
    return shows(render(request, "frame/catalogue.html", context), shelf_tag())


@require_GET
@public_page("root")
def menu(request: ShopRequest) -> HttpResponse:
    """Answer the two-pane menu with one root open; ?root= answers another root's pane alone."""
    language = get_language() or "en"
    if code := request.GET.get("root", ""):
        try:
            opened, _above = find(language, code)
        except NotFound:
            raise Http404 from None
        return shows(render(request, "frame/menu.html#pane", {"opened": opened}))
    roots = tree(language)
    context = {"roots": roots, "opened": roots[0] if roots else None}
    return shows(render(request, "frame/menu.html", context))


@require_GET
@public_page()
def info(request: ShopRequest, page: str) -> HttpResponse:
    if page not in INFO_PAGES:
        raise Http404
    return shows(render(request, f"frame/info/{page}.html", {"page": page}))
