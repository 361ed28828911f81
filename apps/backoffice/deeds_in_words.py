"""What the audit says was done, in words."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.kinds import window_on

DEEDS = {
    "catalog.bulk_applied": _("Many offers changed"),
    "catalog.bulk_undone": _("Change of many offers undone"),
    "catalog.card_approved": _("Card approved"),
    "catalog.card_discarded": _("Card discarded"),
    "catalog.card_rejected": _("Card sent back to mend"),
    "catalog.card_revision_started": _("Change of a card started"),
    "catalog.card_started": _("Card started"),
    "catalog.card_submitted": _("Card sent to moderation"),
    "catalog.card_withdrawn": _("Card taken back from moderation"),
    "catalog.category_added": _("Category added"),
    "catalog.category_hidden": _("Category hidden"),
    "catalog.category_moved": _("Category moved"),
    "catalog.category_renamed": _("Category renamed"),
    "catalog.category_shown": _("Category shown"),
    "catalog.category_terms_set": _("Terms of a category set"),
    "catalog.keeper_dropped": _("Warehouse keeper removed"),
    "catalog.keeper_set": _("Warehouse keeper appointed"),
    "catalog.offer_bulk_changed": _("Offer changed with others"),
    "catalog.offer_bulk_received": _("Stock received with others"),
    "catalog.offer_bulk_restored": _("Offer restored with others"),
    "catalog.offer_created": _("Offer added"),
    "catalog.offer_price_changed": _("Price changed"),
    "catalog.offer_set_on_sale": _("Offer put on or off sale"),
    "catalog.product_archived": _("Product archived"),
    "catalog.product_edited": _("Product edited"),
    "catalog.product_published": _("Product published"),
    "catalog.products_loaded": _("Products loaded"),
    "catalog.warehouse_added": _("Warehouse added"),
    "catalog.warehouse_changed": _("Warehouse changed"),
    "core.event_replayed": _("Event delivered again"),
    "documents.downloaded": _("Document downloaded"),
    "documents.print_again": _("File asked for again"),
    "logistics.shipment_lost": _("Parcel given up for lost"),
    "logistics.shipment_returned": _("Parcel back with the seller"),
    "orders.cancel": _("Order cancelled"),
    "orders.cancel_units": _("Part of an order cancelled"),
    "orders.change_address": _("Address changed"),
    "orders.chargeback_lost": _("Chargeback lost"),
    "orders.chargeback_opened": _("Chargeback opened"),
    "orders.chargeback_won": _("Chargeback won"),
    "orders.claim": _("Order joined to an account"),
    "orders.confirm": _("Order confirmed by the seller"),
    "orders.dispute_decided": _("Dispute decided"),
    "orders.dispute_in_arbitration": _("Dispute came to the marketplace"),
    "orders.dispute_mediated": _("Both sides of a dispute addressed"),
    "orders.dispute_open": _("Dispute opened"),
    "orders.dispute_said": _("Words in a dispute"),
    "orders.dispute_seller_answered": _("Seller answered a dispute"),
    "orders.dispute_withdrawn": _("Dispute withdrawn"),
    "orders.place": _("Order placed"),
    "orders.refund": _("Money given back"),
    "orders.release": _("Money released to the seller"),
    "orders.return_approved": _("Return approved"),
    "orders.return_cancelled": _("Return withdrawn"),
    "orders.return_expired": _("Return not sent in time"),
    "orders.return_in_transit": _("Return sent back"),
    "orders.return_photos": _("Pictures added to a return"),
    "orders.return_received": _("Return received"),
    "orders.return_refunded": _("Money of a return given back"),
    "orders.return_rejected": _("Return refused"),
    "orders.return_request": _("Return asked for"),
    "orders.ship": _("Parcel handed over"),
    "orders.take_back": _("Parcel taken back"),
    "payments.chargeback_accepted": _("Chargeback accepted"),
    "payments.chargeback_borne": _("Chargeback borne by the marketplace"),
    "payments.chargeback_evidence": _("Evidence sent to the bank"),
    "payments.chargeback_lost": _("Chargeback lost"),
    "payments.chargeback_opened": _("Chargeback opened"),
    "payments.chargeback_won": _("Chargeback won"),
    "payments.difference_resolved": _("Difference resolved"),
    "payments.escrow_held": _("Money put on hold"),
    "payments.escrow_released": _("Money released to the seller"),
    "payments.hold_lifted": _("Hold lifted"),
    "payments.incident_resolved": _("Incident resolved"),
    "payments.payout_account_opened": _("Payout account opened"),
    "payments.payout_account_replaced": _("Payout account replaced"),
    "payments.payout_account_restricted": _("Payout account restricted"),
    "payments.payout_account_verified": _("Payout account verified"),
    "payments.payout_approved": _("Payout approved"),
    "payments.payout_available": _("Money became payable"),
    "payments.payout_requested": _("Payout asked for"),
    "payments.payout_schedule_set": _("Payout schedule set"),
    "payments.payout_stopped": _("Payout stopped"),
    "payments.refund": _("Refund issued"),
    "pricing.exchange_rate_set": _("Exchange rate set"),
    "reviews.answer": _("Review answered"),
    "reviews.answer_edit": _("Answer to a review edited"),
    "reviews.answer_remove": _("Answer to a review removed"),
    "reviews.delete": _("Review deleted by its author"),
    "reviews.edit": _("Review edited"),
    "reviews.publish": _("Review published"),
    "reviews.reject": _("Review rejected"),
    "reviews.write": _("Review written"),
    "sellers.activate": _("Shop opened"),
    "sellers.applied": _("Application to sell"),
    "sellers.member_added": _("Person added to a seller's staff"),
    "sellers.member_removed": _("Person removed from a seller's staff"),
    "sellers.member_role_changed": _("Role of a seller's person changed"),
    "sellers.suspend": _("Shop suspended"),
}
# "<app>.<model>_<verb>": what happens to rows of any kind.
VERBS = {
    "viewed": pgettext_lazy("audit", "%(kind)s: page opened"),
    "added": pgettext_lazy("audit", "%(kind)s: added"),
    "changed": pgettext_lazy("audit", "%(kind)s: changed"),
}


def deed_in_words(action: str) -> Any:
    """Write what was done; nothing for a deed without words."""
    if action in DEEDS:
        return DEEDS[action]
    kind, _sep, verb = action.partition(".")[2].rpartition("_")
    window = window_on(kind) if kind and verb in VERBS else None
    if window is None:
        return ""
    return VERBS[verb] % {"kind": capfirst(str(window.opts.verbose_name))}
