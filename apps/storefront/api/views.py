"""Products: cards of a category under filters, and one product with its offers."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.selectors import tree
from apps.catalog.selectors.products import product_page
from apps.catalog.types import OfferView
from apps.core import clock
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.views import ApiView
from apps.core.errors import InvalidInput
from apps.core.money import Money
from apps.pricing.selectors import default_currency
from apps.search.selectors import find
from apps.search.types import Filters, SearchQuery, Sort
from apps.storefront.api.serializers import (
    ProductOut,
    ProductQuery,
    ProductsOut,
    ProductsQuery,
)
from apps.storefront.currency import shown
from apps.storefront.presenting import product_url, shown_cards

# Deeper pages cost the engine more than they give anybody.
MAX_OFFSET = 1000


class CursorInvalid(InvalidInput):
    code = "input.cursor_invalid"
    message = _("This cursor is not one of ours, or it leads too far.")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    digits = cursor.removeprefix("p")
    if not (cursor.startswith("p") and digits.isascii() and digits.isdigit()):
        raise CursorInvalid
    if int(digits) > MAX_OFFSET:
        raise CursorInvalid
    return int(digits)


class ProductsView(ApiView):
    permission_classes = [Public]

    @described("Cards of products", query=ProductsQuery, answer=ProductsOut, errors=(404,))
    def get(self, request: Request) -> Response:
        asked = self.read_query(ProductsQuery)
        currency = asked.get("currency") or default_currency(self.language)
        query = self._query(asked, currency)
        found = find(query, with_facets=False)
        end = query.offset + query.limit
        is_more = found.total > end and end <= MAX_OFFSET
        cards = shown_cards(
            found.product_ids, language=self.language, currency=currency, now=clock.now()
        )
        body = {
            "next": f"p{end}" if is_more else None,
            "total": found.total,
            "is_total_exact": found.is_total_exact,
            "results": cards,
        }
        return Response(ProductsOut.of(body))

    def _query(self, asked: dict[str, Any], currency: str) -> SearchQuery:
        path = ""
        if code := asked.get("category"):
            path = tree.find(self.language, code)[0].path
        return SearchQuery(
            category_path=path,
            language=self.language,
            filters=_filters(asked, currency),
            sort=Sort(asked["sort"]),
            offset=_offset(asked.get("cursor", "")),
            limit=asked["limit"],
        )


def _filters(asked: dict[str, Any], currency: str) -> Filters:
    facets: dict[str, list[str]] = defaultdict(list)
    for pair in filter(None, asked.get("facets", "").split(",")):
        code, _colon, value = pair.partition(":")
        facets[code].append(value)

    def base(name: str) -> int | None:
        minor = asked.get(name)
        if minor is None:
            return None
        return shown(Money(minor, currency), settings.BASE_CURRENCY).minor

    stars = asked.get("rating_from")
    return Filters(
        price_from_base_minor=base("price_from_minor"),
        price_to_base_minor=base("price_to_minor"),
        rating_from_hundredths=stars * 100 if stars else None,
        brand_ids=(asked["brand_id"],) if "brand_id" in asked else (),
        seller_ids=(asked["seller_id"],) if "seller_id" in asked else (),
        in_stock=asked["in_stock"],
        facets={code: tuple(values) for code, values in facets.items()},
    )


class ProductView(ApiView):
    permission_classes = [Public]

    @described("One product", query=ProductQuery, answer=ProductOut, errors=(404,))
    def get(self, request: Request, short_id: str) -> Response:
        asked = self.read_query(ProductQuery)
        currency = asked.get("currency") or default_currency(self.language)
        found = product_page(short_id=short_id, language=self.language, sku=asked.get("sku"))
        page = replace(found, offers=tuple(_in_currency(o, currency) for o in found.offers))
        body = {name: getattr(page, name) for name in page.__dataclass_fields__}
        return Response(ProductOut.of(body | {"url": product_url(page.slug, page.short_id)}))


def _in_currency(offer: OfferView, currency: str) -> OfferView:
    return replace(
        offer,
        price=shown(offer.price, currency),
        old_price=shown(offer.old_price, currency) if offer.old_price else None,
        lowest_30_days=shown(offer.lowest_30_days, currency) if offer.lowest_30_days else None,
    )
