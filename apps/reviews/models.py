"""Reviews of products with photos, helpful votes, the seller's answer; invitations to write one.

Invariant: an account has one review of a product at a time, and the verified mark stands on an order
line. What a status means is told by its timestamps.
"""

from django.db import models
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

from apps.catalog.types import Picture
from apps.core.ids import UUID7Field
from apps.reviews.rules import MAX_ANSWER, MAX_PHOTOS, MAX_TEXT
from apps.reviews.types import RejectReason, ReviewStatus


class Review(models.Model):
    Status = ReviewStatus

    id = UUID7Field()
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    # Null for reviews that came with an imported catalogue; so are the two below.
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The purchase that gives the right to write, and the seller of it, who may answer.
    line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=80, blank=True)
    rating = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2)
    is_verified_purchase = models.BooleanField(default=False)
    status = models.CharField(max_length=13, choices=ReviewStatus, default=Status.IN_MODERATION)
    reject_reason = models.CharField(
        max_length=13, choices=RejectReason, blank=True, default="", db_default=""
    )
    helpful_count = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    # Since when it waits for staff; null while it does not.
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_rating", condition=models.Q(rating__gte=1, rating__lte=5)
            ),
            models.CheckConstraint(
                name="review_text_length", condition=LessThanOrEqual(Length("text"), MAX_TEXT)
            ),
            models.CheckConstraint(
                name="review_verified_by_line",
                condition=models.Q(is_verified_purchase=False)
                | models.Q(line__isnull=False, author__isnull=False, seller__isnull=False),
            ),
            models.CheckConstraint(
                name="review_rejected_for_a_reason",
                condition=(models.Q(status="REJECTED") & ~models.Q(reject_reason=""))
                | (~models.Q(status="REJECTED") & models.Q(reject_reason="")),
            ),
            models.CheckConstraint(
                name="review_deleted_at",
                condition=models.Q(status="DELETED", deleted_at__isnull=False)
                | (~models.Q(status="DELETED") & models.Q(deleted_at=None)),
            ),
            models.UniqueConstraint(
                fields=["product", "author"],
                condition=models.Q(author__isnull=False, deleted_at=None),
                name="review_once",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "status", "-id"], name="review_of_product"),
            models.Index(fields=["seller", "status", "-id"], name="review_of_seller"),
            models.Index(fields=["author", "-id"], name="review_of_author"),
            models.Index(
                fields=["submitted_at"],
                name="review_waiting",
                condition=models.Q(status="IN_MODERATION"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5"


class ReviewPhoto(models.Model):
    """A picture that its owner uploaded: of a review, or of one that is still being written."""

    id = UUID7Field()
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="photos"
    )
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    renditions = models.JSONField()
    preview = models.TextField(blank=True, default="")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_photo_place",
                condition=models.Q(review=None, position=None)
                | models.Q(review__isnull=False, position__lt=MAX_PHOTOS),
            ),
            models.UniqueConstraint(fields=["review", "position"], name="review_photo_once"),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="review_photo_loose",
                condition=models.Q(review=None),
            ),
        ]

    def __str__(self) -> str:
        return self.content_hash[:12]

    @property
    def picture(self) -> Picture:
        return Picture(
            content_hash=self.content_hash,
            widths=tuple(self.renditions),
            width=self.width,
            height=self.height,
            preview=self.preview,
        )


class ReviewAnswer(models.Model):
    """What the seller of the reviewed purchase says to it, in the shop's name."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="answer")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_answer_length",
                condition=LessThanOrEqual(Length("text"), MAX_ANSWER) & ~models.Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class HelpfulVote(models.Model):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="votes")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="review_vote_once"),
        ]

    def __str__(self) -> str:
        return str(self.review_id)


class ReviewInvitation(models.Model):
    """The one letter that asks the buyer of a delivered order for reviews; due some days later."""

    order = models.OneToOneField(
        "orders.Order", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    due_at = models.DateTimeField()
    # When the sweep came by: a letter went out, or there was nothing to ask for.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="review_invitation_due",
                condition=models.Q(closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.order_id)
