"""Reads of reviews: what is published is public."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.reviews.models import Review

STARS = (5, 4, 3, 2, 1)
PAGE_SIZE = 10
ORDERS = {
    "newest": ("-id",),
    "highest": ("-rating", "-id"),
    "lowest": ("rating", "-id"),
}


@dataclass(frozen=True, slots=True)
class Histogram:
    """`bars` are (stars, count, percent of all) from five to one."""

    count: int
    average: float
    bars: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    reviews: tuple[Review, ...]
    has_more: bool


def histogram(product_id: UUID) -> Histogram:
    rows = dict(published(product_id).order_by().values_list("rating").annotate(count=Count("id")))
    count = sum(rows.values())
    average = sum(stars * number for stars, number in rows.items()) / count if count else 0.0
    return Histogram(
        count=count,
        average=average,
        bars=tuple(
            (stars, rows.get(stars, 0), round(100 * rows.get(stars, 0) / count) if count else 0)
            for stars in STARS
        ),
    )


def published(product_id: UUID) -> QuerySet[Review]:
    """The published reviews of a product, newest first."""
    return Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).order_by(
        "-id"
    )


def review_page(product_id: UUID, *, sort: str, page: int) -> ReviewPage:
    """Return ten published reviews, `page` from 1 on; `sort` is a key of ORDERS. One query."""
    start = (page - 1) * PAGE_SIZE
    rows = list(published(product_id).order_by(*ORDERS[sort])[start : start + PAGE_SIZE + 1])
    return ReviewPage(reviews=tuple(rows[:PAGE_SIZE]), has_more=len(rows) > PAGE_SIZE)
