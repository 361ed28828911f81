"""A shop's payouts: who of its people may see them, ask for them, change where they go.

Invariant: payments knows payees, not people, so the role is checked here, each time, before it is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.payments import selectors_payouts as selectors
from apps.payments.models import JournalEntry, Payout, PayoutAccount, PayoutSchedule
from apps.payments.selectors import seller_balances
from apps.payments.services import payout_accounts, payout_schedules
from apps.payments.services import payouts as services
from apps.payments.types import SellerBalance
from apps.payments.types_payouts import (
    BANK_REFUSED,
    PayoutAccountState,
    PayoutOrder,
    PayoutRhythm,
)
from apps.sellers.models import Seller
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power


@dataclass(frozen=True, slots=True)
class Purse:
    """What a shop has in one currency, and where and when it goes. Of `available`, `on_hold` waits for banks.

    `account` is the one in use, `begun` the one that is to take its place or to be the first.
    """

    currency: str
    available: Money
    on_hold: Money
    least: Money
    owes: bool
    account: PayoutAccount | None
    begun: PayoutAccount | None
    schedule: PayoutSchedule | None
    is_suspended: bool = False

    @property
    def is_verified(self) -> bool:
        return self.account is not None and self.account.state == PayoutAccountState.VERIFIED

    @property
    def is_restricted(self) -> bool:
        """The provider wants to know something; on its own page the owner answers."""
        if self.account is None or self.is_refused:
            return False
        return self.account.state == PayoutAccountState.RESTRICTED

    @property
    def is_refused(self) -> bool:
        """The bank of the account in use refused a payout: another account is to be named."""
        return self.account is not None and self.account.requirement == BANK_REFUSED

    @property
    def is_enough(self) -> bool:
        return self.available - self.on_hold >= self.least


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """Newest first; `next_before` is the id to ask the older ones with, or None."""

    rows: list[Payout]
    next_before: UUID | None


def payouts_on_way(viewer: Viewer, seller_id: UUID) -> list[Money]:
    """Return what is on its way to the shop's bank, one sum a currency.

    :raises NotFound: the viewer does not see this shop's money
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    return selectors.on_their_way(seller_id)


def purses(viewer: Viewer, seller_id: UUID) -> list[Purse]:
    """Return the shop's purses, its own currency first. Six queries, for any number of currencies.

    :raises NotFound: the viewer does not see this shop's money
    """
    seller = get_membership(viewer, seller_id, Power.SEE_MONEY).seller
    balances = {row.currency: row for row in seller_balances(seller_id)}
    accounts = selectors.accounts_of_payee(seller_id)
    schedules, debts = selectors.schedules_of(seller_id), selectors.debts_of(seller_id)
    others = {*balances, *(row.currency for row in accounts)} - {seller.currency}
    return [
        Purse(
            currency=balance.currency,
            available=balance.available,
            on_hold=balance.on_hold,
            least=services.least_amount(balance.currency),
            owes=balance.currency in debts,
            account=_one(accounts, balance.currency, is_begun=False),
            begun=_one(accounts, balance.currency, is_begun=True),
            schedule=schedules.get(balance.currency),
            is_suspended=seller.status == Seller.Status.SUSPENDED,
        )
        for balance in (
            balances.get(currency, SellerBalance.nothing(currency))
            for currency in [seller.currency, *sorted(others)]
        )
    ]


def _one(accounts: list[PayoutAccount], currency: str, *, is_begun: bool) -> PayoutAccount | None:
    pending = PayoutAccountState.PENDING
    fitting = (
        row for row in accounts if row.currency == currency and (row.state == pending) == is_begun
    )
    return next(fitting, None)


def purse(viewer: Viewer, seller_id: UUID, currency: str) -> Purse:
    """:raises NotFound: see `purses`, or the shop has nothing to do with this currency"""
    found = {row.currency: row for row in purses(viewer, seller_id)}.get(currency)
    if found is None:
        raise NotFound
    return found


def payout_page(
    viewer: Viewer, seller_id: UUID, *, before: UUID | None = None, limit: int = 25
) -> PayoutPage:
    """Return a page of the shop's payouts with their accounts.

    :raises NotFound: the viewer does not see this shop's money
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    found = selectors.payouts_of(seller_id, before, limit + 1)
    rows = found[:limit]
    return PayoutPage(rows, rows[-1].id if len(found) > limit else None)


def payout_with_entries(
    viewer: Viewer, seller_id: UUID, payout_id: UUID
) -> tuple[Payout, list[JournalEntry]]:
    """Return a payout and the ledger's entries behind it.

    :raises NotFound: the viewer does not see this shop's money, or it is another's
    """
    get_membership(viewer, seller_id, Power.SEE_MONEY)
    payout = selectors.payout_of(seller_id, payout_id)
    return payout, selectors.entries_of_payout(payout)


def seen_payout(viewer: Viewer, payout_id: UUID) -> Payout:
    """Return a payout of whichever shop the viewer sees the money of.

    :raises NotFound: there is none
    """
    payout = selectors.get_payout(payout_id)
    get_membership(viewer, payout.payee_id, Power.SEE_MONEY)
    return payout


def ask_payout(
    *,
    seller_id: UUID,
    currency: str,
    amount: Money | None,
    key: str,
    actor: Viewer,
    now: datetime,
) -> Payout:
    """Ask for a payout in a shop's name; `amount` None is all of it; `key` is the sender's.

    :raises NotFound: the actor may not move this shop's money, or not this currency
    :raises DomainError: every refusal of payments.services.payouts.request_payout
    """
    get_membership(actor, seller_id, Power.MOVE_MONEY)
    order = PayoutOrder(
        payee_id=seller_id,
        currency=currency,
        amount=amount,
        key=f"seller:{seller_id}:{key}"[:200],
    )
    return services.request_payout(order=order, actor=actor, now=now)


def change_bank(
    *, seller_id: UUID, currency: str, language: str, actor: Viewer, now: datetime
) -> PayoutAccount:
    """Begin a shop's account in a currency, the change of it, or go on where it was left.

    An account that the provider has restricted is mended on its own page; it is not changed. One whose
    bank refused a payout is: what went to the old one stays told so.

    :raises NotFound: the actor does not own this shop, or it has nothing to do with this currency
    """
    seller = get_membership(actor, seller_id, Power.CHANGE_BANK).seller
    found = purse(actor, seller_id, currency)
    url = return_url(seller, language)
    if found.account and found.is_restricted and not found.begun:
        payout_accounts.renew_page(account=found.account, return_url=url, now=now)
        return found.account
    order = payout_accounts.AccountOrder(
        payee_id=seller_id, currency=currency, country=seller.country, return_url=url
    )
    return payout_accounts.open_account(order=order, actor=actor, now=now)


def return_url(seller: Seller, language: str) -> str:
    return f"{settings.SITE_URL}/{language}/seller/{seller.id}/finance/account/"


def set_rhythm(
    *,
    seller_id: UUID,
    currency: str,
    rhythm: PayoutRhythm,
    weekday: int,
    actor: Viewer,
    now: datetime,
) -> PayoutSchedule:
    """Set when a shop's balance in a currency is paid out by itself.

    :raises NotFound: the actor may not move this shop's money, or not this currency
    """
    get_membership(actor, seller_id, Power.MOVE_MONEY)
    purse(actor, seller_id, currency)
    row = PayoutSchedule(payee_id=seller_id, currency=currency, rhythm=rhythm, weekday=weekday)
    return payout_schedules.set_schedule(schedule=row, actor=actor, now=now)
