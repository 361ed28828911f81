"""What the back office calls models and their fields, in words that can be translated.

Models name their fields for programmers and Django makes labels of those names; a `verbose_name` on each of
them would be a migration and a line for every field. Here a table stands for all; labels.py marks those of fields.
"""

from django.apps import apps
from django.contrib.admin import AdminSite
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# One and several, by the model's label; the last ones stand on pages of others alone.
MODELS = {
    "accounts.Address": (pgettext_lazy("model", "address"), pgettext_lazy("model", "addresses")),
    "auth.Group": (pgettext_lazy("model", "role"), pgettext_lazy("model", "roles")),
    "catalog.Attribute": (
        pgettext_lazy("model", "attribute"),
        pgettext_lazy("model", "attributes"),
    ),
    "catalog.AttributeOption": (
        pgettext_lazy("model", "attribute option"),
        pgettext_lazy("model", "attribute options"),
    ),
    "catalog.Brand": (pgettext_lazy("model", "brand"), pgettext_lazy("model", "brands")),
    "catalog.BulkChange": (
        pgettext_lazy("model", "bulk change"),
        pgettext_lazy("model", "bulk changes"),
    ),
    "catalog.Category": (pgettext_lazy("model", "category"), pgettext_lazy("model", "categories")),
    "catalog.CategoryAttribute": (
        pgettext_lazy("model", "category attribute"),
        pgettext_lazy("model", "category attributes"),
    ),
    "catalog.InventoryItem": (
        pgettext_lazy("model", "inventory item"),
        pgettext_lazy("model", "inventory items"),
    ),
    "catalog.ListingCard": (
        pgettext_lazy("model", "listing card"),
        pgettext_lazy("model", "listing cards"),
    ),
    "catalog.Offer": (pgettext_lazy("model", "offer"), pgettext_lazy("model", "offers")),
    "catalog.OfferPrice": (
        pgettext_lazy("model", "offer price"),
        pgettext_lazy("model", "offer prices"),
    ),
    "catalog.Product": (pgettext_lazy("model", "product"), pgettext_lazy("model", "products")),
    "catalog.Reservation": (
        pgettext_lazy("model", "reservation"),
        pgettext_lazy("model", "reservations"),
    ),
    "catalog.Stock": (pgettext_lazy("model", "stock"), pgettext_lazy("model", "stock")),
    "catalog.StockMovement": (
        pgettext_lazy("model", "stock movement"),
        pgettext_lazy("model", "stock movements"),
    ),
    "catalog.Variant": (pgettext_lazy("model", "variant"), pgettext_lazy("model", "variants")),
    "catalog.Warehouse": (
        pgettext_lazy("model", "warehouse"),
        pgettext_lazy("model", "warehouses"),
    ),
    "core.AuditEntry": (
        pgettext_lazy("model", "audit entry"),
        pgettext_lazy("model", "audit entries"),
    ),
    "core.NumberSeries": (
        pgettext_lazy("model", "number series"),
        pgettext_lazy("model", "number series"),
    ),
    "core.OutboxEvent": (
        pgettext_lazy("model", "outbox event"),
        pgettext_lazy("model", "outbox events"),
    ),
    "core.Seal": (pgettext_lazy("model", "seal"), pgettext_lazy("model", "seals")),
    "documents.Document": (pgettext_lazy("model", "document"), pgettext_lazy("model", "documents")),
    "logistics.Courier": (pgettext_lazy("model", "courier"), pgettext_lazy("model", "couriers")),
    "logistics.DeliveryTariff": (
        pgettext_lazy("model", "delivery tariff"),
        pgettext_lazy("model", "delivery tariffs"),
    ),
    "logistics.DeliveryZone": (
        pgettext_lazy("model", "delivery zone"),
        pgettext_lazy("model", "delivery zones"),
    ),
    "logistics.PickupClerk": (
        pgettext_lazy("model", "pickup clerk"),
        pgettext_lazy("model", "pickup clerks"),
    ),
    "logistics.PickupPoint": (
        pgettext_lazy("model", "pickup point"),
        pgettext_lazy("model", "pickup points"),
    ),
    "logistics.Shipment": (pgettext_lazy("model", "shipment"), pgettext_lazy("model", "shipments")),
    "notifications.Delivery": (
        pgettext_lazy("model", "message"),
        pgettext_lazy("model", "messages"),
    ),
    "orders.Dispute": (pgettext_lazy("model", "dispute"), pgettext_lazy("model", "disputes")),
    "orders.Order": (pgettext_lazy("model", "order"), pgettext_lazy("model", "orders")),
    "orders.OrderEvent": (
        pgettext_lazy("model", "order event"),
        pgettext_lazy("model", "order events"),
    ),
    "orders.OrderGroup": (pgettext_lazy("model", "purchase"), pgettext_lazy("model", "purchases")),
    "orders.OrderLine": (
        pgettext_lazy("model", "order line"),
        pgettext_lazy("model", "order lines"),
    ),
    "orders.Return": (pgettext_lazy("model", "return"), pgettext_lazy("model", "returns")),
    "payments.Chargeback": (
        pgettext_lazy("model", "chargeback"),
        pgettext_lazy("model", "chargebacks"),
    ),
    "payments.EscrowHold": (
        pgettext_lazy("model", "escrow hold"),
        pgettext_lazy("model", "escrow holds"),
    ),
    "payments.Incident": (pgettext_lazy("model", "incident"), pgettext_lazy("model", "incidents")),
    "payments.JournalEntry": (
        pgettext_lazy("model", "journal entry"),
        pgettext_lazy("model", "journal entries"),
    ),
    "payments.LedgerAccount": (
        pgettext_lazy("model", "ledger account"),
        pgettext_lazy("model", "ledger accounts"),
    ),
    "payments.Payment": (pgettext_lazy("model", "payment"), pgettext_lazy("model", "payments")),
    "payments.PaymentAttempt": (
        pgettext_lazy("model", "payment attempt"),
        pgettext_lazy("model", "payment attempts"),
    ),
    "payments.PaymentEvent": (
        pgettext_lazy("model", "payment event"),
        pgettext_lazy("model", "payment events"),
    ),
    "payments.Payout": (pgettext_lazy("model", "payout"), pgettext_lazy("model", "payouts")),
    "payments.PayoutAccount": (
        pgettext_lazy("model", "payout account"),
        pgettext_lazy("model", "payout accounts"),
    ),
    "payments.PayoutSchedule": (
        pgettext_lazy("model", "payout schedule"),
        pgettext_lazy("model", "payout schedules"),
    ),
    "payments.Posting": (pgettext_lazy("model", "posting"), pgettext_lazy("model", "postings")),
    "payments.ProviderEvent": (
        pgettext_lazy("model", "provider event"),
        pgettext_lazy("model", "provider events"),
    ),
    "payments.ReconciliationItem": (
        pgettext_lazy("model", "reconciliation item"),
        pgettext_lazy("model", "reconciliation items"),
    ),
    "payments.ReconciliationRun": (
        pgettext_lazy("model", "reconciliation run"),
        pgettext_lazy("model", "reconciliation runs"),
    ),
    "payments.Refund": (pgettext_lazy("model", "refund"), pgettext_lazy("model", "refunds")),
    "payments.Settlement": (
        pgettext_lazy("model", "settlement"),
        pgettext_lazy("model", "settlements"),
    ),
    "pricing.CommissionRate": (
        pgettext_lazy("model", "commission rate"),
        pgettext_lazy("model", "commission rates"),
    ),
    "pricing.ExchangeRate": (
        pgettext_lazy("model", "exchange rate"),
        pgettext_lazy("model", "exchange rates"),
    ),
    "pricing.TaxRate": (pgettext_lazy("model", "tax rate"), pgettext_lazy("model", "tax rates")),
    "reviews.Review": (pgettext_lazy("model", "review"), pgettext_lazy("model", "reviews")),
    "search.SearchDocument": (
        pgettext_lazy("model", "search document"),
        pgettext_lazy("model", "search documents"),
    ),
    "search.SearchTerm": (
        pgettext_lazy("model", "search term"),
        pgettext_lazy("model", "search terms"),
    ),
    "sellers.Contract": (pgettext_lazy("model", "contract"), pgettext_lazy("model", "contracts")),
    "sellers.Seller": (pgettext_lazy("model", "seller"), pgettext_lazy("model", "sellers")),
    "sellers.SellerMember": (
        pgettext_lazy("model", "seller member"),
        pgettext_lazy("model", "seller members"),
    ),
    "catalog.CardDecision": (
        pgettext_lazy("model", "card decision"),
        pgettext_lazy("model", "card decisions"),
    ),
    "catalog.OfferComponent": (
        pgettext_lazy("model", "offer component"),
        pgettext_lazy("model", "offer components"),
    ),
    "catalog.ProductImage": (
        pgettext_lazy("model", "product image"),
        pgettext_lazy("model", "product images"),
    ),
    "catalog.VariantCode": (pgettext_lazy("model", "barcode"), pgettext_lazy("model", "barcodes")),
    "documents.Rendering": (pgettext_lazy("model", "file"), pgettext_lazy("model", "files")),
    "logistics.CourierTask": (
        pgettext_lazy("model", "courier's task"),
        pgettext_lazy("model", "courier's tasks"),
    ),
    "logistics.ShipmentItem": (
        pgettext_lazy("model", "shipment item"),
        pgettext_lazy("model", "shipment items"),
    ),
    "logistics.TrackingEvent": (
        pgettext_lazy("model", "tracking event"),
        pgettext_lazy("model", "tracking events"),
    ),
    "orders.AddressChange": (
        pgettext_lazy("model", "address change"),
        pgettext_lazy("model", "address changes"),
    ),
    "orders.CasePhoto": (pgettext_lazy("model", "picture"), pgettext_lazy("model", "pictures")),
    "orders.DisputeMessage": (
        pgettext_lazy("model", "dispute message"),
        pgettext_lazy("model", "dispute messages"),
    ),
    "orders.OrderLineTax": (
        pgettext_lazy("model", "tax of a line"),
        pgettext_lazy("model", "taxes of a line"),
    ),
    "orders.Parcel": (pgettext_lazy("model", "parcel"), pgettext_lazy("model", "parcels")),
    "orders.ReturnLine": (
        pgettext_lazy("model", "returned line"),
        pgettext_lazy("model", "returned lines"),
    ),
    "payments.ChargebackPart": (
        pgettext_lazy("model", "part of a chargeback"),
        pgettext_lazy("model", "parts of a chargeback"),
    ),
    "payments.PaymentAllocation": (
        pgettext_lazy("model", "share of a payment"),
        pgettext_lazy("model", "shares of a payment"),
    ),
    "payments.Reversal": (pgettext_lazy("model", "reversal"), pgettext_lazy("model", "reversals")),
}


def name_models(site: AdminSite) -> None:
    """Let the models of the back office and what stands on their pages be called as above."""
    for label, (one, several) in MODELS.items():
        options = apps.get_model(label)._meta  # noqa: SLF001  Django's documented model API
        options.verbose_name, options.verbose_name_plural = one, several
    shown = set(site._registry)  # noqa: SLF001  what is registered
    shown |= {inline.model for window in site._registry.values() for inline in window.inlines}  # noqa: SLF001
    for model in shown:
        for field in model._meta.get_fields():  # noqa: SLF001  Django's documented model API
            if isinstance(field, Field) and not isinstance(field.verbose_name, Promise):
                field.verbose_name = pgettext_lazy("field", str(field.verbose_name))
