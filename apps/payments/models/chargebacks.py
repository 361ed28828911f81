"""Chargebacks: a payer's bank takes a payment back, at first until it has decided.

Invariant (triggers, migrations/0015): what it is of and when each thing happened never changes once
written; it ends once; none is ever deleted. While `withdrawn_at` is set and `settled_at` is not, the
orders of its payment are frozen.
"""

from django.db import models
from django.db.models import Q

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.payments.types_chargebacks import (
    CLOSED_STATES,
    Bearer,
    ChargebackAnswer,
    ChargebackState,
)

TEXT_LENGTH = 10_000


class Chargeback(models.Model):
    """One dispute of a payment at its provider; `reason` is the provider's code.

    Settled: the money lies where it belongs for good. An inquiry took none and is never frozen.
    """

    id = UUID7Field()
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, related_name="chargebacks"
    )
    provider = models.CharField(max_length=20)
    provider_chargeback_id = models.CharField(max_length=100)
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=15, choices=ChargebackState)
    bearer = models.CharField(max_length=11, choices=Bearer)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    # The provider's fee, at the marketplace's cost.
    fee_minor = models.BigIntegerField(default=0)
    evidence_due_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=8, choices=ChargebackAnswer, blank=True, default="")
    answer_text = models.TextField(max_length=TEXT_LENGTH, blank=True, default="")
    answer_facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # When the provider had the answer.
    answer_sent_at = models.DateTimeField(null=True)
    under_review_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reinstated_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # When the provider is asked again; null: nothing is open.
    check_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("answer_chargeback", "Can answer a chargeback")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_chargeback_id"], name="chargeback_once"
            ),
            models.CheckConstraint(
                name="chargeback_amounts", condition=Q(amount_minor__gt=0, fee_minor__gte=0)
            ),
            models.CheckConstraint(
                name="chargeback_closed_at",
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False)
                | ~Q(state__in=CLOSED_STATES) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="chargeback_settled_after_closed",
                condition=Q(settled_at=None) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="chargeback_reinstated_is_won",
                condition=Q(reinstated_at=None)
                | Q(state="WON", withdrawn_at__isnull=False, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="chargeback_answered_at",
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & ~Q(answered_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], name="chargeback_due", condition=Q(check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.provider_chargeback_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_frozen(self) -> bool:
        """Tell whether the money of its orders waits for the bank's decision."""
        return self.withdrawn_at is not None and self.settled_at is None

    @property
    def is_inquiry(self) -> bool:
        return self.withdrawn_at is None


class ChargebackPart(models.Model):
    """What of a chargeback is one order's, as was left of the payment when the money was taken."""

    chargeback = models.ForeignKey(Chargeback, on_delete=models.PROTECT, related_name="parts")
    allocation = models.ForeignKey(
        "payments.PaymentAllocation", on_delete=models.PROTECT, related_name="chargeback_parts"
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chargeback", "allocation"], name="chargeback_part_once"
            ),
            models.CheckConstraint(name="chargeback_part_amount", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.chargeback_id}"
