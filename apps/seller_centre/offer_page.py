"""Words around an offer and its stock."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.catalog.models import StockMovement
from apps.core.formats import format_moment


@dataclass(frozen=True, slots=True)
class ShownMovement:
    at: str
    warehouse: str
    seller_sku: str
    kind: str
    quantity: str
    note: str


def state_words(state: str) -> tuple[str, str]:
    """Return the words for an offer's state and their tone."""
    return {
        "ON_SALE": (_("On sale"), "success"),
        "SOLD_OUT": (_("Sold out"), "warning"),
        "PAUSED": (_("Paused"), "neutral"),
        "HIDDEN": (_("The card is not in the shop"), "danger"),
    }[state]


def shown_movements(rows: Sequence[StockMovement]) -> list[ShownMovement]:
    """Dress movements whose stock, warehouse and item are loaded. No query is made here."""
    return [
        ShownMovement(
            at=format_moment(row.created_at),
            warehouse=row.stock.warehouse.name,
            seller_sku=row.stock.item.seller_sku,
            kind=str(row.get_kind_display()),
            quantity=f"+{row.quantity}" if row.quantity > 0 else f"−{-row.quantity}",
            note=row.reason,
        )
        for row in rows
    ]
