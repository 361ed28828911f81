"""Letters about reviews, each cause once, in the reader's language."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from apps.catalog.selectors.briefs import product_briefs
from apps.catalog.selectors.texts import in_language
from apps.notifications.services import send_email
from apps.orders.models import Order, OrderLine
from apps.reviews.models import Review
from apps.reviews.types import ReviewStatus
from apps.sellers.models import SellerMember
from apps.sellers.types import Power

EXCERPT = 300


def tell_seller(*, review_id: UUID) -> None:
    """Tell those who may answer that what their shop sold was reviewed."""
    review = Review.objects.select_related("seller").get(id=review_id)
    if review.seller is None or review.status != ReviewStatus.PUBLISHED:
        return
    rows = SellerMember.objects.filter(seller=review.seller, user__is_active=True)
    for member in rows.select_related("user").order_by("id"):
        if not member.may(Power.ANSWER_REVIEWS):
            continue
        language = member.user.language
        send_email(
            kind="review_published",
            key=f"review_published:{review.id}:{member.user_id}",
            recipient_id=member.user_id,
            address=member.user.email,
            language=language,
            context={
                "shop": review.seller.name,
                "stars": review.rating,
                "product": title_of(review.product_id, language),
                "excerpt": _excerpt(f"{review.title} {review.text}".strip()),
                "url": f"{settings.SITE_URL}/{language}/seller/{review.seller_id}/reviews/",
            },
        )


def tell_author(*, review_id: UUID) -> None:
    """Tell an author that the shop answered."""
    review = Review.objects.select_related("author", "answer", "seller").get(id=review_id)
    answer = getattr(review, "answer", None)
    if review.author is None or review.seller is None or answer is None:
        return
    language = review.author.language
    send_email(
        kind="review_answered",
        key=f"review_answered:{review.id}",
        recipient_id=review.author_id,
        address=review.author.email,
        language=language,
        context={
            "shop": review.seller.name,
            "product": title_of(review.product_id, language),
            "excerpt": _excerpt(answer.text),
            "url": f"{settings.SITE_URL}/{language}/me/reviews/?tab=mine",
        },
    )


def invite(*, order: Order, lines: Sequence[OrderLine]) -> None:
    """Ask a buyer for reviews of these lines of an order."""
    group = order.group
    language = group.language
    send_email(
        kind="review_invitation",
        key=f"review_invitation:{order.id}",
        recipient_id=group.user_id,
        address=group.email,
        language=language,
        context={
            "number": order.number,
            "lines": [
                {
                    "title": in_language(line.titles, language) or line.sku,
                    "options": in_language(line.option_labels, language) or "",
                    "quantity": line.quantity,
                }
                for line in lines
            ],
            "url": f"{settings.SITE_URL}/{language}/me/reviews/",
        },
    )


def title_of(product_id: UUID, language: str) -> str:
    return product_briefs([product_id], language)[product_id].title


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"
