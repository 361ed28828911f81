"""The sidebar: models by the work that is done with them, not by the app that holds them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """`models` are labels in the order in which they stand."""

    code: str
    label: Any
    icon: str
    models: tuple[str, ...]


SECTIONS = (
    Section(
        "moderation",
        _("Moderation"),
        "shield-check",
        ("catalog.CardDraft", "catalog.Product", "reviews.Review", "payments.Incident"),
    ),
    Section(
        "catalogue",
        _("Catalogue"),
        "layout-grid",
        (
            "catalog.Category",
            "catalog.Attribute",
            "catalog.AttributeOption",
            "catalog.CategoryAttribute",
            "catalog.Brand",
            "catalog.Variant",
            "catalog.ListingCard",
            "search.SearchDocument",
            "search.SearchTerm",
        ),
    ),
    Section(
        "sellers",
        _("Sellers"),
        "store",
        (
            "sellers.Seller",
            "sellers.SellerMember",
            "sellers.Contract",
            "catalog.Offer",
            "catalog.OfferPrice",
            "catalog.InventoryItem",
            "catalog.Warehouse",
            "catalog.Stock",
            "catalog.StockMovement",
            "catalog.BulkChange",
            "catalog.WarehouseKeeper",
        ),
    ),
    Section(
        "orders",
        _("Orders"),
        "package",
        (
            "orders.OrderGroup",
            "orders.Order",
            "orders.OrderLine",
            "orders.OrderEvent",
            "orders.Return",
            "orders.Dispute",
            "documents.Document",
            "catalog.Reservation",
            "logistics.Shipment",
            "logistics.DeliveryZone",
            "logistics.DeliveryTariff",
            "logistics.PickupPoint",
            "logistics.Courier",
            "logistics.PickupClerk",
        ),
    ),
    Section(
        "money",
        _("Money"),
        "landmark",
        (
            "payments.Payment",
            "payments.PaymentAttempt",
            "payments.PaymentEvent",
            "payments.Refund",
            "payments.Chargeback",
            "payments.Settlement",
            "payments.EscrowHold",
            "payments.Payout",
            "payments.PayoutAccount",
            "payments.PayoutSchedule",
            "payments.ReconciliationItem",
            "payments.ReconciliationRun",
            "payments.LedgerAccount",
            "payments.JournalEntry",
            "payments.Posting",
            "pricing.CommissionRate",
            "pricing.TaxRate",
            "pricing.ExchangeRate",
        ),
    ),
    Section(
        "people",
        _("People"),
        "users",
        (
            "accounts.User",
            "accounts.Address",
            "account.EmailAddress",
            "auth.Group",
            "notifications.Delivery",
        ),
    ),
    Section(
        "system",
        _("System"),
        "server",
        (
            "core.OutboxEvent",
            "payments.ProviderEvent",
            "core.AuditEntry",
            "core.Seal",
            "core.NumberSeries",
        ),
    ),
)
