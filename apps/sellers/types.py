"""Types that cross the edge of sellers."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MemberRole(TextChoices):
    OWNER = "OWNER", _("Owner")
    MANAGER = "MANAGER", _("Manager")
    STOCK = "STOCK", _("Stock keeper")
    FINANCE = "FINANCE", pgettext_lazy("role", "Finance")


class Power(StrEnum):
    """What a member of a seller's staff may do; rules.POWERS gives them to roles."""

    FULFIL_ORDERS = "FULFIL_ORDERS"
    CANCEL_ORDERS = "CANCEL_ORDERS"
    CHANGE_STOCK = "CHANGE_STOCK"
    CHANGE_OFFERS = "CHANGE_OFFERS"
    ANSWER_REVIEWS = "ANSWER_REVIEWS"
    CHANGE_PRODUCTS = "CHANGE_PRODUCTS"
    SEE_MONEY = "SEE_MONEY"
    MOVE_MONEY = "MOVE_MONEY"
    CHANGE_BANK = "CHANGE_BANK"
    MANAGE_STAFF = "MANAGE_STAFF"
    ASSIGN_KEEPERS = "ASSIGN_KEEPERS"


@dataclass(frozen=True, slots=True)
class SellerDetails:
    name: str
    slug: str
    legal_name: str
    legal_kind: str
    country: str
    city: str
    tax_id: str
    currency: str
    is_vat_payer: bool = False
