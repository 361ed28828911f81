"""The product page, and what a browser asks for or tells about it by itself."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.page_tags import product_tag, shelf_tag
from apps.catalog.selectors.cards import is_favorite
from apps.catalog.selectors.products import product_page
from apps.catalog.services import shelves
from apps.catalog.types import ProductView
from apps.core.clock import now
from apps.core.errors import NotFound
from apps.core.web.caching import private_page, public_page, shows
from apps.core.web.origins import same_origin_only
from apps.core.web.requests import ShopRequest
from apps.reviews.rules import STARS
from apps.reviews.types import ReviewSort
from apps.storefront import markup
from apps.storefront.currency import currency_of
from apps.storefront.languages import Alternates, alternates
from apps.storefront.presenting import product_url
from apps.storefront.product_page import (
    ProductPage,
    build,
    slug_in,
)
from apps.storefront.review_block import ReviewChoice

MAX_REVIEW_PAGE = 50
MAX_SKU = 80


@require_safe
@public_page("sku", "reviews", "stars", "reviews_page")
def show(request: ShopRequest, slug: str, short_id: str) -> HttpResponse:
    language = get_language() or "en"
    sku = request.GET.get("sku", "")
    product = _find(short_id, language, sku)
    if slug != product.slug:
        query = request.GET.urlencode()
        address = product_url(product.slug, product.short_id)
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    page = build(
        product,
        language=language,
        currency=currency_of(request),
        now=now(),
        sku=sku,
        reviews=_review_choice(request),
    )
    links = alternates(lambda code: product_url(slug_in(product, code), product.short_id))
    images = [markup.absolute(large) for _picture, large in page.gallery]
    context = {
        "product": product,
        "page": page,
        "alternates": links,
        "image_url": images[0] if images else "",
        "structured": _structured(product, page, links, images),
    }
    return shows(
        render(request, "storefront/product.html", context),
        product_tag(product.product_id),
        shelf_tag(product.category_path),
    )


def _find(short_id: str, language: str, sku: str) -> ProductView:
    """Read the product; an unknown `sku` leads to 404, as an unknown product does."""
    if "\0" in sku or len(sku) > MAX_SKU or "\0" in short_id:
        raise Http404
    try:
        return product_page(short_id=short_id, language=language, sku=sku or None)
    except NotFound:
        raise Http404 from None


def _review_choice(request: ShopRequest) -> ReviewChoice:
    """Read order, stars and page of reviews; what is not known counts as not given."""
    sort, stars = request.GET.get("reviews", ""), request.GET.get("stars", "")
    page = request.GET.get("reviews_page", "1")
    is_page = page.isascii() and page.isdigit() and len(page) < len(str(MAX_REVIEW_PAGE)) + 1
    return ReviewChoice(
        sort=ReviewSort(sort) if sort in ReviewSort.values else ReviewSort.NEWEST,
        page=min(max(int(page), 1), MAX_REVIEW_PAGE) if is_page else 1,
        stars=int(stars) if stars in {str(number) for number in STARS} else 0,
    )


def _structured(
    product: ProductView, page: ProductPage, links: Alternates, images: list[str]
) -> list[str]:
    price = page.best.price if page.best else page.last_price
    data = markup.product_data(
        product,
        url=links.canonical,
        image_urls=images,
        price=price,
        stars=page.reviews.histogram,
    )
    crumbs = markup.breadcrumb_data(page.crumbs)
    return [markup.as_script_text(data), markup.as_script_text(crumbs)]


@require_safe
@private_page
def personal(request: ShopRequest, product_id: UUID) -> HttpResponse:
    """The favourite button as this visitor sees it; it tells signed-in browsers to note the view."""
    context = {
        "product_id": product_id,
        "is_favorite": is_favorite(request.viewer, product_id),
        "notes_view": request.viewer.user_id is not None,
        "next": request.headers.get("HX-Current-URL", ""),
    }
    return render(request, "storefront/partials/favorite.html", context)


@require_POST
@same_origin_only
@private_page
def note_viewed(request: ShopRequest, product_id: UUID) -> HttpResponse:
    """Remember that the signed-in visitor looked at the product; for others there is nothing to do."""
    if request.viewer.user_id is not None:
        try:
            shelves.note_viewed(user_id=request.viewer.user_id, product_id=product_id, now=now())
        except NotFound:
            raise Http404 from None
    return HttpResponse(status=204)
