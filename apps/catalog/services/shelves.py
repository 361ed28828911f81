"""Favourites and viewed products of a customer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Favorite, Product, ViewedProduct
from apps.core.errors import NotFound

VIEWED_KEPT = 60


def set_favorite(*, user_id: UUID, product_id: UUID, is_favorite: bool) -> None:
    """Put a product on the list or take it off; repeating changes nothing.

    :raises NotFound: no such product in the shop
    """
    _check_published(product_id)
    if is_favorite:
        Favorite.objects.bulk_create(
            [Favorite(user_id=user_id, product_id=product_id)], ignore_conflicts=True
        )
    else:
        Favorite.objects.filter(user_id=user_id, product_id=product_id).delete()


@transaction.atomic
def note_viewed(*, user_id: UUID, product_id: UUID, now: datetime) -> None:
    """Remember a viewed product; the oldest beyond the last 60 are forgotten.

    :raises NotFound: no such product in the shop
    """
    _check_published(product_id)
    ViewedProduct.objects.update_or_create(
        user_id=user_id, product_id=product_id, defaults={"viewed_at": now}
    )
    kept = ViewedProduct.objects.filter(user_id=user_id).order_by("-viewed_at")
    ViewedProduct.objects.filter(
        id__in=list(kept.values_list("id", flat=True)[VIEWED_KEPT:])
    ).delete()


def _check_published(product_id: UUID) -> None:
    if not Product.objects.filter(id=product_id, status=Product.Status.PUBLISHED).exists():
        raise NotFound
