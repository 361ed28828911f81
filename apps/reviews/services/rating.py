"""The rating of a product: the mean of its published reviews, handed down to the catalogue.

Invariant: it is computed under a lock of its own after the change that calls for it, so of two
changes at once the later counts the earlier.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from apps.catalog.services import products
from apps.core.locks import advisory_lock, note_lock
from apps.core.pauses import pause_point
from apps.reviews.locks import RATING
from apps.reviews.models import Review
from apps.reviews.rules import rating_hundredths


def lock_rating(product_id: UUID) -> None:
    """Hold a product's rating until the transaction ends."""
    note_lock(RATING)
    advisory_lock("reviews.rating", product_id)


@transaction.atomic
def refresh_rating(*, product_id: UUID) -> None:
    """Recompute a product's rating from its published reviews; the catalogue announces the card."""
    lock_rating(product_id)
    found = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).aggregate(
        stars=Sum("rating"), count=Count("id")
    )
    pause_point("reviews.rating")
    products.set_rating(
        product_id=product_id,
        rating_hundredths=rating_hundredths(found["stars"] or 0, found["count"]),
        rating_count=found["count"],
    )
