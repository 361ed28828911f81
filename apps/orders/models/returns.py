"""Returns after delivery.

Invariant: under the order's lock the units of open returns and those sent back are never more than
were delivered; a return moves only along rules_returns.RETURN_MOVES (a trigger holds it).
"""

from django.db import models

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.orders.types_returns import NOTE_LENGTH, Condition, ReturnReason, ReturnState

_OPEN = ["REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED"]


class Return(models.Model):
    """Units of one order on their way back. `due_at` is the clock of its state."""

    id = UUID7Field()
    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="returns")
    # One for each form that a buyer sends: sending it twice asks once.
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ReturnState, default=ReturnState.REQUESTED)
    reason = models.CharField(max_length=16, choices=ReturnReason)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True, default="")
    # Why the seller refused it, in its own words.
    answer = models.CharField(max_length=NOTE_LENGTH, blank=True, default="")
    # Where it goes, copied when it is approved: name, country, city, address.
    ship_to = models.JSONField(null=True, blank=True)
    # What is written on the parcel and told when it is handed in.
    code = models.CharField(max_length=8)
    carrier = models.CharField(max_length=80, blank=True, default="")
    tracking_number = models.CharField(max_length=80, blank=True, default="")
    currency = models.CharField(max_length=3)
    refund_minor = models.BigIntegerField(null=True, blank=True)
    # Whether a clock took the last step, because the other side kept silent.
    is_by_clock = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    in_transit_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="return_asked_once"),
            models.CheckConstraint(
                name="return_refund_is_of_its_end",
                condition=models.Q(state="REFUNDED", refund_minor__gte=0)
                | (~models.Q(state="REFUNDED") & models.Q(refund_minor=None)),
            ),
            models.CheckConstraint(
                name="return_open_has_a_clock",
                condition=~models.Q(state__in=_OPEN) | models.Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="return_rejected_says_why",
                condition=~models.Q(state="REJECTED") | ~models.Q(answer=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="return_due", condition=models.Q(state__in=_OPEN)),
            models.Index(fields=["order", "state"], name="return_of_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def refund(self) -> Money | None:
        return None if self.refund_minor is None else Money(self.refund_minor, self.currency)


class ReturnLine(models.Model):
    """`accepted_quantity` is null until the seller has looked."""

    return_case = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    accepted_quantity = models.PositiveSmallIntegerField(null=True, blank=True)
    condition = models.CharField(max_length=9, choices=Condition, blank=True, default="")
    why = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["return_case", "line"], name="return_line_once"),
            models.CheckConstraint(
                name="return_line_quantities",
                condition=models.Q(quantity__gt=0)
                & (
                    models.Q(accepted_quantity=None)
                    | models.Q(accepted_quantity__lte=models.F("quantity"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
