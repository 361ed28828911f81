"""Tables of the kernel: outbox, idempotency, audit, number series.

Invariant: audit entries and seals are append-only; triggers and missing rights hold it.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy


class OutboxStream(models.Model):
    """The last sequence number given out for one aggregate."""

    pk = models.CompositePrimaryKey("aggregate", "aggregate_id")
    aggregate = models.CharField(max_length=60)
    aggregate_id = models.CharField(max_length=60)
    last_seq = models.BigIntegerField()


class OutboxEvent(models.Model):
    """One published fact, written in the transaction of the fact."""

    id = models.BigAutoField(primary_key=True)
    aggregate = models.CharField(max_length=60)
    aggregate_id = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    partition = models.SmallIntegerField()
    topic = models.CharField(max_length=100)
    schema_version = models.SmallIntegerField(default=1)
    payload = models.JSONField()
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["aggregate", "aggregate_id", "seq"], name="outbox_stream_seq"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partition", "id"],
                name="outbox_unsent",
                condition=models.Q(sent_at=None, dead_at=None),
            ),
            # Few rows, however long the queue is: those that failed and wait for their next try.
            models.Index(
                fields=["aggregate", "aggregate_id", "seq"],
                name="outbox_waiting",
                condition=models.Q(sent_at=None, dead_at=None, attempts__gt=0),
            ),
            models.Index(
                fields=["dead_at"], name="outbox_dead", condition=models.Q(dead_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.id}"


class ProcessedEvent(models.Model):
    """A handler has had an event: a second delivery is skipped."""

    pk = models.CompositePrimaryKey("handler", "event_id")
    handler = models.CharField(max_length=150)
    event_id = models.BigIntegerField()
    processed_at = models.DateTimeField(db_default=Now())


class IdempotencyRecord(models.Model):
    """A request with an Idempotency-Key: claimed, then answered once and for all."""

    class State(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS", pgettext_lazy("request", "In progress")
        DONE = "DONE", pgettext_lazy("request", "Done")

    pk = models.CompositePrimaryKey("actor", "route", "key")
    actor = models.CharField(max_length=100)
    route = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    locked_until = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]
        constraints = [
            models.CheckConstraint(
                name="idempotency_done_has_status",
                condition=models.Q(state="IN_PROGRESS", status=None)
                | models.Q(state="DONE", status__isnull=False),
            ),
        ]


class AuditEntry(models.Model):
    """Who did what to what, and why. Append-only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    area = models.CharField(max_length=40)
    action = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class Seal(models.Model):
    """A hash over a committed batch of rows of one journal, chained to the seal before. Append-only."""

    id = models.BigAutoField(primary_key=True)
    journal = models.CharField(max_length=40)
    number = models.BigIntegerField()
    from_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    row_count = models.IntegerField()
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "number"], name="seal_number"),
            models.CheckConstraint(
                name="seal_range", condition=models.Q(from_id__lte=models.F("to_id"))
            ),
        ]


class NumberSeries(models.Model):
    """Human numbers. Gaps are allowed unless a document series asks for none."""

    name = models.CharField(max_length=60, primary_key=True)
    last_value = models.BigIntegerField(default=0)
