"""A seller's money: balances, settlements order by order, the ledger entries behind each.

Invariant: only those whose role sees the money get anything; every sum is a ledger's.
"""

from dataclasses import dataclass
from uuid import UUID

from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.orders.models import Order, Parcel
from apps.payments.models import JournalEntry, Settlement
from apps.payments.selectors import (
    entries_of_settlement,
    seller_balances,
    settlement_of,
    settlements_of,
)
from apps.payments.types import SellerBalance, Split
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A settlement and the order that it settles, or whose lost parcel it makes good."""

    settlement: Settlement
    order: Order

    @property
    def left(self) -> Split:
        """What refunds did not take back."""
        return self.settlement.left

    @property
    def is_loss(self) -> bool:
        return self.settlement.reference_id != self.order.id

    @property
    def is_taken_back(self) -> bool:
        return bool(self.settlement.reversals.all())

    @property
    def commission(self) -> Money:
        """The marketplace's commission with the VAT on it, less what refunds took back."""
        return self.left.commission + self.left.commission_vat


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Newest first; `next_before` is the id to ask the older ones with, or None."""

    rows: list[StatementRow]
    next_before: UUID | None


def balances(viewer: Viewer, seller_id: UUID) -> list[SellerBalance]:
    """Return the ledger's balances of a seller, one a currency.

    :raises NotFound: the viewer does not see this seller's money
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    return seller_balances(seller_id)


def statement(
    viewer: Viewer,
    seller_id: UUID,
    *,
    state: str = "",
    before: UUID | None = None,
    limit: int = 25,
) -> StatementPage:
    """Return a page of a seller's settlements with their orders; `state` is a SettlementState or "".

    Three queries, for any number of rows; one more where lost parcels are among them.

    :raises NotFound: the viewer does not see this seller's money
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    found = settlements_of(seller_id, before, limit + 1, state=state)
    rows = found[:limit]
    orders = _orders_of([row.reference_id for row in rows])
    return StatementPage(
        [StatementRow(row, orders[row.reference_id]) for row in rows],
        rows[-1].id if len(found) > limit else None,
    )


def statement_entry(
    viewer: Viewer, seller_id: UUID, settlement_id: UUID
) -> tuple[StatementRow, list[JournalEntry]]:
    """Return one settlement with its order and the entries behind it, postings loaded.

    :raises NotFound: the viewer does not see this seller's money, or it is another's
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    settlement = settlement_of(seller_id, settlement_id)
    order = _orders_of([settlement.reference_id])[settlement.reference_id]
    return StatementRow(settlement, order), entries_of_settlement(settlement)


def _orders_of(reference_ids: list[UUID]) -> dict[UUID, Order]:
    """Return the orders that settlements speak of: by their own ids, or by those of lost parcels."""
    found: dict[UUID, Order] = Order.objects.in_bulk(reference_ids)
    if missing := set(reference_ids) - set(found):
        parcels = Parcel.objects.filter(id__in=missing).select_related("order")
        found |= {parcel.id: parcel.order for parcel in parcels}
    return found
