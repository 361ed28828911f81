"""Reactions to what happens to a shop's payouts: letters to its owners."""

from apps.core.outbox import handles
from apps.payments.events import (
    PayoutAccountChanged,
    PayoutAccountRestricted,
    PayoutReturned,
    PayoutSent,
)
from apps.seller_centre import payout_letters


@handles(PayoutSent)
def tell_sent(event: PayoutSent) -> None:
    payout_letters.tell_sent(payout_id=event.payout_id)


@handles(PayoutReturned)
def tell_returned(event: PayoutReturned) -> None:
    payout_letters.tell_returned(payout_id=event.payout_id)


@handles(PayoutAccountChanged)
def tell_account_changed(event: PayoutAccountChanged) -> None:
    payout_letters.tell_account_changed(
        account_id=event.account_id, last4=event.last4, usable_from=event.usable_from
    )


@handles(PayoutAccountRestricted)
def tell_account_restricted(event: PayoutAccountRestricted) -> None:
    payout_letters.tell_account_restricted(
        account_id=event.account_id, restricted_at=event.restricted_at
    )
