"""Pure rules of documents: how they are numbered, when a month is over, what a file is called."""

import json
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from apps.documents.types import DocumentKind

PREFIXES = {
    DocumentKind.RECEIPT: "R",
    DocumentKind.REFUND_RECEIPT: "RF",
    DocumentKind.STATEMENT: "S",
}
# A transaction that began before midnight has long ended by then, so a closed month stays as it is.
CLOSING = timedelta(hours=1)
# The name of the storage of files (settings.STORAGES): never a public one.
STORAGE = "private"
LAST_MONTH = 12


def series_of(kind: DocumentKind, year: int) -> str:
    """Return the name of the number series (core.numbers) of a kind and a year."""
    return f"documents:{kind}:{year}"


def number_of(kind: DocumentKind, year: int, serial: int) -> str:
    return f"{PREFIXES[kind]}-{year}-{serial:06}"


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    if month.month == LAST_MONTH:
        return date(month.year + 1, 1, 1)
    return date(month.year, month.month + 1, 1)


def month_bounds(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return [start, end) of a month as its days are counted in `zone`."""
    start = datetime.combine(month_of(month), time.min, zone)
    return start, datetime.combine(next_month(month), time.min, zone)


def is_closed(month: date, zone: ZoneInfo, now: datetime) -> bool:
    """Tell whether a month is over, with CLOSING to spare."""
    return now >= month_bounds(month, zone)[1] + CLOSING


def facts_digest(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of facts, the same whatever the order of their keys."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def storage_key(*, kind: str, issued_at: datetime, id_: object, language: str, digest: str) -> str:
    """Return where a file is kept: its name holds the hash of its content, so it never changes."""
    return f"{kind.lower()}/{issued_at:%Y/%m}/{id_}-{language}-{digest[:16]}.pdf"
