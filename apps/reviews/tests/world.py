"""Bought things and reviews of them, for tests."""

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import delivered_order
from apps.orders.tests.services.world import now
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.services.moderation import publish_review
from apps.reviews.services.photos import add_photo
from apps.reviews.services.writing import write_review
from apps.reviews.types import ReviewDraft
from apps.sellers.models import SellerMember
from marketplace.tests.world import World, make_user


def product_of(world: World, index: int = 0) -> Product:
    product: Product = world.offers[index].variant.product
    return product


def png(color: tuple[int, int, int] = (200, 60, 40), size: tuple[int, int] = (64, 48)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, "PNG")
    return content.getvalue()


def photo(actor: Viewer, color: tuple[int, int, int] = (200, 60, 40)) -> ReviewPhoto:
    return add_photo(content=png(color), actor=actor, now=now())


def bought(world: World, *offers: int) -> Order:
    """The world's buyer receives one unit of each of these offers of the first seller."""
    return delivered_order(world, offers=offers or (0,))


def another_buyer(world: World, number: int) -> Viewer:
    """Somebody else who received a unit of the first offer."""
    user = make_user(f"buyer{number}@people.example", full_name=f"Buyer {number}")
    delivered_order(replace(world, buyer=user), offers=(0,))
    return viewer_of(user)


def written(world: World, index: int = 0, actor: Viewer | None = None, **given: Any) -> Review:
    draft = ReviewDraft(**({"rating": 4, "text": "Holds tea."} | given))
    return write_review(
        product_id=product_of(world, index).id,
        draft=draft,
        actor=actor or world.viewer(),
        now=now(),
    )


def published(world: World, index: int = 0, actor: Viewer | None = None, **given: Any) -> Review:
    review = written(world, index, actor, **given)
    return publish_review(review_id=review.id, actor=SYSTEM, reason="", now=now())


def rating(world: World, index: int = 0) -> tuple[int, int]:
    """(hundredths, count) on the card."""
    row = Product.objects.get(id=product_of(world, index).id)
    return row.rating_hundredths, row.rating_count


def seller_viewer(world: World, index: int = 0) -> Viewer:
    member = SellerMember.objects.get(seller=world.sellers[index], role="OWNER")
    return viewer_of(member.user)


def member_viewer(world: World, role: str) -> Viewer:
    user: User = make_user(f"{role.lower()}@sellers.example")
    SellerMember.objects.create(seller=world.sellers[0], user=user, role=role)
    return viewer_of(user)
