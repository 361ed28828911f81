"""A person's own reviews and purchases to review, as the account shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from apps.catalog.selectors.briefs import ProductBrief, product_briefs
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture
from apps.reviews.models import Review
from apps.reviews.selectors import may_edit
from apps.reviews.types import ReviewStatus
from apps.storefront.presenting import product_url

_TONES = {
    ReviewStatus.IN_MODERATION: "warning",
    ReviewStatus.PUBLISHED: "success",
    ReviewStatus.REJECTED: "danger",
}


@dataclass(frozen=True, slots=True)
class ShownOwnReview:
    """`product_url` is empty where the product has no page any more."""

    review: Review
    product: ProductBrief
    status: str
    tone: str
    reason: str
    product_url: str
    write_url: str
    is_editable: bool


@dataclass(frozen=True, slots=True)
class ShownPurchase:
    """A line of an order that waits for a review."""

    title: str
    options: str
    picture: Picture | None
    order_url: str
    order_number: str
    delivered_at: datetime | None
    write_url: str


def shown_own(reviews: Sequence[Any], now: datetime) -> list[ShownOwnReview]:
    """Dress reviews that a selector loaded. Three queries, for any number of them."""
    products = product_briefs([review.product_id for review in reviews], get_language() or "en")
    return [_shown(review, products[review.product_id], now) for review in reviews]


def _shown(review: Review, product: ProductBrief, now: datetime) -> ShownOwnReview:
    status = ReviewStatus(review.status)
    return ShownOwnReview(
        review=review,
        product=product,
        status=str(status.label),
        tone=_TONES.get(status, "neutral"),
        reason=str(review.get_reject_reason_display()) if review.reject_reason else "",
        product_url=product_url(product.slug, product.short_id) if product.is_public else "",
        write_url=reverse("storefront:review_write", args=[review.product_id]),
        is_editable=may_edit(review, now),
    )


def shown_lines(lines: Sequence[Any]) -> list[ShownPurchase]:
    """Dress lines with their orders loaded. No query is made here."""
    language = get_language() or "en"
    return [
        ShownPurchase(
            title=in_language(line.titles, language) or line.sku,
            options=in_language(line.option_labels, language) or "",
            picture=picture_of(line.image, language) if line.image else None,
            order_url=reverse("storefront:order", args=[line.order.group_id]),
            order_number=line.order.number,
            delivered_at=line.order.delivered_at,
            write_url=reverse("storefront:review_write", args=[line.product_id]),
        )
        for line in lines
    ]
