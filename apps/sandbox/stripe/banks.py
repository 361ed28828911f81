"""Stripe's published test bank accounts: the only choice on the onboarding page.

Source: Stripe docs, "Testing Stripe Connect", payout test bank accounts.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Bank:
    """`failure` is the code with which payouts to it come back; `is_late`: after they read paid."""

    number: str
    label: str | Promise
    failure: str = ""
    is_late: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


BANKS = {
    bank.number: bank
    for bank in (
        Bank("000123456789", _("Payouts arrive")),
        Bank("000111111116", _("There is no such account"), failure="no_account"),
        Bank("000111111113", _("The account is closed"), failure="account_closed"),
        Bank("000333333335", _("The bank does not allow it"), failure="debit_not_authorized"),
        Bank("000444444440", _("The account is in another currency"), failure="invalid_currency"),
        # Stripe has no number for it; that it happens is in its docs.
        Bank(
            "000999999991",
            _("Payouts arrive and are sent back later"),
            failure="account_closed",
            is_late=True,
        ),
    )
}
