"""Reviews by the demo's buyers of what they received: photos, answers, votes, one in moderation.

Made by the same services as a shopper's. What was received last waits for its review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage

from apps.accounts.models import User
from apps.catalog.models import ProductImage
from apps.catalog.services.images import rendition_key
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.orders.models import OrderLine
from apps.orders.selectors_kept import kept_lines
from apps.reviews.models import Review
from apps.reviews.services.answering import answer_review
from apps.reviews.services.moderation import publish_review
from apps.reviews.services.photos import add_photo
from apps.reviews.services.voting import set_helpful
from apps.reviews.services.writing import write_review
from apps.reviews.types import ReviewDraft
from apps.sandbox.demo.orders import AZIZA, IVAN, OLIVIA
from apps.sellers.models import SellerMember
from apps.sellers.types import MemberRole

BUYERS = (AZIZA, IVAN, OLIVIA)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, and what the shop answers; `photos` are of the product's own drawn ones."""

    rating: int
    title: str
    text: str
    answer: str = ""
    photos: int = 0
    is_published: bool = True


# By the buyer's language, in the order of what they received.
SAID: dict[str, Sequence[Words]] = {
    "uz": (
        Words(
            5,
            "Kutganimdan ham yaxshi",
            "Rasmdagidek, puxta ishlangan. Ikki haftadan beri har kuni ishlataman.\n\nQutisi ham butun keldi.",
            answer="Rahmat! Uzoq xizmat qilsin.",
            photos=2,
        ),
    ),
    "ru": (
        Words(
            5,
            "Отличная покупка",
            "Качество на высоте, цвет как на фото. Брал в подарок, остались довольны.",
            answer="Спасибо, что выбрали нас. Будем рады видеть вас снова.",
            photos=1,
        ),
        Words(
            2,
            "Ожидал большего",
            "Работает, но собрано неаккуратно: на шве видна нитка. Возвращать не стал.",
        ),
        Words(
            4,
            "",
            "Всё хорошо, только упаковка помялась в дороге.",
            photos=1,
            is_published=False,
        ),
    ),
    "en": (
        Words(
            4,
            "Good value",
            "Does what it should and looks nicer than in the pictures. One star off for the thin box.",
            answer="Thank you. We have ordered stronger boxes.",
            photos=2,
        ),
    ),
}
# Of several products that a buyer received the last waits under "To write".
LEFT = 1


def ensure_written(*, now: datetime) -> None:
    """Write every review once: none when a buyer of the demo has written already."""
    buyers = [User.objects.get(email=email) for email in BUYERS]
    if Review.objects.filter(author__in=buyers).exists():
        return
    reviews = [
        review for buyer in buyers for review in _reviews_of(viewer_of(buyer), buyer.language, now)
    ]
    for review in reviews:
        if review.status == Review.Status.PUBLISHED:
            for voter in buyers:
                if voter.id != review.author_id:
                    set_helpful(
                        review_id=review.id, is_helpful=True, actor=viewer_of(voter), now=now
                    )


def _reviews_of(viewer: Viewer, language: str, now: datetime) -> list[Review]:
    lines: dict[UUID, OrderLine] = {}
    for line in kept_lines(viewer).order_by("id"):
        lines.setdefault(line.product_id, line)
    received = list(lines.values())
    said = zip(received[: max(len(received) - LEFT, 1)], SAID[language], strict=False)
    return [_write(viewer, line, words, language, now) for line, words in said]


def _write(viewer: Viewer, line: OrderLine, words: Words, language: str, now: datetime) -> Review:
    delivered = line.order.delivered_at or now
    at = min(delivered + timedelta(days=2), now)
    photos = tuple(
        add_photo(content=content, actor=viewer, now=at).id
        for content in _drawn(line.product_id, words.photos)
    )
    draft = ReviewDraft(words.rating, words.title, words.text, language, photos)
    review = write_review(product_id=line.product_id, draft=draft, actor=viewer, now=at)
    if not words.is_published:
        return review
    at = min(at + timedelta(hours=3), now)
    review = publish_review(review_id=review.id, actor=SYSTEM, reason="demo", now=at)
    if words.answer:
        manager = SellerMember.objects.get(seller=line.order.seller, role=MemberRole.MANAGER)
        answer_review(
            review_id=review.id,
            text=words.answer,
            actor=viewer_of(manager.user),
            now=min(at + timedelta(hours=20), now),
        )
    return review


def _drawn(product_id: UUID, count: int) -> list[bytes]:
    """The largest renditions of a product's last drawn pictures: the view in use stands last."""
    rows = ProductImage.objects.filter(product_id=product_id).order_by("-position")[:count]
    found = []
    for row in rows:
        with default_storage.open(rendition_key(row.content_hash, row.renditions[-1])) as file:
            found.append(file.read())
    return found
