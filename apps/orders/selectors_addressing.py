"""Changes of address that wait for their money. Callers have checked that the orders are the viewer's."""

from collections.abc import Sequence
from uuid import UUID

from apps.orders.models import AddressChange
from apps.orders.types import AddressChangeState

# How payments name a change of address.
SURCHARGE_REFERENCE = "address_change"


def waiting_changes(order_ids: Sequence[UUID]) -> dict[UUID, AddressChange]:
    """Return the changes that wait, by order, in one query; in none for no orders."""
    if not order_ids:
        return {}
    rows = AddressChange.objects.filter(
        order_id__in=list(order_ids), state=AddressChangeState.WAITING
    )
    return {row.order_id: row for row in rows}
