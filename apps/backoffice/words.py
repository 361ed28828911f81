"""Codes that are no choices of a model, in words: what was booked, mailed, done, and why.

A code that is not here is shown as it came, in small print.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ENTRIES = {
    "CAPTURE": pgettext_lazy("entry", "Payment received"),
    "SUSPENSE": pgettext_lazy("entry", "Set aside until it is explained"),
    "REFUND_REQUEST": pgettext_lazy("entry", "Refund asked for"),
    "REFUND": pgettext_lazy("entry", "Refund left"),
    "REFUND_FAILED": pgettext_lazy("entry", "Refund failed, the money is back"),
    "RELEASE": pgettext_lazy("entry", "Released to the seller"),
    "AVAILABLE": pgettext_lazy("entry", "May be paid out"),
    "DECISION": pgettext_lazy("entry", "Dispute decided"),
    "LOSS": pgettext_lazy("entry", "Parcel lost on the way"),
    "PAYOUT_REQUEST": pgettext_lazy("entry", "Payout asked for"),
    "PAYOUT": pgettext_lazy("entry", "Payout left"),
    "PAYOUT_RETURNED": pgettext_lazy("entry", "Payout is back on the balance"),
    "PAYOUT_BOUNCED": pgettext_lazy("entry", "Payout sent back by the bank"),
    "CHARGEBACK": pgettext_lazy("entry", "Taken back by the bank"),
    "CHARGEBACK_WON": pgettext_lazy("entry", "Chargeback won"),
    "CHARGEBACK_LOST": pgettext_lazy("entry", "Chargeback lost"),
    "CHARGEBACK_LOSS": pgettext_lazy("entry", "Chargeback borne by the marketplace"),
}
# What happened to a payment; CAPTURED stands there as a state does.
PAYMENT_EVENTS = {
    "CAPTURED": pgettext_lazy("entry", "Payment received"),
    "NOTE": pgettext_lazy("entry", "Note"),
}
# Whose an account of the ledger is, what an entry is of: kinds of rows, and what has no rows.
OWNERS = {
    "platform": pgettext_lazy("owner", "Marketplace"),
    "provider": pgettext_lazy("owner", "Payment provider"),
    "parcel": pgettext_lazy("owner", "Parcel"),
    "address_change": pgettext_lazy("owner", "Address change"),
    "payee": pgettext_lazy("owner", "Seller"),
    "source": pgettext_lazy("owner", "Catalogue"),
}
PROVIDERS = {"stripe": "Stripe"}
CARRIERS = {"own": _("The marketplace's own delivery")}
# Besides the reasons of orders, returns and disputes.
REFUND_REASONS = {
    "GOODWILL": _("Goodwill"),
    "ADDRESS_CHANGE": _("The new address is cheaper to deliver to"),
    "CHARGEBACK": _("The bank took the money back"),
}
HOLD_REASONS = {"DISPUTE": _("Dispute"), "CHARGEBACK": _("Chargeback")}
# The providers' words for what went wrong.
FAILURES = {
    "account_closed": _("The account is closed"),
    "authentication_required": _("The bank asks the cardholder to confirm"),
    "bank_refused": _("The bank refused it"),
    "canceled": _("Cancelled at the provider"),
    "card_declined": _("The card was declined"),
    "charge_for_pending_refund_disputed": _("The bank took the money back"),
    "charged_back": _("The bank took the money back"),
    "could_not_process": _("The bank could not process it"),
    "expired_card": _("The card has expired"),
    "expired_or_canceled_card": _("The card has expired or was closed"),
    "incorrect_account_holder_name": _("The name does not belong to the account"),
    "insufficient_funds": _("Not enough money"),
    "invalid_account_number": _("There is no such account"),
    "lost_or_stolen_card": _("The card was reported lost or stolen"),
    "no_account": _("There is no such account"),
    "resource_missing": _("The provider does not know it"),
    "returned": _("The provider gave it back"),
    "stopped": _("Staff stopped it"),
    "unknown": _("No reason was given"),
}
REQUIREMENTS = {
    "requirements.past_due": _("Details are overdue"),
    "requirements.pending_verification": _("The provider checks the details"),
    "external_account": _("Bank account"),
}
MESSAGES = {
    "card_approved": _("Card approved"),
    "card_rejected": _("Card sent back to mend"),
    "case_news": _("News of a return or a dispute"),
    "order_cancelled": _("Order cancelled"),
    "order_delivered": _("Order delivered"),
    "order_expired": _("Order not paid in time"),
    "order_paid": _("Order paid"),
    "order_placed": _("Order placed"),
    "order_refunded": _("Money returned"),
    "order_returned": _("Order came back"),
    "order_units_cancelled": _("Part of an order cancelled"),
    "parcel_out": _("Parcel is with the courier"),
    "parcel_ready": _("Parcel waits at the pickup point"),
    "parcel_shipped": _("Parcel is on its way"),
    "review_answered": _("The seller answered a review"),
    "review_invitation": _("Invitation to write a review"),
    "review_published": _("Review published"),
    "seller_activated": _("Shop opened"),
    "seller_bank_changed": _("Bank account changed"),
    "seller_bank_restricted": _("Bank account restricted"),
    "seller_case_news": _("To the seller: news of a return or a dispute"),
    "seller_chargeback": _("To the seller: a chargeback"),
    "seller_chargeback_ended": _("To the seller: a chargeback is decided"),
    "seller_member_added": _("Invited to a seller's staff"),
    "seller_new_order": _("To the seller: a new order"),
    "seller_order_cancelled": _("To the seller: an order is cancelled"),
    "seller_payout_returned": _("To the seller: a payout came back"),
    "seller_payout_sent": _("To the seller: a payout is sent"),
    "seller_reopened": _("Shop opened again"),
    "seller_settled": _("To the seller: money of an order"),
    "seller_suspended": _("Shop suspended"),
}
# Who did it, where nobody did.
ACTORS = {"system": pgettext_lazy("actor", "The shop itself")}
