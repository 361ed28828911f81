"""Reviews of products: stars, text, a verified mark."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field


class Review(models.Model):
    class Status(models.TextChoices):
        IN_MODERATION = "IN_MODERATION", _("In moderation")
        PUBLISHED = "PUBLISHED", _("Published")
        REJECTED = "REJECTED", _("Rejected")

    id = UUID7Field()
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    # Null for reviews that came with an imported catalogue.
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=80)
    rating = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2)
    is_verified_purchase = models.BooleanField(default=False)
    status = models.CharField(max_length=13, choices=Status, default=Status.IN_MODERATION)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_rating", condition=models.Q(rating__gte=1, rating__lte=5)
            ),
        ]
        indexes = [
            models.Index(fields=["product", "status", "-id"], name="review_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5"
