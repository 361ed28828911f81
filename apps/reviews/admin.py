"""Reviews for moderators: words, photos, the purchase behind them; published or rejected with a reason."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.words import product_title
from apps.catalog.selectors.pictures import thumb_of
from apps.core.admin import WindowAdmin
from apps.core.columns import thumbs
from apps.core.deeds import ReasonedAction
from apps.core.kinds import EMPTY, name_of
from apps.reviews.models import Review
from apps.reviews.rules import may_move
from apps.reviews.services.moderation import PERMISSION, publish_review, reject_review
from apps.reviews.types import RejectReason, ReviewStatus

THUMB = 320
SHORT = 60


def _reject(code: RejectReason, label: Any) -> ReasonedAction:
    return ReasonedAction(
        name=f"reject_{code.lower()}",
        label=label,
        permission=PERMISSION,
        run=lambda deed: reject_review(
            review_id=deed.id, code=code, actor=deed.actor, reason=deed.reason, now=deed.now
        ),
        consequence=_("The review leaves the page, and its author reads why."),
        is_dangerous=True,
        fits=lambda review: may_move(ReviewStatus(review.status), ReviewStatus.REJECTED),
    )


@admin.register(Review)
class ReviewAdmin(WindowAdmin):
    related = ("product", "author", "seller", "line")
    prefetched = ("product__texts",)
    list_display = (
        "product",
        "rating",
        "words",
        "photo_count",
        "author_name",
        "status",
        "submitted_at",
        "created_at",
    )
    list_filter = ("status", "rating", "reject_reason")
    search_fields = ("=product__short_id", "=author_name", "=line__order__number")
    search_help_text = _("Product's short id, author's name or order number, whole.")
    shown_fields = (
        "product",
        "rating",
        "title",
        "text",
        "pictures",
        "language",
        "author",
        "author_name",
        "is_verified_purchase",
        "purchase",
        "seller",
        "answer_text",
        "status",
        "reject_reason",
        "helpful_count",
        "created_at",
        "edited_at",
        "submitted_at",
        "published_at",
        "rejected_at",
        "deleted_at",
    )
    reasoned_actions = (
        ReasonedAction(
            name="publish",
            label=_("Publish"),
            permission=PERMISSION,
            run=lambda deed: publish_review(
                review_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The review appears on the product's page and counts in its rating."),
            fits=lambda review: may_move(ReviewStatus(review.status), ReviewStatus.PUBLISHED),
        ),
        _reject(RejectReason.ADVERTISING, _("Reject: advertising")),
        _reject(RejectReason.ABUSE, _("Reject: insults")),
        _reject(RejectReason.PERSONAL_DATA, _("Reject: personal data")),
        _reject(RejectReason.OFF_TOPIC, _("Reject: not about the product")),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Review]:
        rows = super().get_queryset(request).select_related("answer")
        return rows.annotate(photos_number=models.Count("photos"))

    def name_of(self, row: Review) -> str:
        return f"{product_title(row.product)}, {row.rating}/5"

    @admin.display(description=_("words"))
    def words(self, review: Review) -> str:
        said = " ".join(filter(None, (review.title, review.text)))
        return f"{said[:SHORT]}…" if len(said) > SHORT else said or EMPTY

    @admin.display(description=_("photos"))
    def photo_count(self, review: Any) -> int:
        return int(review.photos_number)

    @admin.display(description=_("photos"))
    def pictures(self, review: Review) -> str:
        """Show each photo; a click opens the largest rendition."""
        photos = review.photos.order_by("position")
        return thumbs(thumb_of(photo.picture, THUMB) for photo in photos)

    @admin.display(description=_("purchase"))
    def purchase(self, review: Review) -> str:
        if review.line is None:
            return EMPTY
        url = reverse("admin:orders_orderline_change", args=[review.line_id])
        return format_html('<a href="{}">{}</a>', url, name_of(review.line))

    @admin.display(description=_("seller's answer"))
    def answer_text(self, review: Review) -> str:
        answer = getattr(review, "answer", None)
        return answer.text if answer else EMPTY
