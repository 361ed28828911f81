"""The money of one order: who holds what of it, and the ledger entries that say so."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.queues import Queue, queue_of
from apps.orders.models import Order, OrderGroup, OrderLineTax
from apps.orders.selectors import PAYMENT_REFERENCE
from apps.orders.selectors_chargebacks import OrderChargeback, order_chargebacks
from apps.orders.types import GroupStatus
from apps.payments.models import EscrowHold, JournalEntry, LedgerAccount, Payment, Settlement
from apps.payments.rules_chargebacks import loss_key, reinstated_key, withdrawn_key
from apps.payments.selectors import (
    accounts_of,
    entries_of_keys,
    entries_of_settlement,
    entries_touching,
    open_holds_of,
    payment_of,
    settlements_for,
)
from apps.payments.services.ledger import FLOORS


@dataclass(frozen=True, slots=True)
class Holding:
    """One of the order's own accounts with its balance."""

    account: LedgerAccount
    balance: Money


@dataclass(frozen=True, slots=True)
class BookedPosting:
    """`is_own`: on an account of this order; the others belong to the same entry."""

    account: LedgerAccount
    amount: Money
    is_own: bool


@dataclass(frozen=True, slots=True)
class BookedEntry:
    entry: JournalEntry
    postings: tuple[BookedPosting, ...]
    # What the entry did to this order's accounts together.
    own: Money


@dataclass(frozen=True, slots=True)
class OrderMoney:
    order: Order
    payment: Payment | None
    commission: Money
    delivery: Money
    tax: Money
    # The seller's part by the frozen terms: the goods without the commission.
    seller_share: Money
    # How escrow was really split, once it was; and what keeps it from being split.
    settlement: Settlement | None
    hold: EscrowHold | None
    chargebacks: tuple[OrderChargeback, ...]
    holdings: tuple[Holding, ...]
    entries: tuple[BookedEntry, ...]
    own_total: Money


def order_money(order_id: UUID) -> OrderMoney:
    """:raises NotFound: there is no such order"""
    order = Order.objects.select_related("group", "seller").filter(id=order_id).first()
    if order is None:
        raise NotFound
    currency = order.currency
    accounts = [row for row in accounts_of("order", order.id) if row.kind in FLOORS]
    own_ids = {account.id for account in accounts}
    settlement = settlements_for([order.id]).get(order.id)
    # What was taken back of released money, and what became available, touch no account of the order.
    later = entries_of_settlement(settlement) if settlement else []
    chargebacks = order_chargebacks(order)
    if chargebacks:
        later += entries_of_keys(
            [
                key_of(one.chargeback.id)
                for one in chargebacks
                for key_of in (withdrawn_key, reinstated_key, loss_key)
            ]
        )
    found = {entry.id: entry for entry in (*entries_touching(list(own_ids)), *later)}
    entries = tuple(_booked(found[key], own_ids, currency) for key in sorted(found))
    taxes = OrderLineTax.objects.filter(line__order_id=order.id).aggregate(sum=Sum("amount_minor"))
    commission = Money(order.commission_minor, currency)
    return OrderMoney(
        order=order,
        payment=payment_of(PAYMENT_REFERENCE, order.group_id),
        commission=commission,
        delivery=order.delivery_price,
        tax=Money(int(taxes["sum"] or 0), currency),
        seller_share=order.total - order.delivery_price - commission,
        settlement=settlement,
        hold=open_holds_of([order.id]).get(order.id),
        chargebacks=tuple(chargebacks),
        holdings=tuple(
            Holding(account, Money(account.balance_minor, account.currency)) for account in accounts
        ),
        entries=entries,
        own_total=sum((entry.own for entry in entries), start=Money.zero(currency)),
    )


def _booked(entry: JournalEntry, own_ids: set[int], currency: str) -> BookedEntry:
    postings = tuple(
        BookedPosting(
            posting.account,
            Money(posting.amount_minor, posting.currency),
            posting.account_id in own_ids,
        )
        for posting in entry.postings.all()
    )
    own = sum((row.amount for row in postings if row.is_own), start=Money.zero(currency))
    return BookedEntry(entry, postings, own)


def unpaid_groups() -> Queue:
    waiting = (GroupStatus.AWAITING_PAYMENT, GroupStatus.EXPIRED)
    return queue_of(OrderGroup.objects.filter(status__in=waiting), "placed_at")
