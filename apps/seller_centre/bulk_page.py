"""Words around a bulk change: what it does, each row's old and new, why a row stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models import BulkChange, BulkRow
from apps.catalog.selectors.card_desk import ShopBulkRow
from apps.catalog.services.bulk_changes import UNDO_TERM
from apps.catalog.services.bulk_rows import REFUSALS
from apps.catalog.types import BulkKind
from apps.core.formats import format_money
from apps.core.money import Money

_TONES = {
    BulkRow.Outcome.READY: "info",
    BulkRow.Outcome.REFUSED: "warning",
    BulkRow.Outcome.DONE: "success",
    BulkRow.Outcome.RESTORED: "neutral",
    BulkRow.Outcome.KEPT: "warning",
}


@dataclass(frozen=True, slots=True)
class ShownBulkRow:
    source: ShopBulkRow
    before: str
    after: str
    words: str
    tone: str
    reason: str

    @property
    def is_ready(self) -> bool:
        return bool(self.source.row.outcome == BulkRow.Outcome.READY)

    @property
    def is_refused(self) -> bool:
        return bool(self.source.row.outcome == BulkRow.Outcome.REFUSED)


def change_words(change: BulkChange) -> str:
    """Return the change in one line: "Change the price by percent: −10 %"."""
    label = str(change.get_kind_display())
    match change.kind:
        case BulkKind.PRICE_PERCENT:
            sign = "−" if change.value < 0 else "+"
            return f"{label}: {sign}{abs(change.value) / 100:g} %"
        case BulkKind.PRICE_AMOUNT:
            return f"{label}: {format_money(Money(change.value, change.seller.currency))}"
        case BulkKind.HANDLING_DAYS:
            return f"{label}: {change.value}"
        case BulkKind.ADD_STOCK:
            return f"{label}: +{change.value}, {change.warehouse}"
    return label


def shown_rows(change: BulkChange, rows: Sequence[ShopBulkRow]) -> list[ShownBulkRow]:
    """Dress rows whose offers are loaded. No query is made here."""
    return [
        ShownBulkRow(
            source=source,
            before=_value(source.row.before, source.row.offer.currency),
            after=_value(source.row.after, source.row.offer.currency),
            words=str(source.row.get_outcome_display()),
            tone=_TONES[BulkRow.Outcome(source.row.outcome)],
            reason=str(REFUSALS.get(source.row.refusal, "")),
        )
        for source in rows
    ]


def left_minutes(change: BulkChange, now: datetime) -> int:
    """Return the minutes that are left for undoing, rounded up."""
    if change.applied_at is None:
        return 0
    left = (change.applied_at + UNDO_TERM - now).total_seconds()
    return max(0, -(-int(left) // 60))


def _value(values: dict[str, Any], currency: str) -> str:
    if "price_minor" in values:
        price = format_money(Money(values["price_minor"], currency))
        old = values.get("old_price_minor")
        if not old:
            return price
        return _("%(price)s (was %(old)s)") % {
            "price": price,
            "old": format_money(Money(old, currency)),
        }
    if "is_active" in values:
        return _("On sale") if values["is_active"] else _("Paused")
    if "handling_days" in values:
        return str(values["handling_days"])
    return str(values.get("on_hand", ""))
