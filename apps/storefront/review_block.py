"""Reviews on the product page: histogram, photos, ten reviews, links to the other orders of them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone

from apps.core.formats import format_day
from apps.reviews.selectors_product import Histogram, PhotoView, ReviewView, product_reviews
from apps.reviews.types import ReviewSort


@dataclass(frozen=True, slots=True)
class ReviewChoice:
    """Which reviews to show: the order, the page from 1 on, how many stars (0: all)."""

    sort: ReviewSort = ReviewSort.NEWEST
    page: int = 1
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the histogram; `url` shows the reviews with these stars alone, or all again."""

    stars: int
    count: int
    percent: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShownReview:
    """Days are in words, as of now; `answered_on` is empty where there is no answer."""

    review: ReviewView
    written_on: str
    answered_on: str


@dataclass(frozen=True, slots=True)
class ShownReviews:
    """`url` is the page as it is shown now: where a vote leads back to."""

    histogram: Histogram
    bars: tuple[Bar, ...]
    reviews: tuple[ShownReview, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    stars: int
    all_url: str
    more_url: str
    url: str
    photos: tuple[PhotoView, ...]


def shown_reviews(product_id: UUID, url: str, sku: str, choice: ReviewChoice) -> ShownReviews:
    """Read the block in one query."""

    def link(sort: ReviewSort = choice.sort, page: int = 1, stars: int = choice.stars) -> str:
        query: dict[str, str | int] = {"sku": sku} if sku else {}
        if sort != ReviewSort.NEWEST:
            query["reviews"] = sort
        if stars:
            query["stars"] = stars
        if page > 1:
            query["reviews_page"] = page
        return f"{url}?{urlencode(query)}#reviews" if query else f"{url}#reviews"

    found = product_reviews(product_id, sort=choice.sort, page=choice.page, stars=choice.stars)
    return ShownReviews(
        histogram=found.histogram,
        bars=tuple(
            Bar(
                stars=stars,
                count=count,
                percent=percent,
                url=link(stars=0 if stars == choice.stars else stars),
                is_current=stars == choice.stars,
            )
            for stars, count, percent in found.histogram.bars
        ),
        reviews=tuple(_shown(review) for review in found.reviews),
        sorts=tuple((str(sort.label), link(sort=sort), sort == choice.sort) for sort in ReviewSort),
        stars=choice.stars,
        all_url=link(stars=0),
        more_url=link(page=choice.page + 1) if found.has_more else "",
        url=link(page=choice.page),
        photos=found.photos,
    )


def _shown(review: ReviewView) -> ShownReview:
    return ShownReview(
        review=review,
        written_on=_day(review.created_at),
        answered_on=_day(review.answer.created_at) if review.answer else "",
    )


def _day(moment: datetime) -> str:
    return format_day(timezone.localtime(moment).date())
