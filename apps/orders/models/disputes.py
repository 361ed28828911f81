"""Disputes: two sides, their evidence, one decision.

Invariant: an order has one open dispute at most; while it is open its escrow is on hold; what was
said is never changed (append-only triggers).
"""

from django.db import models
from django.db.models.functions import Now

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.orders.models.returns import Return
from apps.orders.types_returns import NOTE_LENGTH, Asked, DisputeReason, DisputeState, Side

_OPEN = ["OPEN", "SELLER_ANSWERED", "IN_ARBITRATION"]


class Dispute(models.Model):
    """`wanted_minor` is what the buyer asks for, `refund_minor` what was decided."""

    id = UUID7Field()
    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="disputes")
    return_case = models.ForeignKey(
        Return, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=15, choices=DisputeState, default=DisputeState.OPEN)
    reason = models.CharField(max_length=16, choices=DisputeReason)
    currency = models.CharField(max_length=3)
    wanted_minor = models.BigIntegerField()
    refund_minor = models.BigIntegerField(null=True, blank=True)
    # Staff's words, shown to both sides as they are written.
    decision = models.CharField(max_length=NOTE_LENGTH, blank=True, default="")
    decided_by = models.CharField(max_length=200, blank=True, default="")
    # The hold that this dispute placed; null where the money was released or on hold before.
    hold = models.ForeignKey(
        "payments.EscrowHold", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    open_at = models.DateTimeField()
    seller_answered_at = models.DateTimeField(null=True, blank=True)
    in_arbitration_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("decide_dispute", "Can decide disputes")]
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="dispute_opened_once"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state__in=_OPEN),
                name="dispute_one_open",
            ),
            models.CheckConstraint(
                name="dispute_sums",
                condition=models.Q(wanted_minor__gt=0)
                & (models.Q(refund_minor=None) | models.Q(refund_minor__gte=0)),
            ),
            models.CheckConstraint(
                name="dispute_decision_is_whole",
                condition=models.Q(
                    state="DECIDED", refund_minor__isnull=False, decided_at__isnull=False
                )
                | (~models.Q(state="DECIDED") & models.Q(refund_minor=None, decided_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="dispute_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def wanted(self) -> Money:
        return Money(self.wanted_minor, self.currency)

    @property
    def refund(self) -> Money | None:
        return None if self.refund_minor is None else Money(self.refund_minor, self.currency)


class DisputeMessage(models.Model):
    """What one side said. Append-only."""

    id = UUID7Field()
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=64)
    side = models.CharField(max_length=6, choices=Side)
    actor_id = models.UUIDField(null=True)
    text = models.CharField(max_length=NOTE_LENGTH)
    at = models.DateTimeField()
    # What staff say may ask a side for an answer until a moment: no decision comes before that.
    asked_of = models.CharField(max_length=6, choices=Asked, blank=True, default="", db_default="")
    answer_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "key"], name="dispute_message_once"),
            models.CheckConstraint(
                name="dispute_message_says_something", condition=~models.Q(text="")
            ),
            models.CheckConstraint(
                name="dispute_message_request_is_whole",
                condition=models.Q(asked_of="", answer_by=None)
                | models.Q(~models.Q(asked_of=""), side="STAFF", answer_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.dispute_id}"


class CasePhoto(models.Model):
    """A picture of a return or of a message in a dispute; kept where no public address leads.

    Append-only. `widths` are the renditions in the private storage (catalog.services.images).
    """

    id = UUID7Field()
    return_case = models.ForeignKey(
        Return, on_delete=models.PROTECT, null=True, related_name="photos"
    )
    message = models.ForeignKey(
        DisputeMessage, on_delete=models.PROTECT, null=True, related_name="photos"
    )
    content_hash = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_photo_of_one_case",
                condition=models.Q(return_case=None, message__isnull=False)
                | models.Q(return_case__isnull=False, message=None),
            ),
        ]

    def __str__(self) -> str:
        return self.content_hash[:12]
