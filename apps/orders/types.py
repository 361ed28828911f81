"""Types that cross the edge of orders."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.core.money import Money


class OrderStatus(TextChoices):
    CREATED = "CREATED", _("Waiting for payment")
    PAID = "PAID", _("Paid")
    PROCESSING = "PROCESSING", _("Being prepared")
    SHIPPED = "SHIPPED", _("On its way")
    DELIVERED = "DELIVERED", _("Delivered")
    CANCELLED = "CANCELLED", _("Cancelled")
    RETURNED = "RETURNED", _("Returned")


class GroupStatus(TextChoices):
    AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Waiting for payment")
    # The hold on the goods ran out; late money re-reserves or is returned.
    EXPIRED = "EXPIRED", _("Not paid in time")
    PAID = "PAID", _("Paid")
    CANCELLED = "CANCELLED", _("Cancelled")


class CancelReason(TextChoices):
    NOT_PAID = "NOT_PAID", _("It was not paid in time.")
    SOLD_OUT = "SOLD_OUT", _("It was sold out when the payment came. The money goes back.")
    BY_BUYER = "BY_BUYER", _("The buyer cancelled it.")


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
