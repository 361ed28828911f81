"""Payments: what a payer pays, for whom, and every word of the provider about it.

Invariant: captured money equals what the ledger took into escrow (or suspense); refunds never
exceed captures, per payment and per payee.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.payments.types import AttemptState, PaymentState, RefundState


class Payment(models.Model):
    """`reference` is opaque here: what is being paid for lives above."""

    id = UUID7Field()
    reference_type = models.CharField(max_length=30)
    reference_id = models.UUIDField()
    payer_id = models.UUIDField(null=True)
    payer_email = models.EmailField()
    description = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    # Asked for and not failed; the provider's word moves Refund rows, not this.
    refunded_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=15, choices=PaymentState, default=PaymentState.CREATED)
    created_at = models.DateTimeField(db_default=Now())
    captured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference_type", "reference_id"], name="payment_reference_once"
            ),
            models.CheckConstraint(
                name="payment_amounts",
                condition=models.Q(
                    amount_minor__gt=0,
                    captured_minor__gte=0,
                    captured_minor__lte=models.F("amount_minor"),
                    refunded_minor__gte=0,
                    refunded_minor__lte=models.F("captured_minor"),
                ),
            ),
            models.CheckConstraint(
                name="payment_captured_at",
                condition=~models.Q(state="CAPTURED") | models.Q(captured_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description} {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PaymentAllocation(models.Model):
    """The part of a payment that belongs to one payee's reference (an order of one seller)."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    reference_id = models.UUIDField()
    payee_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference_id"], name="allocation_once"),
            models.CheckConstraint(
                name="allocation_amounts",
                condition=models.Q(
                    amount_minor__gte=0,
                    refunded_minor__gte=0,
                    refunded_minor__lte=models.F("amount_minor"),
                ),
            ),
        ]
        indexes = [models.Index(fields=["reference_id"], name="allocation_reference")]

    def __str__(self) -> str:
        return f"{self.amount_minor} for {self.reference_id}"

    @property
    def left(self) -> Money:
        """What of it was not given back; the payment is loaded."""
        return Money(self.amount_minor - self.refunded_minor, self.payment.currency)


class PaymentAttempt(models.Model):
    """One try to pay, written before the provider is called. Its id is the provider's idempotency key."""

    id = UUID7Field()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=15, choices=AttemptState, default=AttemptState.CREATED)
    return_url = models.URLField(max_length=500)
    session_id = models.CharField(max_length=100, blank=True, default="")
    intent_id = models.CharField(max_length=100, blank=True, default="")
    redirect_url = models.URLField(max_length=1000, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    called_at = models.DateTimeField(null=True)
    # When to ask the provider for the outcome; null when nothing is open.
    check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="attempt_number"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=models.Q(state__in=["CREATED", "REQUIRES_ACTION", "UNKNOWN"]),
                name="attempt_one_open",
            ),
            models.UniqueConstraint(
                fields=["provider", "session_id"],
                condition=~models.Q(session_id=""),
                name="attempt_session_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"],
                name="attempt_due",
                condition=models.Q(check_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} #{self.number}"


class PaymentEvent(models.Model):
    """What happened to a payment, once per provider reference and effect. Append-only."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30)
    provider_reference = models.CharField(max_length=100)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "provider_reference", "kind"], name="payment_event_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_reference}"


class Refund(models.Model):
    id = UUID7Field()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    allocation = models.ForeignKey(
        PaymentAllocation, on_delete=models.PROTECT, related_name="refunds"
    )
    # The payer has this sum from its bank already: the provider is not asked for it.
    chargeback = models.ForeignKey(
        "payments.Chargeback", on_delete=models.PROTECT, null=True, related_name="refunds"
    )
    key = models.CharField(max_length=150, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.CREATED)
    provider_refund_id = models.CharField(max_length=100, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_amount", condition=models.Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="refund_settled_at",
                condition=~models.Q(state__in=["SUCCEEDED", "FAILED"])
                | models.Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class ProviderEvent(models.Model):
    """The webhook inbox: raw bytes first, effects later, each event once."""

    class State(models.TextChoices):
        NEW = "NEW", pgettext_lazy("provider event", "New")
        DONE = "DONE", pgettext_lazy("provider event", "Done")
        IGNORED = "IGNORED", pgettext_lazy("provider event", "Ignored")
        DEAD = "DEAD", pgettext_lazy("provider event", "Dead")

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=100)
    # The connected account that it speaks of; empty: our own.
    account_id = models.CharField(max_length=100, blank=True, default="", db_default="")
    raw = models.BinaryField()
    headers = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Incident(models.Model):
    """Something that contradicts our books and that a person must look at."""

    class Kind(models.TextChoices):
        AMOUNT_MISMATCH = "AMOUNT_MISMATCH", pgettext_lazy("incident", "Amount mismatch")
        UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT", pgettext_lazy("incident", "Unknown payment")
        DOUBLE_CAPTURE = "DOUBLE_CAPTURE", pgettext_lazy("incident", "Double capture")
        REFUND_FAILED = "REFUND_FAILED", pgettext_lazy("incident", "Refund failed")
        CONTRADICTION = "CONTRADICTION", pgettext_lazy("incident", "Contradiction")
        PAYOUT_UNKNOWN = "PAYOUT_UNKNOWN", pgettext_lazy("incident", "Payout unknown")
        PAYOUT_STUCK = "PAYOUT_STUCK", pgettext_lazy("incident", "Payout stuck")
        RECONCILIATION = "RECONCILIATION", pgettext_lazy("incident", "Reconciliation")
        CHARGEBACK = "CHARGEBACK", pgettext_lazy("incident", "Chargeback")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=150, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
