"""Types that cross the edge of documents."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DocumentKind(TextChoices):
    RECEIPT = "RECEIPT", _("Receipt")
    REFUND_RECEIPT = "REFUND_RECEIPT", _("Refund receipt")
    STATEMENT = "STATEMENT", _("Statement")
    PACKING_SLIP = "PACKING_SLIP", _("Packing slip")
    LABEL = "LABEL", _("Label")


# Papers of account: numbered 1, 2, 3, ... per kind and year. A parcel's papers bear the parcel's number.
NUMBERED = (DocumentKind.RECEIPT, DocumentKind.REFUND_RECEIPT, DocumentKind.STATEMENT)
PARCEL_KINDS = (DocumentKind.PACKING_SLIP, DocumentKind.LABEL)
BUYER_KINDS = (DocumentKind.RECEIPT, DocumentKind.REFUND_RECEIPT)


class FileState(TextChoices):
    """What there is of a document's file in one language."""

    NOT_ASKED = "NOT_ASKED", _("Not prepared yet")
    PREPARING = "PREPARING", pgettext_lazy("document", "Being prepared")
    READY = "READY", _("Ready")
    FAILED = "FAILED", _("Cannot be prepared now")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its file in one language. `key` names the file in storage once it is READY."""

    id: UUID
    kind: DocumentKind
    number: str
    issued_at: datetime
    seller_id: UUID
    order_id: UUID | None
    period_on: date | None
    currency: str
    language: str
    state: FileState
    key: str
    size_bytes: int
    asked_at: datetime | None

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def is_ready(self) -> bool:
        return self.state == FileState.READY

    @property
    def is_waiting(self) -> bool:
        return self.state == FileState.PREPARING

    @property
    def has_failed(self) -> bool:
        return self.state == FileState.FAILED

    @property
    def file_name(self) -> str:
        """What the downloaded file is called: the kind and the number, in plain letters."""
        return f"{self.kind.lower().replace('_', '-')}-{self.number}.pdf"


@dataclass(frozen=True, slots=True)
class Period:
    """One local month of one seller's currency that is over: [starts_at, ends_at)."""

    month: date
    currency: str
