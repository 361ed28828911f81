"""Payees with a balance and a bank, payouts in every state: against the sandbox, by the services alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutAccount
from apps.payments.providers import payout_provider_of
from apps.payments.services import ledger, payout_accounts, payout_sending, payouts, releasing
from apps.payments.services.payout_accounts import AccountOrder
from apps.payments.tests.releases import NOW, all_to_seller, paid_share, release
from apps.payments.types_payouts import PayoutOrder, PayoutOrigin
from apps.sandbox.stripe.testing import Payee, RunningSandbox

# In the past of any day on which this runs: the provider searches by its own clock.
DAY = NOW + timedelta(hours=1)
GOOD, NO_ACCOUNT, LATE = "000123456789", "000111111116", "000999999991"
PAGE = "http://shop.test/en/seller/account/"


def uzs(major: int) -> Money:
    return Money(major * 100, "UZS")


def rich_payee(*amounts: Money) -> UUID:
    """A payee whose available balance is the sum of the amounts (of one currency each)."""
    payee_id = uuid4()
    for amount in amounts:
        given = replace(all_to_seller(paid_share(amount, payee_id)), available_at=NOW)
        release(given, now=NOW)
    releasing.make_due_available(now=NOW)
    return payee_id


def open_account(
    payee_id: UUID, *, bank: str = GOOD, now: datetime = DAY, currency: str = "UZS"
) -> PayoutAccount:
    """An account through the provider's own page, verified by asking the provider."""
    order = AccountOrder(payee_id=payee_id, currency=currency, country="UZ", return_url=PAGE)
    account = payout_accounts.open_account(order=order, actor=SYSTEM, now=now)
    payout_accounts.call_account(account_id=account.id, now=now)
    account.refresh_from_db()
    assert Payee(account.link_url).tell(bank).status_code == 303
    return look_at(account, now=now)


def look_at(account: PayoutAccount, *, now: datetime = DAY) -> PayoutAccount:
    report = payout_provider_of("stripe").read_account(account.provider_account_id)
    payout_accounts.apply_account_report(provider="stripe", report=report, now=now)
    account.refresh_from_db()
    return account


def ready_payee(*amounts: Money, bank: str = GOOD) -> UUID:
    """A payee with a balance and a verified account."""
    payee_id = rich_payee(*(amounts or (uzs(1_000_000),)))
    open_account(payee_id, bank=bank)
    return payee_id


def order_of(
    payee_id: UUID, amount: Money | None = None, key: str = "", currency: str = "UZS"
) -> PayoutOrder:
    return PayoutOrder(
        payee_id=payee_id,
        currency=amount.currency if amount else currency,
        amount=amount,
        key=key or f"test:{uuid4()}",
        origin=PayoutOrigin.MANUAL,
    )


def ask_payout(
    payee_id: UUID, amount: Money | None = None, key: str = "", now: datetime = DAY
) -> Payout:
    return payouts.request_payout(order=order_of(payee_id, amount, key), actor=SYSTEM, now=now)


def send(payout: Payout, *, now: datetime = DAY) -> Payout:
    payout_sending.send_payout(payout_id=payout.id, now=now)
    return fresh(payout)


def fresh(payout: Payout) -> Payout:
    return Payout.objects.select_related("account").get(id=payout.id)


def settle(payout: Payout, sandbox: RunningSandbox, *, now: datetime | None = None) -> Payout:
    """The bank does what it stands for; then we ask."""
    sandbox.settle_payouts()
    at = now or DAY + timedelta(minutes=11)
    Payout.objects.filter(id=payout.id, check_at__isnull=False).update(check_at=at)
    return send(payout, now=at)


def balances(
    payee_id: UUID, payout: Payout | None = None, currency: str = "UZS"
) -> tuple[int, int]:
    """(available, in transit by this payout) in minor units."""
    transit = ledger.payouts_in_transit(payout.id if payout else uuid4())
    return (
        ledger.balance(ledger.seller_available(payee_id), currency).minor,
        ledger.balance(transit, currency).minor,
    )


def clearing(currency: str = "UZS") -> int:
    return ledger.balance(ledger.clearing("stripe"), currency).minor


def age(payout: Payout, **fields: Any) -> None:
    Payout.objects.filter(id=payout.id).update(**fields)
