"""What the reviews' API takes and shows."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.selectors.pictures import image_url
from apps.core.api.serializers import Input, Output, WholeNumberField
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.rules import MAX_ANSWER, MAX_PHOTOS, MAX_TEXT, MAX_TITLE
from apps.reviews.types import ReviewDraft


class PhotoOut(Output):
    id = serializers.UUIDField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    urls = serializers.SerializerMethodField(help_text="Width in pixels -> address, WebP.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_urls(self, photo: ReviewPhoto) -> dict[str, str]:
        return {str(width): image_url(photo.content_hash, width) for width in photo.renditions}


class AnswerOut(Output):
    seller_name = serializers.CharField(source="seller.name")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class ReviewOut(Output):
    id = serializers.UUIDField()
    author_name = serializers.CharField()
    rating = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField(help_text="Plain text with line breaks.")
    language = serializers.CharField()
    is_verified_purchase = serializers.BooleanField()
    helpful_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    photos = PhotoOut(many=True, source="photos.all")
    answer = serializers.SerializerMethodField()

    @extend_schema_field(AnswerOut(allow_null=True))
    def get_answer(self, review: Review) -> dict[str, Any] | None:
        answer = getattr(review, "answer", None)
        return AnswerOut.of(answer) if answer else None


class OwnReviewOut(ReviewOut):
    product_id = serializers.UUIDField()
    status = serializers.CharField(help_text="IN_MODERATION, PUBLISHED or REJECTED.")
    reject_reason = serializers.CharField(help_text="A code where it is rejected, else empty.")


class ReviewsOut(Output):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReviewOut(many=True)


class OwnReviewsOut(Output):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = OwnReviewOut(many=True)


class ToReviewOut(Output):
    product_id = serializers.UUIDField()
    order_number = serializers.CharField(source="order.number")
    titles = serializers.DictField(child=serializers.CharField(), help_text="Language -> title.")
    delivered_at = serializers.DateTimeField(source="order.delivered_at", allow_null=True)


class ToReviewListOut(Output):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ToReviewOut(many=True)


class HelpfulOut(Output):
    helpful_count = serializers.IntegerField()
    is_helpful = serializers.BooleanField()


class ReviewWordsIn(Input):
    rating = WholeNumberField(min_value=1, max_value=5)
    title = serializers.CharField(max_length=MAX_TITLE, required=False, allow_blank=True)
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    photo_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MAX_PHOTOS,
        help_text="Photos in the order in which they are shown: `id` of what was uploaded.",
    )


class ReviewIn(ReviewWordsIn):
    product_id = serializers.UUIDField()


class PhotoIn(Input):
    photo = serializers.FileField(help_text="JPEG, PNG or WebP, at most 10 MB and 25 megapixels.")


class HelpfulIn(Input):
    is_helpful = serializers.BooleanField()


class AnswerIn(Input):
    text = serializers.CharField(max_length=MAX_ANSWER)


def draft_of(given: dict[str, Any], language: str) -> ReviewDraft:
    return ReviewDraft(
        rating=given["rating"],
        title=given.get("title", ""),
        text=given.get("text", ""),
        language=language,
        photo_ids=tuple(given.get("photo_ids", ())),
    )
