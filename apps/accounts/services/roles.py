"""Roles: Django groups with the permissions that each kind of staff needs.

Invariant: a group has exactly the permissions listed here that exist in this deployment; nobody's
role gives a right to change money, stock or the state of an order by hand.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from apps.accounts.models import User

_PEOPLE = ("accounts.view_user", "accounts.view_address")
_CATALOGUE = (
    "catalog.view_category",
    "catalog.view_attribute",
    "catalog.view_brand",
    "catalog.view_product",
    "catalog.view_carddraft",
    "catalog.view_variant",
    "catalog.view_offer",
    "catalog.view_stock",
    "catalog.view_inventoryitem",
    "catalog.view_warehouse",
)
_ORDERS = (
    "orders.view_ordergroup",
    "orders.view_order",
    "orders.view_orderline",
    "orders.view_addresschange",
    "orders.view_return",
    "orders.view_dispute",
)
_MONEY = (
    "payments.view_payment",
    "payments.view_refund",
    "payments.view_chargeback",
    "payments.view_ledgeraccount",
    "payments.view_journalentry",
    "payments.view_posting",
    "payments.view_settlement",
    "payments.view_escrowhold",
    "payments.view_payout",
    "payments.view_payoutaccount",
    "payments.view_reconciliationrun",
    "payments.view_reconciliationitem",
)
_SELLERS = ("sellers.view_seller", "sellers.view_sellermember", "sellers.view_contract")

ROLES: dict[str, tuple[str, ...]] = {
    "customer": (),
    "courier": ("logistics.view_pickuppoint",),
    "pickup_clerk": ("logistics.view_pickuppoint",),
    "support": (
        *_PEOPLE,
        *_CATALOGUE,
        *_ORDERS,
        *_SELLERS,
        "payments.view_payment",
        "payments.view_refund",
        "orders.refund_order",
        "documents.view_document",
        "reviews.view_review",
        "logistics.view_pickuppoint",
        "logistics.view_shipment",
    ),
    # Decides disputes and answers chargebacks, with what that needs to see.
    "arbiter": (
        *_PEOPLE,
        *_ORDERS,
        *_SELLERS,
        "orders.decide_dispute",
        "catalog.view_product",
        "catalog.view_offer",
        "documents.view_document",
        "logistics.view_shipment",
        "payments.view_payment",
        "payments.view_refund",
        "payments.view_chargeback",
        "payments.answer_chargeback",
        "payments.view_settlement",
        "payments.view_escrowhold",
        "payments.view_ledgeraccount",
        "payments.view_journalentry",
        "payments.view_posting",
    ),
    "moderator": (
        *_CATALOGUE,
        *_SELLERS,
        "catalog.add_category",
        "catalog.change_category",
        "catalog.change_product",
        "catalog.change_carddraft",
        "reviews.view_review",
        "reviews.change_review",
    ),
    "analyst": (
        *_CATALOGUE,
        *_ORDERS,
        *_MONEY,
        *_SELLERS,
        "documents.view_document",
        "reviews.view_review",
    ),
    "superadmin": ("*",),
}


@transaction.atomic
def ensure_roles() -> dict[str, Group]:
    """Create the groups and give each its permissions; repeating changes nothing."""
    known = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in Permission.objects.select_related("content_type")
    }
    groups = {}
    for name, wanted in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        if "*" in wanted:
            group.permissions.set(Permission.objects.filter(~Q(codename__startswith="delete_")))
        else:
            group.permissions.set([known[code] for code in wanted if code in known])
        groups[name] = group
    return groups


@transaction.atomic
def give_role(*, user: User, role: str) -> None:
    """Put a person into the group of a role.

    :raises LookupError: no such role
    """
    if role not in ROLES:
        raise LookupError(f"no role {role}")
    user.groups.add(ensure_roles()[role])
