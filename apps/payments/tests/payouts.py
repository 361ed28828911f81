"""Payees with a balance and a bank, payouts in every state: against the sandbox, by the services alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutAccount
from apps.payments.providers import payout_provider_of
from apps.payments.services import (
    ledger,
    payout_accounts,
    payout_reports,
    payout_sending,
    payouts,
    releasing,
)
from apps.payments.services.payout_accounts import AccountOrder
from apps.payments.tests.releases import NOW, all_to_seller, paid_share, release
from apps.payments.types_payouts import (
    BankLabel,
    PayoutOrder,
    PayoutOrigin,
    ProviderAccount,
    ProviderPayout,
    ProviderTransfer,
    TransferOutcome,
)
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
    pay_in(payee_id, *amounts)
    return payee_id


def pay_in(payee_id: UUID, *amounts: Money) -> None:
    """Orders of these amounts are paid, released without commission and available."""
    for amount in amounts:
        given = replace(all_to_seller(paid_share(amount, payee_id)), available_at=NOW)
        release(given, now=NOW)
    releasing.make_due_available(now=NOW)


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


def plain_account(
    payee_id: UUID, *, currency: str = "UZS", now: datetime = DAY, **changes: Any
) -> PayoutAccount:
    """A verified account without a provider at the other end: by a report, as a webhook brings it."""
    account = PayoutAccount.objects.create(
        payee_id=payee_id,
        currency=currency,
        country="UZ",
        provider="stripe",
        provider_account_id=f"acct_{uuid4().hex}",
        return_url=PAGE,
        opened_at=now,
    )
    bank = BankLabel("ba_1", "Test Holder", "TEST BANK", "6789", currency)
    report = ProviderAccount(
        account_id=account.provider_account_id,
        our_account_id=account.id,
        can_pay_out=True,
        bank=bank,
    )
    payout_accounts.apply_account_report(provider="stripe", report=report, now=now)
    PayoutAccount.objects.filter(id=account.id).update(**changes)
    account.refresh_from_db()
    return account


def reported(payout: Payout, *outcomes: TransferOutcome, now: datetime = DAY) -> Payout:
    """A payout that was transferred and then came to these outcomes, by reports alone."""
    Payout.objects.filter(id=payout.id).update(transfer_called_at=now, payout_called_at=now)
    name, account_id = payout.id.hex, payout.account.provider_account_id
    transfer = ProviderTransfer(
        transfer_id=f"tr_{name}",
        our_payout_id=payout.id,
        account_id=account_id,
        amount=payout.amount,
        reversed=Money.zero(payout.currency),
    )
    payout_reports.apply_transfer_report(report=transfer, now=now)
    for outcome in outcomes:
        report = ProviderPayout(
            payout_id=f"po_{name}",
            our_payout_id=payout.id,
            account_id=account_id,
            outcome=outcome,
            amount=payout.amount,
            arrives_on=now.date() + timedelta(days=2),
            failure_code="account_closed" if outcome == TransferOutcome.FAILED else "",
        )
        payout_reports.apply_payout_report(report=report, now=now)
    return fresh(payout)
