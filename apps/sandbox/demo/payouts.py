"""Bank accounts and payouts of the demo's sellers, made through the provider's sandbox as in life.

The sandbox runs here while it is needed and keeps its state where the demo's own will find it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.test.utils import override_settings

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutAccount, PayoutSchedule
from apps.payments.selectors_payouts import payable_balance
from apps.payments.services import payout_accounts, payout_schedules, payout_sending, payouts
from apps.payments.services.payout_accounts import AccountOrder
from apps.payments.services.releasing import make_due_available
from apps.payments.types_payouts import PayoutOrder, PayoutRhythm
from apps.sandbox.demo.people import MOSCOW, TASHKENT
from apps.sandbox.stripe.banks import BANKS
from apps.sandbox.stripe.server import Sandbox
from apps.sandbox.stripe.testing import forget_provider
from apps.sellers.models import Seller

ARRIVES, COMES_BACK = "000123456789", "000111111113"
# A part of the balance is left, so that one can ask for a payout oneself.
PARTS = 4


def ensure_payouts(*, now: datetime) -> None:
    """Give each seller an account, a payout that arrived, one that came back, one that is on its way."""
    make_due_available(now=now)
    if PayoutAccount.objects.exists():
        return
    with _sandbox() as sandbox:
        for slug in (TASHKENT, MOSCOW):
            seller = Seller.objects.get(slug=slug)
            account = _open(sandbox, seller, now - timedelta(days=300))
            _tell(sandbox, seller, account, now)


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    folder: Path | None = getattr(settings, "SANDBOX_FOLDER", None)
    sandbox = Sandbox(file=folder / "stripe.json" if folder else None)
    sandbox.start()
    try:
        with override_settings(STRIPE_API_BASE=sandbox.url):
            forget_provider()
            yield sandbox
    finally:
        sandbox.store.save()
        sandbox.stop()
        forget_provider()


def _open(sandbox: Sandbox, seller: Seller, at: datetime) -> PayoutAccount:
    order = AccountOrder(
        payee_id=seller.id,
        currency=seller.currency,
        country=seller.country,
        return_url=f"{settings.SITE_URL}/en/seller/{seller.id}/finance/account/",
    )
    account = payout_accounts.open_account(order=order, actor=SYSTEM, now=at)
    payout_accounts.call_account(account_id=account.id, now=at)
    account.refresh_from_db()
    _name_bank(sandbox, account, ARRIVES)
    payout_accounts.check_account(account=account, now=at)
    account.refresh_from_db()
    return account


def _name_bank(sandbox: Sandbox, account: PayoutAccount, number: str) -> None:
    with sandbox.store.lock:
        at_provider = sandbox.store.accounts[account.provider_account_id]
        sandbox.engine.connect.tell_bank(at_provider, number)


def _tell(sandbox: Sandbox, seller: Seller, account: PayoutAccount, now: datetime) -> None:
    """One payout after another, as far as the balance reaches; and a schedule."""
    part = Money(payable_balance(seller.id, seller.currency).minor // PARTS, seller.currency)
    amount = max(part, payouts.least_amount(seller.currency))
    _pay(sandbox, seller, amount, "arrived", now - timedelta(days=2))
    _pay(sandbox, seller, amount, "came-back", now - timedelta(days=1), comes_back=True)
    _pay(sandbox, seller, amount, "under-way", now, is_under_way=True)
    schedule = PayoutSchedule(
        payee_id=seller.id, currency=seller.currency, rhythm=PayoutRhythm.WEEKLY, weekday=5
    )
    payout_schedules.set_schedule(schedule=schedule, actor=SYSTEM, now=now)


def _pay(
    sandbox: Sandbox,
    seller: Seller,
    amount: Money,
    name: str,
    at: datetime,
    *,
    comes_back: bool = False,
    is_under_way: bool = False,
) -> None:
    if payable_balance(seller.id, seller.currency) < amount:
        return
    order = PayoutOrder(seller.id, seller.currency, amount, f"demo:{seller.slug}:{name}")
    payout = payouts.request_payout(order=order, actor=SYSTEM, now=at)
    payout_sending.send_payout(payout_id=payout.id, now=at)
    payout.refresh_from_db()
    if is_under_way:
        return
    later = at + timedelta(hours=20)
    with sandbox.store.lock:
        made = sandbox.store.payouts[payout.provider_payout_id]
        status = "failed" if comes_back else "paid"
        sandbox.engine.connect.move_payout(made, status, BANKS[COMES_BACK].failure)
    Payout.objects.filter(id=payout.id).update(check_at=later)
    payout_sending.send_payout(payout_id=payout.id, now=later)
