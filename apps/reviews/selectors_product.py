"""What everybody reads about a product: its published reviews, their histogram and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.types import Picture
from apps.core.sql import documents
from apps.reviews.rules import STARS
from apps.reviews.types import ReviewSort

PAGE_SIZE = 10
STRIP_SIZE = 12


@dataclass(frozen=True, slots=True)
class Histogram:
    """`bars` are (stars, count, percent of all) from five to one."""

    count: int
    average: float
    bars: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class PhotoView:
    picture: Picture


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the seller says to a review, in the shop's name."""

    shop: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewView:
    id: UUID
    rating: int
    author_name: str
    title: str
    text: str
    language: str
    is_verified_purchase: bool
    helpful_count: int
    created_at: datetime
    photos: tuple[PhotoView, ...]
    answer: AnswerView | None


@dataclass(frozen=True, slots=True)
class ProductReviews:
    """`reviews` are one page of them; `photos` are the newest of all."""

    histogram: Histogram
    reviews: tuple[ReviewView, ...]
    has_more: bool
    photos: tuple[PhotoView, ...]


_ORDERS = {
    ReviewSort.NEWEST: "review.id DESC",
    ReviewSort.HELPFUL: "review.helpful_count DESC, review.id DESC",
    ReviewSort.HIGHEST: "review.rating DESC, review.id DESC",
    ReviewSort.LOWEST: "review.rating, review.id DESC",
    ReviewSort.PHOTOS: "review.id DESC",
}
_PUBLISHED = "review.product_id = %(product)s AND review.status = 'PUBLISHED'"
_PICTURE = """
  json_build_object('hash', photo.content_hash, 'widths', photo.renditions,
    'width', photo.width, 'height', photo.height, 'preview', photo.preview)
"""
_HAS_PHOTOS = "EXISTS (SELECT FROM reviews_reviewphoto AS photo WHERE photo.review_id = review.id)"
_STATEMENT = f"""
SELECT
  (SELECT json_object_agg(rating, number) FROM (
    SELECT review.rating, count(*) AS number FROM reviews_review AS review
    WHERE {_PUBLISHED} GROUP BY review.rating) AS counted) AS counts,
  (SELECT json_agg(shown) FROM (
    SELECT review.id, review.rating, review.author_name, review.title, review.text, review.language,
      review.is_verified_purchase, review.helpful_count, review.created_at,
      (SELECT json_agg({_PICTURE} ORDER BY photo.position) FROM reviews_reviewphoto AS photo
        WHERE photo.review_id = review.id) AS photos,
      (SELECT json_build_object('shop', seller.name, 'text', answer.text, 'created_at', answer.created_at)
        FROM reviews_reviewanswer AS answer JOIN sellers_seller AS seller ON seller.id = answer.seller_id
        WHERE answer.review_id = review.id) AS answer
    FROM reviews_review AS review
    WHERE {_PUBLISHED} AND (%(stars)s = 0 OR review.rating = %(stars)s) AND {{wanted}}
    ORDER BY {{order}} LIMIT {PAGE_SIZE + 1} OFFSET %(start)s) AS shown) AS reviews,
  (SELECT json_agg(picture) FROM (
    SELECT {_PICTURE} AS picture FROM reviews_reviewphoto AS photo
    JOIN reviews_review AS review ON review.id = photo.review_id
    WHERE {_PUBLISHED}
    ORDER BY review.id DESC, photo.position LIMIT {STRIP_SIZE}) AS strip) AS photos
"""  # noqa: S608  our own fragments


def product_reviews(
    product_id: UUID, *, sort: ReviewSort, page: int, stars: int = 0
) -> ProductReviews:
    """Return ten reviews, `page` from 1 on, with `stars` alone (0 for all), and the sums over all. One query."""
    wanted = _HAS_PHOTOS if sort == ReviewSort.PHOTOS else "TRUE"
    (row,) = documents(
        _STATEMENT.format(wanted=wanted, order=_ORDERS[sort]),
        {"product": product_id, "stars": stars, "start": (page - 1) * PAGE_SIZE},
    )
    reviews = row["reviews"] or []
    return ProductReviews(
        histogram=_histogram(row["counts"] or {}),
        reviews=tuple(_review(review) for review in reviews[:PAGE_SIZE]),
        has_more=len(reviews) > PAGE_SIZE,
        photos=_photos(row["photos"]),
    )


def _histogram(counts: Mapping[str, int]) -> Histogram:
    rows = {int(stars): number for stars, number in counts.items()}
    count = sum(rows.values())
    return Histogram(
        count=count,
        average=sum(stars * number for stars, number in rows.items()) / count if count else 0.0,
        bars=tuple(
            (stars, rows.get(stars, 0), round(100 * rows.get(stars, 0) / count) if count else 0)
            for stars in STARS
        ),
    )


def _review(row: Mapping[str, Any]) -> ReviewView:
    return ReviewView(
        id=UUID(row["id"]),
        rating=row["rating"],
        author_name=row["author_name"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        is_verified_purchase=row["is_verified_purchase"],
        helpful_count=row["helpful_count"],
        created_at=datetime.fromisoformat(row["created_at"]),
        photos=_photos(row["photos"]),
        answer=_answer(row["answer"]) if row["answer"] else None,
    )


def _answer(row: Mapping[str, Any]) -> AnswerView:
    return AnswerView(row["shop"], row["text"], datetime.fromisoformat(row["created_at"]))


def _photos(rows: Sequence[Mapping[str, Any]] | None) -> tuple[PhotoView, ...]:
    return tuple(
        PhotoView(
            Picture(
                content_hash=row["hash"],
                widths=tuple(row["widths"]),
                width=row["width"],
                height=row["height"],
                preview=row["preview"],
            )
        )
        for row in rows or ()
    )
