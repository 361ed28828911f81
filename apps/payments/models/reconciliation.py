"""Reconciliation: what a provider's statement says against what our books say.

Invariant (triggers, migrations/0042): a run is never changed; an item but once, when staff resolve
it; none is ever deleted. Nothing here books anything.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field
from apps.payments.types_reconciling import DifferenceKind, RunState, StatementKind


class ReconciliationRun(models.Model):
    """One comparison of a period [from, to). `items` are what it was the first to find."""

    id = UUID7Field()
    provider = models.CharField(max_length=20)
    period_from = models.DateTimeField()
    period_to = models.DateTimeField()
    statement_count = models.PositiveIntegerField()
    book_count = models.PositiveIntegerField()
    # All that differs, and of it what no run before had found.
    difference_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RunState)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reconciliation_period",
                condition=models.Q(period_from__lt=models.F("period_to")),
            ),
            models.CheckConstraint(
                name="reconciliation_counts",
                condition=models.Q(new_count__lte=models.F("difference_count")),
            ),
            models.CheckConstraint(
                name="reconciliation_state",
                condition=models.Q(state="AGREED", difference_count=0)
                | models.Q(state="DIFFERS", difference_count__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.period_from:%Y-%m-%d %H:%M}"


class ReconciliationItem(models.Model):
    """One difference, once, whichever run finds it again. Amounts are signed as at the provider."""

    id = UUID7Field()
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="items")
    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=400)
    kind = models.CharField(max_length=10, choices=DifferenceKind)
    movement = models.CharField(max_length=20, choices=StatementKind)
    our_reference = models.CharField(max_length=150, blank=True, default="")
    their_reference = models.CharField(max_length=100, blank=True, default="")
    our_amount_minor = models.BigIntegerField(null=True)
    our_currency = models.CharField(max_length=3, blank=True, default="")
    their_amount_minor = models.BigIntegerField(null=True)
    their_currency = models.CharField(max_length=3, blank=True, default="")
    expected_fee_minor = models.BigIntegerField(null=True)
    their_fee_minor = models.BigIntegerField(null=True)
    our_at = models.DateTimeField(_("booked by us at"), null=True)
    their_at = models.DateTimeField(_("at the provider at"), null=True)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.UUIDField(null=True)
    resolution = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="reconciliation_item_once"),
            models.CheckConstraint(
                name="reconciliation_item_sides",
                condition=(
                    models.Q(kind="MISSING", our_at__isnull=False, their_at=None)
                    | models.Q(kind="EXTRA", our_at=None, their_at__isnull=False)
                    | models.Q(kind="DUPLICATE", their_at__isnull=False)
                    | models.Q(
                        kind__in=["AMOUNT", "CURRENCY", "FEE", "DATE"],
                        our_at__isnull=False,
                        their_at__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="reconciliation_item_resolved",
                condition=models.Q(resolved_at=None, resolution="")
                | (models.Q(resolved_at__gte=models.F("found_at")) & ~models.Q(resolution="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider"],
                name="reconciliation_item_open",
                condition=models.Q(resolved_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.our_reference or self.their_reference}"
