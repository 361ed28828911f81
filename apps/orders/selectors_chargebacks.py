"""Chargebacks as sellers and staff read them: by order, with what of it is that order's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.timezone import localdate

from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.logistics.selectors.shipments import shipments_of
from apps.orders.models import Order, Parcel
from apps.payments.models import Chargeback, ChargebackPart
from apps.payments.selectors_chargebacks import chargebacks_of, part_of, references_of
from apps.payments.types_chargebacks import Bearer, ChargebackState, Evidence
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

LISTED = 20


@dataclass(frozen=True, slots=True)
class OrderChargeback:
    """A chargeback and what of it is one order's; `order` is loaded with nothing beside it."""

    order: Order
    chargeback: Chargeback
    part: Money

    @property
    def is_open(self) -> bool:
        return self.chargeback.is_frozen

    @property
    def is_sellers(self) -> bool:
        return self.chargeback.bearer == Bearer.SELLER

    @property
    def is_won(self) -> bool:
        return self.chargeback.state == ChargebackState.WON


def seller_chargebacks(viewer: Viewer, seller_id: UUID) -> list[OrderChargeback]:
    """Return the chargebacks of a seller's orders, open ones first, then the last to end.

    :raises NotFound: the viewer does not see this seller's money
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    parts = ChargebackPart.objects.filter(allocation__payee_id=seller_id)
    # A part is of money that was withdrawn: it is frozen until it is settled.
    open_first = F("chargeback__settled_at").desc(nulls_first=True)
    parts = parts.select_related("chargeback", "allocation").order_by(open_first, "-id")
    listed = list(parts[:LISTED])
    orders = Order.objects.in_bulk([part.allocation.reference_id for part in listed])
    return [
        OrderChargeback(
            orders[part.allocation.reference_id],
            part.chargeback,
            Money(part.amount_minor, part.chargeback.currency),
        )
        for part in listed
    ]


def order_chargebacks(order: Order) -> list[OrderChargeback]:
    """Return the chargebacks that took from an order, the oldest first."""
    rows = chargebacks_of([order.id])
    found = [OrderChargeback(order, row, part_of(row, order.id)) for row in rows]
    return [one for one in found if one.part]


def orders_of_chargeback(chargeback: Chargeback) -> list[Order]:
    ids = references_of(chargeback) or list(
        chargeback.payment.allocations.values_list("reference_id", flat=True)
    )
    return list(Order.objects.filter(id__in=ids).order_by("number"))


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What the house knows of a parcel that speaks for its seller."""

    id: UUID
    number: str
    carrier: str
    shipped_at: datetime
    delivered_at: datetime | None


def parcels_of_chargeback(chargeback: Chargeback) -> list[ParcelFacts]:
    """Return the parcels of a chargeback's orders, by number."""
    ids = [order.id for order in orders_of_chargeback(chargeback)]
    views = {view.id: view for found in shipments_of(ids).values() for view in found}
    return [
        ParcelFacts(
            parcel.id,
            parcel.number,
            views[parcel.id].carrier if parcel.id in views else "",
            parcel.shipped_at,
            parcel.delivered_at,
        )
        for parcel in Parcel.objects.filter(order_id__in=ids).order_by("number")
    ]


def evidence_of(text: str, parcels: Sequence[ParcelFacts]) -> Evidence:
    """Put words and the chosen parcels' facts together; days are the shop's, as YYYY-MM-DD."""
    return Evidence(
        text=text,
        tracking_number=_joined(one.number for one in parcels),
        carrier=_joined(one.carrier for one in parcels),
        shipped_on=_joined(f"{localdate(one.shipped_at)}" for one in parcels),
        delivered_on=_joined(
            f"{localdate(one.delivered_at)}" for one in parcels if one.delivered_at
        ),
    )


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, words)))
