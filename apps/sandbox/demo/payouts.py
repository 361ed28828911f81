"""Bank accounts and payouts of the demo's sellers, made through the provider's sandbox as in life."""

from datetime import datetime, timedelta

from django.conf import settings

from apps.core.money import CURRENCIES, Money
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
from apps.sellers.models import Seller

ARRIVES, CLOSED = "000123456789", "000111111113"
# Of the balance, in percent; the rest is left, so that one can ask for a payout oneself.
FIRST, REFUSED, LATEST = 28, 22, 41
# People ask for round sums: so many of the smallest steps that a price has.
ROUND_STEPS = 100
ONE_NIGHT = timedelta(hours=20)


def ensure_accounts(*, sandbox: Sandbox, now: datetime) -> None:
    """Give each seller its first account. Before the history: a market pays out to accounts of its own alone."""
    if PayoutAccount.objects.exists():
        return
    for slug in (TASHKENT, MOSCOW):
        _open(sandbox, Seller.objects.get(slug=slug), CLOSED, now - timedelta(days=300))


def ensure_payouts(*, sandbox: Sandbox, now: datetime) -> None:
    """Give each seller a payout that arrived, one that came back because the bank had closed the
    account, another account since then, and a payout that is on its way to it.
    """
    make_due_available(now=now)
    if PayoutSchedule.objects.exists() or Payout.objects.exists():
        return
    for slug in (TASHKENT, MOSCOW):
        _tell(sandbox, Seller.objects.get(slug=slug), now)


def _open(sandbox: Sandbox, seller: Seller, bank: str, at: datetime) -> PayoutAccount:
    order = AccountOrder(
        payee_id=seller.id,
        currency=seller.currency,
        country=seller.country,
        return_url=f"{settings.SITE_URL}/en/seller/{seller.id}/finance/account/",
    )
    account = payout_accounts.open_account(order=order, actor=SYSTEM, now=at)
    payout_accounts.call_account(account_id=account.id, now=at)
    account.refresh_from_db()
    _name_bank(sandbox, account, bank)
    payout_accounts.check_account(account=account, now=at)
    account.refresh_from_db()
    return account


def _name_bank(sandbox: Sandbox, account: PayoutAccount, number: str) -> None:
    with sandbox.store.lock:
        at_provider = sandbox.store.accounts[account.provider_account_id]
        sandbox.engine.connect.tell_bank(at_provider, number)


def _tell(sandbox: Sandbox, seller: Seller, now: datetime) -> None:
    """One payout after another, as far as the balance reaches; and a schedule."""
    whole = payable_balance(seller.id, seller.currency)
    first = PayoutAccount.objects.get(payee_id=seller.id)
    _pay(sandbox, seller, _part(whole, FIRST), "arrived", now - timedelta(days=10))
    asked_at = now - timedelta(days=6)
    if _pay(sandbox, seller, _part(whole, REFUSED), "came-back", asked_at, comes_back=True):
        payout_accounts.check_account(account=first, now=asked_at + ONE_NIGHT)
        _open(sandbox, seller, ARRIVES, asked_at + 2 * ONE_NIGHT)
    _pay(sandbox, seller, _part(whole, LATEST), "under-way", now, is_under_way=True)
    schedule = PayoutSchedule(
        payee_id=seller.id, currency=seller.currency, rhythm=PayoutRhythm.WEEKLY, weekday=5
    )
    payout_schedules.set_schedule(schedule=schedule, actor=SYSTEM, now=now)


def _part(whole: Money, percent: int) -> Money:
    step = CURRENCIES[whole.currency].step_minor * ROUND_STEPS
    part = Money(whole.minor * percent // 100 // step * step, whole.currency)
    return max(part, payouts.least_amount(whole.currency))


def _pay(
    sandbox: Sandbox,
    seller: Seller,
    amount: Money,
    name: str,
    at: datetime,
    *,
    comes_back: bool = False,
    is_under_way: bool = False,
) -> bool:
    """Tell whether the balance reached."""
    if payable_balance(seller.id, seller.currency) < amount:
        return False
    order = PayoutOrder(seller.id, seller.currency, amount, f"demo:{seller.slug}:{name}")
    payout = payouts.request_payout(order=order, actor=SYSTEM, now=at)
    payout_sending.send_payout(payout_id=payout.id, now=at)
    payout.refresh_from_db()
    if is_under_way:
        return True
    later = at + ONE_NIGHT
    with sandbox.store.lock:
        made = sandbox.store.payouts[payout.provider_payout_id]
        status = "failed" if comes_back else "paid"
        sandbox.engine.connect.move_payout(made, status, BANKS[CLOSED].failure)
    Payout.objects.filter(id=payout.id).update(check_at=later)
    payout_sending.send_payout(payout_id=payout.id, now=later)
    return True
