"""Cards that sellers make: a working copy of each, its pictures, and what moderators said of it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.types import DraftStatus
from apps.core.ids import UUID7Field


class CardDraft(models.Model):
    """A seller's copy of a card: shoppers meet nothing of it before its approval.

    `product` is set by the first approval; from then on the draft is the next version of that card.
    """

    Status = DraftStatus

    id = UUID7Field()
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="card_drafts"
    )
    product = models.OneToOneField(
        "catalog.Product",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="card_draft",
    )
    category = models.ForeignKey(
        "catalog.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    brand = models.ForeignKey(
        "catalog.Brand", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A brand that the catalogue does not have yet; made with the approval.
    brand_asked = models.CharField(max_length=120, blank=True, default="")
    # {language: {"title": ..., "description": ...}}
    texts = models.JSONField(default=dict, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    variant_axes = models.JSONField(default=list, blank=True)
    # Rows as types.VariantPlan writes them.
    variants = models.JSONField(default=list, blank=True)
    handling_days = models.PositiveSmallIntegerField(default=1)
    # What was typed and could not be used yet: {step: {field: [texts]}}.
    typed = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=9, choices=DraftStatus, default=DraftStatus.DRAFT)
    # Rises with each save; forms carry what they saw.
    version = models.PositiveIntegerField(default=1)
    created_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("card of a seller")
        verbose_name_plural = _("cards of sellers")
        indexes = [
            models.Index(
                fields=["submitted_at"],
                name="card_draft_queue",
                condition=models.Q(status="IN_REVIEW"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="card_draft_submitted",
                condition=~models.Q(status="IN_REVIEW") | models.Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="card_draft_decided",
                condition=~models.Q(status__in=["APPROVED", "REJECTED"])
                | models.Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="card_draft_approved_has_product",
                condition=~models.Q(status="APPROVED") | models.Q(product__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.any_title or str(self.pk)[:8]

    @property
    def any_title(self) -> str:
        return next((text["title"] for text in self.texts.values() if text.get("title")), "")

    @property
    def is_open(self) -> bool:
        """May its seller change it now? While moderators look, nothing moves under their eyes."""
        return self.status != DraftStatus.IN_REVIEW


class DraftPicture(models.Model):
    draft = models.ForeignKey(CardDraft, on_delete=models.CASCADE, related_name="pictures")
    content_hash = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    renditions = models.JSONField(default=list)
    preview = models.TextField(blank=True, default="")
    # {language: text}
    alt = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "content_hash"], name="draft_picture_once"),
        ]

    def __str__(self) -> str:
        return self.content_hash[:12]


class CardDecision(models.Model):
    """A step of a card through moderation, with the words that were said. Append-only."""

    class Kind(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("Sent to moderation")
        WITHDRAWN = "WITHDRAWN", _("Taken back")
        APPROVED = "APPROVED", pgettext_lazy("card", "Approved")
        REJECTED = "REJECTED", pgettext_lazy("card", "Rejected")

    id = models.BigAutoField(primary_key=True)
    # No cascade: what was said stays, and a draft with a history is never deleted.
    draft = models.ForeignKey(CardDraft, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=9, choices=Kind)
    # What the seller reads after a rejection.
    note = models.TextField(blank=True, default="")
    draft_version = models.PositiveIntegerField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="card_rejection_says_why",
                condition=~models.Q(kind="REJECTED") | ~models.Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
