"""Types that cross the edge of orders."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.money import Money


class OrderStatus(TextChoices):
    CREATED = "CREATED", _("Waiting for payment")
    PAID = "PAID", pgettext_lazy("order", "Paid")
    PROCESSING = "PROCESSING", _("Being prepared")
    SHIPPED = "SHIPPED", _("On its way")
    DELIVERED = "DELIVERED", pgettext_lazy("order", "Delivered")
    CANCELLED = "CANCELLED", pgettext_lazy("order", "Cancelled")
    RETURNED = "RETURNED", pgettext_lazy("order", "Returned")


class GroupStatus(TextChoices):
    AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Waiting for payment")
    # The hold on the goods ran out; late money re-reserves or is returned.
    EXPIRED = "EXPIRED", _("Not paid in time")
    PAID = "PAID", pgettext_lazy("order", "Paid")
    CANCELLED = "CANCELLED", pgettext_lazy("order", "Cancelled")


class CancelReason(TextChoices):
    NOT_PAID = "NOT_PAID", _("It was not paid in time.")
    SOLD_OUT = "SOLD_OUT", _("It was sold out when the payment came. The money goes back.")
    BY_BUYER = "BY_BUYER", _("The buyer cancelled it.")
    BY_SELLER = "BY_SELLER", _("The seller cannot deliver it. The money goes back.")
    OUT_OF_STOCK = "OUT_OF_STOCK", _("The seller has run out of it. The money goes back.")
    SELLER_LATE = "SELLER_LATE", _("The seller did not send it in time. The money goes back.")
    REFUSED = "REFUSED", _("It was not accepted or not collected. The money goes back.")
    LOST = "LOST", _("It was lost on the way. The money goes back.")
    BY_STAFF = "BY_STAFF", _("The marketplace cancelled it. The money goes back.")
    SENT_BACK = "SENT_BACK", _("Everything was sent back to the seller.")


# What a seller may say when it cancels.
SELLER_REASONS = (CancelReason.OUT_OF_STOCK, CancelReason.BY_SELLER)


class AddressChangeState(TextChoices):
    WAITING = "WAITING", _("Waiting for payment")
    APPLIED = "APPLIED", _("Done")
    EXPIRED = "EXPIRED", _("Not paid in time")
    # Another change took its place, or the order left or ended before the money came.
    DROPPED = "DROPPED", _("Dropped")


class SellerTab(TextChoices):
    """The queues of a seller: what its saved filters show."""

    TO_CONFIRM = "to_confirm", _("To confirm")
    TO_SHIP = "to_ship", _("To send")
    LATE = "late", _("Late")
    ON_THE_WAY = "on_the_way", _("On the way")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled and returned")


@dataclass(frozen=True, slots=True)
class QuotedTax:
    code: str
    rate_bps: int
    base: Money
    amount: Money
    is_inclusive: bool


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line as it will be ordered. Offer amounts are in the offer's currency, the rest in the charge's."""

    offer_id: UUID
    offer_version: int
    seller_id: UUID
    variant_id: UUID
    product_id: UUID
    quantity: int
    offer_unit: Money
    unit: Money
    total: Money
    rate: Decimal
    rate_on: date
    commission_bps: int
    commission: Money
    taxes: tuple[QuotedTax, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedDelivery:
    """One seller's parcel. `promised_*` are local dates of the destination."""

    seller_id: UUID
    kind: str
    carrier: str
    pickup_point_id: UUID | None
    weight_grams: int
    price: Money
    promised_from: date
    promised_to: date


@dataclass(frozen=True, slots=True)
class Quote:
    """What the buyer will pay, line by line. `digest` is a hash over all of it."""

    currency: str
    lines: tuple[QuotedLine, ...]
    deliveries: tuple[QuotedDelivery, ...]
    items: Money
    delivery: Money
    tax: Money
    total: Money
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AddressQuote:
    """What sending a paid order elsewhere comes to, until `expires_at`. `digest` is over all of it."""

    order_id: UUID
    address: dict[str, str]
    before: Money
    delivery: Money
    promised_from: date
    promised_to: date
    # Whether the days are other than those that were promised.
    is_moved: bool
    expires_at: datetime
    digest: str = ""

    @property
    def difference(self) -> Money:
        return self.delivery - self.before

    @property
    def surcharge(self) -> Money:
        return max(self.difference, Money.zero(self.delivery.currency))

    @property
    def goes_back(self) -> Money:
        return max(-self.difference, Money.zero(self.delivery.currency))

    @property
    def needs_consent(self) -> bool:
        return self.is_moved or bool(self.difference)


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """How long a seller may take, in hours (settings ORDER_*_HOURS)."""

    confirm_hours: int
    ship_hours: int
    late_hours: int


@dataclass(frozen=True, slots=True)
class SettledLine:
    """One line's part in a settlement: the units that the buyer keeps, at both frozen prices."""

    kept: int
    unit: Money
    offer_unit: Money
    commission_bps: int
