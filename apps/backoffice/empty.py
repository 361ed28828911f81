"""What an empty list says: when rows come to it, and from where."""

from typing import Any

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

_BY_ORDERS = _("They come with the first order.")
_BY_SELLERS = _("They come when sellers put goods on sale.")
_BY_PAYOUTS = _("They come when sellers ask for their money, or a schedule does.")
_BY_STAFF = _("Staff keep these rows themselves.")

WHEN: dict[str, Any] = {
    "accounts.Address": _("They come when buyers save an address."),
    "accounts.User": _("They come when people register."),
    "catalog.Attribute": _BY_STAFF,
    "catalog.AttributeOption": _BY_STAFF,
    "catalog.Brand": _BY_STAFF,
    "catalog.BulkChange": _("They come when a seller changes many offers at once."),
    "catalog.CardDraft": _("They come when a seller makes a card or changes one."),
    "catalog.Category": _BY_STAFF,
    "catalog.CategoryAttribute": _BY_STAFF,
    "catalog.InventoryItem": _BY_SELLERS,
    "catalog.ListingCard": _("They are made of products that are published."),
    "catalog.Offer": _BY_SELLERS,
    "catalog.OfferPrice": _BY_SELLERS,
    "catalog.Product": _(
        "They come with the first approved card, or with a catalogue that is loaded."
    ),
    "catalog.Reservation": _BY_ORDERS,
    "catalog.Stock": _BY_SELLERS,
    "catalog.StockMovement": _BY_SELLERS,
    "catalog.Variant": _("They come with their products."),
    "catalog.Warehouse": _BY_SELLERS,
    "catalog.WarehouseKeeper": _("They come when a seller appoints who keeps a warehouse."),
    "core.AuditEntry": _("They come with the first deed of staff, or with money that moves."),
    "core.OutboxEvent": _(
        "They come with everything that happens; delivered ones are cleared away in time."
    ),
    "documents.Document": _("They come with the first order that is paid."),
    "logistics.Courier": _BY_STAFF,
    "logistics.DeliveryTariff": _BY_STAFF,
    "logistics.DeliveryZone": _BY_STAFF,
    "logistics.PickupClerk": _BY_STAFF,
    "logistics.PickupPoint": _BY_STAFF,
    "logistics.Shipment": _("They come when sellers hand parcels over."),
    "notifications.Delivery": _("They come with the first letter to a buyer or a seller."),
    "orders.Dispute": _("They come when a buyer and a seller cannot agree."),
    "orders.Order": _BY_ORDERS,
    "orders.OrderEvent": _BY_ORDERS,
    "orders.OrderGroup": _BY_ORDERS,
    "orders.OrderLine": _BY_ORDERS,
    "orders.Return": _("They come when a buyer asks to send something back."),
    "payments.Chargeback": _("They come when a bank takes a payment back. None is good news."),
    "payments.EscrowHold": _("They come when staff or a dispute put an order's money on hold."),
    "payments.Incident": _("They come when money contradicts the books. None is good news."),
    "payments.JournalEntry": _BY_ORDERS,
    "payments.LedgerAccount": _BY_ORDERS,
    "payments.Payment": _BY_ORDERS,
    "payments.PaymentAttempt": _BY_ORDERS,
    "payments.PaymentEvent": _BY_ORDERS,
    "payments.Payout": _BY_PAYOUTS,
    "payments.PayoutAccount": _("They come when sellers give their bank details."),
    "payments.PayoutSchedule": _("They come when sellers choose a day for payouts."),
    "payments.Posting": _BY_ORDERS,
    "payments.ProviderEvent": _("They come when the payment provider writes to us."),
    "payments.ReconciliationItem": _(
        "They come when the provider's statement and the books differ. None is good news."
    ),
    "payments.ReconciliationRun": _("They come once a day."),
    "payments.Refund": _("They come when money goes back to a buyer."),
    "payments.Settlement": _("They come when an order's money is released to its seller."),
    "pricing.CommissionRate": _BY_STAFF,
    "pricing.ExchangeRate": _BY_STAFF,
    "pricing.TaxRate": _BY_STAFF,
    "reviews.Review": _("They come when buyers write of what they bought."),
    "sellers.Contract": _("They come when a shop is opened."),
    "sellers.Seller": _("They come when somebody applies to sell."),
    "sellers.SellerMember": _("They come when somebody applies to sell."),
}


def explain_empty_lists(site: AdminSite) -> None:
    for model, window in site._registry.items():  # noqa: SLF001  what is registered
        words = WHEN.get(model._meta.label)  # noqa: SLF001  Django's documented model API
        if words is not None:
            window.when_empty = words  # type: ignore[attr-defined]  # of WindowAdmin
