"""The double-entry ledger.

Invariant, held by triggers (migrations/0002): the postings of an entry sum to zero per currency;
entries and postings are never changed; the stored balance of a bounded account is the sum of its
postings and never falls below its floor.

Sign: a positive posting raises what the marketplace owes to the account's owner. Money that a
provider holds for us is therefore negative on the provider's clearing account.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class LedgerAccount(models.Model):
    class Kind(models.TextChoices):
        PROVIDER_CLEARING = "PROVIDER_CLEARING", _("Provider clearing")
        ESCROW = "ESCROW", _("Escrow")
        REFUNDS_IN_TRANSIT = "REFUNDS_IN_TRANSIT", _("Refunds in transit")
        SELLER_PENDING = "SELLER_PENDING", _("Seller, pending")
        SELLER_AVAILABLE = "SELLER_AVAILABLE", _("Seller, available")
        SELLER_RECEIVABLE = "SELLER_RECEIVABLE", _("Seller, owed to us")
        PAYOUTS_IN_TRANSIT = "PAYOUTS_IN_TRANSIT", _("Payouts in transit")
        COMMISSION = "COMMISSION", _("Commission")
        DELIVERY = "DELIVERY", _("Delivery")
        VAT_PAYABLE = "VAT_PAYABLE", _("VAT payable")
        # What the marketplace pays for parcels that its carriers lost: below zero, an expense.
        CARRIER_LOSS = "CARRIER_LOSS", _("Losses on the way")
        # What banks have taken back and not decided on: below zero, a claim.
        CHARGEBACKS_OPEN = "CHARGEBACKS_OPEN", _("Chargebacks, open")
        # Below zero, expenses: what the provider takes for each, what the marketplace bore of those lost.
        CHARGEBACK_FEES = "CHARGEBACK_FEES", _("Chargebacks, fees")
        CHARGEBACK_LOSS = "CHARGEBACK_LOSS", _("Chargebacks, losses")
        FX = "FX", _("Currency exchange")
        SUSPENSE = "SUSPENSE", _("Suspense")

    id = models.BigAutoField(primary_key=True)
    owner_type = models.CharField(max_length=30)
    owner_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind)
    currency = models.CharField(max_length=3)
    # The floor of a bounded account; null: unbounded, its balance is summed, not stored.
    min_balance_minor = models.BigIntegerField(null=True)
    balance_minor = models.BigIntegerField(default=0)
    # The one column that the application may update, so that it can lock the row.
    touched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "kind", "currency"], name="ledger_account_once"
            ),
            models.CheckConstraint(
                name="ledger_account_floor",
                condition=models.Q(min_balance_minor=None)
                | models.Q(balance_minor__gte=models.F("min_balance_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner_type}:{self.owner_id} {self.currency}"


class JournalEntry(models.Model):
    """One booking. `key` is the permanent business key: the same booking cannot be made twice."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=30)
    reference_type = models.CharField(max_length=30)
    reference_id = models.CharField(max_length=60)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [
            models.Index(fields=["reference_type", "reference_id"], name="journal_reference"),
            models.Index(fields=["created_at"], name="journal_created"),
        ]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_not_zero", condition=~models.Q(amount_minor=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor:+} {self.currency}"
