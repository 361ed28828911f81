"""Taking back what was released, for a refund: from the marketplace and from the payee.

Invariant: under the settlement's lock; a payee's balance never goes below zero: what is not there is
owed, and kept back of what becomes available next (docs/money.md has worked numbers).
"""

from collections.abc import Sequence
from datetime import datetime

from apps.core.money import Money
from apps.core.rows import insert
from apps.payments.models import LedgerAccount, Refund, Reversal, Settlement
from apps.payments.services import ledger
from apps.payments.services.ledger import AccountRef
from apps.payments.types import SettlementState, Split

Kind = LedgerAccount.Kind
Postings = list[tuple[AccountRef, Money]]


def take_back(
    settlement: Settlement, refunds: Sequence[Refund], taken: Split | None, now: datetime
) -> Postings:
    """Note under the first refund the parts of a locked settlement that are taken back; return their postings.

    They sum to minus the parts' total in the charge currency. Locks every account of the refund's
    entry, so that the payee's balance is what is decided on.
    """
    if taken is None:
        return []
    _lock(settlement, refunds)
    is_pending = settlement.state == SettlementState.PENDING
    owed = Money.zero(taken.payout.currency) if is_pending else _missing(settlement, taken.payout)
    _write(settlement, refunds[0], taken, owed, now)
    source = ledger.seller_pending if is_pending else ledger.seller_available
    return [
        (ledger.own(Kind.COMMISSION), -taken.commission),
        (ledger.own(Kind.DELIVERY), -taken.delivery),
        (ledger.own(Kind.VAT_PAYABLE), -(taken.commission_vat + taken.delivery_vat)),
        *_exchanged(taken),
        (source(settlement.payee_id), owed - taken.payout),
        (ledger.seller_receivable(settlement.payee_id), -owed),
    ]


def _exchanged(taken: Split) -> Postings:
    """The exchange account takes the payout in and gives the seller's part of the charge out."""
    if taken.payout.currency == taken.seller.currency:
        return []
    return [
        (ledger.own(Kind.FX), taken.payout),
        (ledger.own(Kind.FX), -taken.seller),
    ]


def _missing(settlement: Settlement, payout: Money) -> Money:
    has = ledger.balance(ledger.seller_available(settlement.payee_id), payout.currency)
    return max(payout - has, Money.zero(payout.currency))


def _lock(settlement: Settlement, refunds: Sequence[Refund]) -> None:
    payee_id = settlement.payee_id
    ledger.lock(
        [
            (ledger.escrow(settlement.reference_id), settlement.currency),
            *(
                (ledger.refunds_in_transit(row.payment_id), row.currency)
                for row in refunds
                if row.chargeback_id is None
            ),
            (ledger.seller_pending(payee_id), settlement.payout_currency),
            (ledger.seller_available(payee_id), settlement.payout_currency),
        ]
    )


def _write(
    settlement: Settlement, refund: Refund, taken: Split, owed: Money, now: datetime
) -> Reversal:
    return insert(
        Reversal(
            settlement=settlement,
            refund=refund,
            commission_minor=taken.commission.minor,
            commission_vat_minor=taken.commission_vat.minor,
            delivery_minor=taken.delivery.minor,
            delivery_vat_minor=taken.delivery_vat.minor,
            seller_minor=taken.seller.minor,
            payout_minor=taken.payout.minor,
            owed_minor=owed.minor,
            is_from_pending=settlement.state == SettlementState.PENDING,
            reversed_at=now,
        )
    )
