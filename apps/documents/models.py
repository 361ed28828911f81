"""Documents and their files.

Invariant (triggers, migrations/0002): a document is never changed or deleted: its facts are what was true
when it was issued. A file is made once per language; until then its row may say that it is wanted or failed.
"""

from django.db import models

from apps.core.ids import UUID7Field
from apps.documents.types import NUMBERED, PARCEL_KINDS, DocumentKind

_NUMBERED = [kind.value for kind in NUMBERED]
_PARCEL = [kind.value for kind in PARCEL_KINDS]


class Document(models.Model):
    """`facts` is language-free: texts are {language: text}, sums minor units, moments ISO 8601 in UTC.

    `subject` is the order, refund, seller (of a statement) or shipment that it is about; `language` is
    that of the person it was issued to, in which its file is made at once.
    """

    id = UUID7Field()
    kind = models.CharField(max_length=14, choices=DocumentKind)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # 1, 2, 3, ... without gaps per kind and year; null where the number is the parcel's.
    serial = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=10)
    subject_id = models.UUIDField()
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The first day of a statement's month.
    period_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    language = models.CharField(max_length=2)
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_kind_is_numbered",
                condition=models.Q(
                    kind__in=_NUMBERED, serial__isnull=False, serial__gt=0, year__isnull=False
                )
                | models.Q(kind__in=_PARCEL, serial=None, year=None),
            ),
            models.CheckConstraint(
                name="document_kind_has_its_subject",
                condition=models.Q(
                    kind="STATEMENT", order=None, period_on__isnull=False, period_on__day=1
                )
                & ~models.Q(currency="")
                | ~models.Q(kind="STATEMENT") & models.Q(order__isnull=False, period_on=None),
            ),
            models.UniqueConstraint(
                fields=["kind", "year", "serial"],
                condition=models.Q(serial__isnull=False),
                name="document_serial_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(kind__in=["RECEIPT", "REFUND_RECEIPT"]),
                name="document_receipt_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "period_on", "currency"],
                condition=models.Q(kind="STATEMENT"),
                name="document_statement_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "facts_sha256"],
                condition=models.Q(kind__in=_PARCEL),
                name="document_of_parcel_once",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "kind", "-id"], name="document_of_seller"),
        ]

    def __str__(self) -> str:
        return self.number


class Rendering(models.Model):
    """A document's file in one language: wanted, then there for good; or failed, and wanted again."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=2)
    key = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size_bytes = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "language"], name="rendering_once"),
            models.CheckConstraint(
                name="rendering_is_there_or_not",
                condition=models.Q(key="", sha256="", size_bytes=0, rendered_at=None)
                | models.Q(
                    ~models.Q(key=""),
                    sha256__regex=r"^[0-9a-f]{64}$",
                    size_bytes__gt=0,
                    rendered_at__isnull=False,
                    failed_at=None,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.language}"
