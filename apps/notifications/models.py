"""Deliveries: one message to one address over one channel."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from apps.core.ids import UUID7Field


class Delivery(models.Model):
    """People are plain ids here: this app knows addresses and languages, no users."""

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", pgettext_lazy("message", "Email")

    class State(models.TextChoices):
        QUEUED = "QUEUED", pgettext_lazy("message", "Queued")
        SENT = "SENT", pgettext_lazy("message", "Sent")
        FAILED = "FAILED", pgettext_lazy("message", "Failed")

    id = UUID7Field()
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(max_length=60)
    # One message per cause: repeated events do not repeat mails.
    key = models.CharField(max_length=150, unique=True)
    recipient_id = models.UUIDField(null=True)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Until when (by the database's clock) one worker has the message to itself.
    claimed_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_sent_at",
                condition=~models.Q(state="SENT") | models.Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"
