"""Data for search engines and link previews inside a page."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from apps.catalog.types import ProductView
from apps.core.money import Money
from apps.reviews.selectors_product import Histogram

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script_text(data: dict[str, Any]) -> SafeString:
    """Write JSON that cannot end its script element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308  escaped above


def product_data(
    product: ProductView, *, url: str, image_urls: list[str], price: Money | None, stars: Histogram
) -> dict[str, Any]:
    """Describe a product as schema.org/Product."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": product.description[:5000],
        "sku": product.sku,
        "url": url,
        "image": image_urls,
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    if product.codes:
        data["gtin"] = product.codes[0]
    if stars.count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(stars.average, 2),
            "reviewCount": stars.count,
        }
    if price is not None:
        data["offers"] = {
            "@type": "Offer",
            "price": str(price.major),
            "priceCurrency": price.currency,
            "availability": "https://schema.org/"
            + ("InStock" if product.best_offer else "OutOfStock"),
            "url": url,
        }
    return data


def breadcrumb_data(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Describe the way down the tree as schema.org/BreadcrumbList; addresses are paths."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": settings.SITE_URL + url,
            }
            for position, (name, url) in enumerate(crumbs, start=1)
        ],
    }


def absolute(address: str) -> str:
    """Add the shop's origin to an address that has none."""
    return address if "://" in address else settings.SITE_URL + address
