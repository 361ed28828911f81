"""Changes of many offers or stock rows at once: what is shown first, then done, then may be undone."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.catalog.types import BulkKind
from apps.core.ids import UUID7Field


class BulkChange(models.Model):
    """One change with its rows. `value` is read by `kind`: hundredths of a percent, minor units, days, units."""

    class State(models.TextChoices):
        PREVIEWED = "PREVIEWED", _("Not done yet")
        APPLIED = "APPLIED", _("Done")
        UNDONE = "UNDONE", _("Undone")

    Kind = BulkKind

    id = UUID7Field()
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=BulkKind)
    value = models.BigIntegerField(default=0)
    warehouse = models.ForeignKey(
        "catalog.Warehouse", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.PREVIEWED)
    made_by_id = models.UUIDField(null=True)
    made_by_label = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulk_change_times",
                condition=(
                    models.Q(state="PREVIEWED", applied_at=None, undone_at=None)
                    | models.Q(state="APPLIED", applied_at__isnull=False, undone_at=None)
                    | models.Q(state="UNDONE", applied_at__isnull=False, undone_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="bulk_change_warehouse",
                condition=models.Q(kind="ADD_STOCK", warehouse__isnull=False)
                | (~models.Q(kind="ADD_STOCK") & models.Q(warehouse=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class BulkRow(models.Model):
    """One offer of a change. `before`, `after` hold what the change touches; a refusal's code says why not."""

    class Outcome(models.TextChoices):
        READY = "READY", _("Will be changed")
        REFUSED = "REFUSED", _("Stays as it is")
        DONE = "DONE", _("Changed")
        RESTORED = "RESTORED", _("Restored")
        KEPT = "KEPT", _("Changed again since, left alone")

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    seen_version = models.PositiveIntegerField()
    # The offer's version after the change: undone only while it is still that.
    made_version = models.PositiveIntegerField(null=True, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, choices=Outcome)
    refusal = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "offer"], name="bulk_row_once"),
            models.CheckConstraint(
                name="bulk_row_refusal",
                condition=~models.Q(outcome="REFUSED") | ~models.Q(refusal=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.outcome}"
