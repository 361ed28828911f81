"""Which part of the checkout comes next, and what the page shows of the parts that are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.core.viewer import Viewer
from apps.orders import rules
from apps.orders.models import Checkout
from apps.orders.services import checkouts
from apps.orders.types import Quote
from apps.storefront.trade.addresses import address_line
from apps.storefront.trade.delivery import COURIER, SellerDelivery, Way, map_of, ways_of
from apps.storefront.trade.point_map import PlainMap

WHERE, HOW, PAY = "where", "how", "pay"


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """`step` is the part that is open; `quote` is there from the moment the sum can be named."""

    checkout: Checkout
    step: str
    parcels: tuple[SellerDelivery, ...] = ()
    quote: Quote | None = None
    point_map: PlainMap | None = None

    @property
    def chosen(self) -> list[tuple[str, Way]]:
        """Each seller's name with the way that is chosen."""
        return [
            (parcel.name, way)
            for parcel in self.parcels
            for way in parcel.ways
            if way.value == parcel.chosen
        ]

    @property
    def address(self) -> str:
        return address_line(self.checkout.address)


def is_addressed(checkout: Checkout) -> bool:
    return bool(checkout.email) and not rules.missing_fields(checkout.address, needs_door=False)


def lacks_door(checkout: Checkout, choices: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a courier is chosen but the address has no street or house."""
    kinds = {choice["kind"] for choice in choices.values()}
    return COURIER in kinds and bool(rules.missing_fields(checkout.address, needs_door=True))


def is_settled(checkout: Checkout, parcels: list[SellerDelivery]) -> bool:
    """Whether every seller's parcel has a choice that is still possible."""
    return (
        bool(parcels)
        and all(
            str(parcel.seller_id) in checkout.deliveries
            and any(
                way.as_choice() == checkout.deliveries[str(parcel.seller_id)] for way in parcel.ways
            )
            for parcel in parcels
        )
        and not lacks_door(checkout, checkout.deliveries)
    )


def checkout_page(
    viewer: Viewer, checkout: Checkout, *, wanted: str, now: datetime
) -> CheckoutPage:
    """Return the page at the part that is asked for, or at the first that is not done yet.

    :raises LineUnavailable, NoDelivery: the cart cannot be ordered as it is
    """
    if not is_addressed(checkout):
        return CheckoutPage(checkout, WHERE)
    parcels = ways_of(checkout, now=now)
    settled = is_settled(checkout, parcels)
    step = wanted if wanted in {WHERE, HOW} else ""
    step = step or (PAY if settled else HOW)
    quote = None
    if settled:
        checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=now)
    drawn = None
    if step == HOW:
        address = checkout.address
        drawn = map_of(parcels, address.get("country", ""), address.get("city", ""))
    return CheckoutPage(checkout, step, tuple(parcels), quote, drawn)
