"""Listings: a category's, a search's; and what a search may become while it is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.catalog.page_tags import shelf_tag
from apps.catalog.selectors.tree import find as find_category
from apps.catalog.selectors.tree import tree
from apps.catalog.types import Crumb, TreeNode
from apps.core.clock import now
from apps.core.errors import NotFound
from apps.core.formats import currency_sign
from apps.core.web.caching import public_page, shows
from apps.core.web.requests import ShopRequest
from apps.search.selectors import suggest as suggestions
from apps.storefront.currency import currency_of
from apps.storefront.filtering import MAX_TEXT, PARAMETERS, Wanted, plain, read
from apps.storefront.languages import alternates
from apps.storefront.listing_page import ListingPage, Place, build
from apps.storefront.product_page import crumb_links

SUGGESTIONS = 8


@require_safe
@public_page(*PARAMETERS)
def category(request: ShopRequest, code: str) -> HttpResponse:
    language, currency = get_language() or "en", currency_of(request)
    node, above = _category(language, code)
    url = reverse("storefront:category", args=[code])
    wanted = replace(read(request.GET, currency=currency), category="")
    place = Place(
        base_url=url,
        language=language,
        currency=currency,
        category_path=node.path,
        below=node.children,
        link=lambda child, _wanted: reverse("storefront:category", args=[child.code]),
    )
    page = build(wanted, place, now=now())
    context = {
        "heading": node.name,
        "node": node,
        "crumbs": (*crumb_links(above), (node.name, url)),
        "up": crumb_links(above[-1:]),
        "alternates": alternates(
            lambda _code: _canonical(reverse("storefront:category", args=[code]), page)
        ),
    }
    return _show(request, page, url, context)


@require_safe
@public_page(*PARAMETERS, "category")
def search(request: ShopRequest) -> HttpResponse:
    language, currency = get_language() or "en", currency_of(request)
    url = reverse("storefront:search")
    wanted = read(request.GET, currency=currency)
    node, above, wanted = _branch(language, wanted)
    place = Place(
        base_url=url,
        language=language,
        currency=currency,
        category_path=node.path if node else "",
        below=node.children if node else tree(language),
        link=lambda child, asked: _in_branch(asked, child.code).address(url),
    )
    page = build(wanted, place, now=now())
    ups = [(crumb.name, _in_branch(page.wanted, crumb.code).address(url)) for crumb in above[-1:]]
    everywhere = (_("All categories"), _in_branch(page.wanted, "").address(url))
    context = {
        "heading": _heading(wanted),
        "node": node,
        "crumbs": (),
        "up": ups or ([everywhere] if node else []),
        "alternates": alternates(lambda _code: _canonical(reverse("storefront:search"), page)),
        "is_search": True,
    }
    return _show(request, page, url, context)


def _show(
    request: ShopRequest, page: ListingPage, url: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Only plain pages of categories are for search engines: filters multiply without end."""
    is_plain = not context.get("is_search") and not page.wanted.is_filtered
    is_indexed = is_plain and not page.wanted.sort and not page.wanted.text
    low, high = page.wanted.price_from, page.wanted.price_to
    base = {
        "page": page,
        "wanted": page.wanted,
        "base_url": url,
        "is_indexed": is_indexed,
        "currency_sign": currency_sign(currency_of(request), get_language() or "en"),
        "price_from": plain(low) if low else "",
        "price_to": plain(high) if high else "",
    }
    response = render(request, "storefront/listing.html", {**base, **context})
    if page.notes and not page.cards:  # the engine may have given up: ask again
        return response
    is_whole_shop = context.get("is_search") or page.nearest or page.popular
    return shows(response, shelf_tag("" if is_whole_shop else context["node"].path))


def _category(language: str, code: str) -> tuple[TreeNode, list[Crumb]]:
    try:
        return find_category(language, code)
    except NotFound:
        raise Http404 from None


def _branch(language: str, wanted: Wanted) -> tuple[TreeNode | None, Sequence[Crumb], Wanted]:
    """Return the branch that a search is narrowed to; an unknown one is left out, with a note."""
    if not wanted.category:
        return None, (), wanted
    try:
        node, above = find_category(language, wanted.category)
    except NotFound:
        note = _("There is no category “%(code)s”, so all are searched.") % {
            "code": wanted.category
        }
        return None, (), replace(wanted, category="", notes=(*wanted.notes, note))
    return node, above, wanted


def _in_branch(wanted: Wanted, code: str) -> Wanted:
    """The same search in another branch: filters by attributes belong to the old one."""
    return replace(wanted, category=code, page=1, facets={})


def _canonical(address: str, page: ListingPage) -> str:
    """A page's canonical address keeps the text and the page number, not filters and order."""
    return Wanted(text=page.wanted.text, page=page.wanted.page).address(address)


def _heading(wanted: Wanted) -> str:
    if wanted.text:
        return _("Search: %(text)s") % {"text": wanted.text}
    return _("All products")


@require_safe
@public_page("q")
def suggest(request: ShopRequest) -> HttpResponse:
    """What the beginning of a query may become: a fragment that the search field asks for."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:MAX_TEXT]
    language = get_language() or "en"
    found = suggestions(text, language, SUGGESTIONS) if text else []
    context = {"suggestions": found, "text": text}
    return shows(render(request, "storefront/partials/suggestions.html", context), shelf_tag())
