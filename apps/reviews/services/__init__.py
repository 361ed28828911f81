"""Reviews: write, photograph, moderate, answer, vote, invite. The product's rating is handed down."""

from apps.reviews.services.rating import refresh_rating

__all__ = ["refresh_rating"]
