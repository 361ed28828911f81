"""Reviews: store and sum up; the product's rating is handed down to the catalogue."""

from uuid import UUID

from django.db import transaction
from django.db.models import Avg, Count

from apps.catalog.services import products
from apps.reviews.models import Review


@transaction.atomic
def refresh_rating(*, product_id: UUID) -> None:
    """Recompute a product's rating from its published reviews (hundredths of a star, half up)."""
    found = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).aggregate(
        mean=Avg("rating"), count=Count("id")
    )
    products.set_rating(
        product_id=product_id,
        rating_hundredths=int(float(found["mean"] or 0) * 100 + 0.5),
        rating_count=found["count"],
    )
