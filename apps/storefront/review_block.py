"""Reviews on the product page: histogram, photos, ten reviews, links to the other orders of them."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from apps.reviews.models import ReviewPhoto
from apps.reviews.selectors import Histogram, ReviewPage, histogram, photo_strip, review_page
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
class ShownReviews:
    """`url` is the page as it is shown now: where a vote leads back to."""

    histogram: Histogram
    bars: tuple[Bar, ...]
    page: ReviewPage
    sorts: tuple[tuple[str, str, bool], ...]
    stars: int
    all_url: str
    more_url: str
    url: str
    photos: list[ReviewPhoto]


def shown_reviews(product_id: UUID, url: str, sku: str, choice: ReviewChoice) -> ShownReviews:
    """Read the block in four queries."""

    def link(sort: ReviewSort = choice.sort, page: int = 1, stars: int = choice.stars) -> str:
        query: dict[str, str | int] = {"sku": sku} if sku else {}
        if sort != ReviewSort.NEWEST:
            query["reviews"] = sort
        if stars:
            query["stars"] = stars
        if page > 1:
            query["reviews_page"] = page
        return f"{url}?{urlencode(query)}#reviews" if query else f"{url}#reviews"

    page = review_page(product_id, sort=choice.sort, page=choice.page, stars=choice.stars)
    sums = histogram(product_id)
    return ShownReviews(
        histogram=sums,
        bars=tuple(
            Bar(
                stars=stars,
                count=count,
                percent=percent,
                url=link(stars=0 if stars == choice.stars else stars),
                is_current=stars == choice.stars,
            )
            for stars, count, percent in sums.bars
        ),
        page=page,
        sorts=tuple((str(sort.label), link(sort=sort), sort == choice.sort) for sort in ReviewSort),
        stars=choice.stars,
        all_url=link(stars=0),
        more_url=link(page=choice.page + 1) if page.has_more else "",
        url=link(page=choice.page),
        photos=photo_strip(product_id),
    )
