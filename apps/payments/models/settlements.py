"""Settlements: escrow that became the payee's, and the holds that keep escrow where it is.

Invariant (triggers, migrations/0004 and 0007): a settlement is never changed but once, from PENDING
to AVAILABLE; a hold but once, when it is lifted; a reversal never; none is ever deleted.
"""

from django.db import models

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.payments.types import SettlementState, Split


class Settlement(models.Model):
    """How one order's escrow was split. `reference_id` is the payee's order; VAT stands apart.

    The five amounts are in the charge currency, the payout in the payee's.
    """

    id = UUID7Field()
    reference_id = models.UUIDField(unique=True)
    payee_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    delivery_vat_minor = models.BigIntegerField()
    seller_minor = models.BigIntegerField()
    payout_currency = models.CharField(max_length=3)
    payout_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=SettlementState, default=SettlementState.PENDING
    )
    released_at = models.DateTimeField()
    # When the payout becomes available; a sweeper acts on it.
    available_at = models.DateTimeField()
    made_available_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="settlement_amounts",
                condition=models.Q(
                    commission_minor__gte=0,
                    commission_vat_minor__gte=0,
                    delivery_minor__gte=0,
                    delivery_vat_minor__gte=0,
                    seller_minor__gte=0,
                    payout_minor__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="settlement_total_positive",
                condition=models.Q(commission_minor__gt=0)
                | models.Q(commission_vat_minor__gt=0)
                | models.Q(delivery_minor__gt=0)
                | models.Q(delivery_vat_minor__gt=0)
                | models.Q(seller_minor__gt=0),
            ),
            models.CheckConstraint(
                name="settlement_payout_is_the_sellers_part",
                condition=models.Q(payout_minor=models.F("seller_minor"))
                | (
                    ~models.Q(payout_currency=models.F("currency"))
                    & (models.Q(seller_minor__gt=0) | models.Q(payout_minor=0))
                ),
            ),
            models.CheckConstraint(
                name="settlement_made_available_at",
                condition=models.Q(state="PENDING", made_available_at__isnull=True)
                | models.Q(state="AVAILABLE", made_available_at__isnull=False),
            ),
            models.CheckConstraint(
                name="settlement_available_after_release",
                condition=models.Q(available_at__gte=models.F("released_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["payee_id", "-id"], name="settlement_of_payee"),
            models.Index(
                fields=["available_at"],
                name="settlement_due",
                condition=models.Q(state="PENDING"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_minor} {self.payout_currency} for {self.reference_id}"

    @property
    def commission(self) -> Money:
        return Money(self.commission_minor, self.currency)

    @property
    def commission_vat(self) -> Money:
        return Money(self.commission_vat_minor, self.currency)

    @property
    def delivery(self) -> Money:
        return Money(self.delivery_minor, self.currency)

    @property
    def delivery_vat(self) -> Money:
        return Money(self.delivery_vat_minor, self.currency)

    @property
    def seller(self) -> Money:
        return Money(self.seller_minor, self.currency)

    @property
    def payout(self) -> Money:
        return Money(self.payout_minor, self.payout_currency)

    @property
    def total(self) -> Money:
        """What was taken out of escrow."""
        return self.split.total

    @property
    def split(self) -> Split:
        return Split(
            commission=self.commission,
            commission_vat=self.commission_vat,
            delivery=self.delivery,
            delivery_vat=self.delivery_vat,
            seller=self.seller,
            payout=self.payout,
        )

    @property
    def left(self) -> Split:
        """What of it was not taken back by refunds; reads its reversals."""
        found = self.split
        for reversal in self.reversals.all():
            found -= reversal.split
        return found


class Reversal(models.Model):
    """What of a settlement was taken back for a refund. Amounts as in Settlement.

    It comes off the payee's pending balance while the settlement is pending, and off the available
    one afterwards; `owed_minor` of the payout was not there any more and is owed.
    """

    id = UUID7Field()
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="reversals")
    refund = models.OneToOneField(
        "payments.Refund", on_delete=models.PROTECT, related_name="reversal"
    )
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    delivery_vat_minor = models.BigIntegerField()
    seller_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField()
    is_from_pending = models.BooleanField()
    reversed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reversal_amounts",
                condition=models.Q(
                    commission_minor__gte=0,
                    commission_vat_minor__gte=0,
                    delivery_minor__gte=0,
                    delivery_vat_minor__gte=0,
                    seller_minor__gte=0,
                    payout_minor__gte=0,
                    owed_minor__gte=0,
                    owed_minor__lte=models.F("payout_minor"),
                ),
            ),
            models.CheckConstraint(
                name="reversal_owes_nothing_pending",
                condition=models.Q(is_from_pending=False) | models.Q(owed_minor=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_minor} of {self.settlement_id}"

    @property
    def split(self) -> Split:
        settlement = self.settlement
        return Split(
            commission=Money(self.commission_minor, settlement.currency),
            commission_vat=Money(self.commission_vat_minor, settlement.currency),
            delivery=Money(self.delivery_minor, settlement.currency),
            delivery_vat=Money(self.delivery_vat_minor, settlement.currency),
            seller=Money(self.seller_minor, settlement.currency),
            payout=Money(self.payout_minor, settlement.payout_currency),
        )

    @property
    def fees(self) -> Money:
        """What comes out of the marketplace's accounts, VAT included."""
        return self.split.total - self.split.seller

    @property
    def owed(self) -> Money:
        return Money(self.owed_minor, self.settlement.payout_currency)


class EscrowHold(models.Model):
    """While it is on, the escrow of `reference_id` is not released. Who and why is in the audit too."""

    id = models.BigAutoField(primary_key=True)
    reference_id = models.UUIDField()
    reason = models.CharField(max_length=500)
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference_id"],
                condition=models.Q(lifted_at=None),
                name="escrow_hold_one_open",
            ),
            models.CheckConstraint(
                name="escrow_hold_lifted_after_placed",
                condition=models.Q(lifted_at=None) | models.Q(lifted_at__gte=models.F("placed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"hold on {self.reference_id}"
