"""Stripe's published test cards: the only choice on the hosted page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Card:
    """`code` and `decline_code` are the error after the payer's bank said no; empty: it says yes."""

    number: str
    label: str | Promise
    needs_secure: bool = False
    code: str = ""
    decline_code: str = ""


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", _("Payment goes through")),
        Card(
            "4000000000000002",
            _("Card is declined"),
            code="card_declined",
            decline_code="generic_decline",
        ),
        Card(
            "4000000000009995",
            _("Not enough money on the card"),
            code="card_declined",
            decline_code="insufficient_funds",
        ),
        Card("4000002760003184", _("Bank asks to confirm (3-D Secure)"), needs_secure=True),
        Card(
            "4000008260003178",
            _("Bank asks to confirm, then not enough money"),
            needs_secure=True,
            code="card_declined",
            decline_code="insufficient_funds",
        ),
        Card("4000000000000069", _("Card has expired"), code="expired_card"),
        Card("4000000000000127", _("Wrong security code"), code="incorrect_cvc"),
        Card("4000000000000119", _("Bank cannot process it now"), code="processing_error"),
    )
}

# The names of the API's ready-made payment methods.
METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_threeDSecure2Required": "4000002760003184",
}
