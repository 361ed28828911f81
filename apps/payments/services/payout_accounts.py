"""Payout accounts: where a payee's money goes, and since when.

Invariant: a payee has one account in use per currency; the provider holds the bank's details and we
see a label and four digits; money goes to a bank that is new to the payee only after the hold, so
that whoever stole a sign-in does not get the balance with it; a bank that refused a payout for good gets no other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from apps.core.http_client import ProviderError, ProviderPermanent
from apps.core.locks import lock_row, lock_rows, money_path
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer
from apps.payments.events import (
    PayoutAccountChanged,
    PayoutAccountOpened,
    PayoutAccountRestricted,
)
from apps.payments.locks import PAYOUT_ACCOUNT
from apps.payments.models import Payout, PayoutAccount
from apps.payments.providers import payout_provider_of
from apps.payments.providers.base import AccountCall
from apps.payments.rules_payouts import BANK_REFUSALS
from apps.payments.types_payouts import (
    BANK_REFUSED,
    OnboardingLink,
    PayoutAccountState,
    ProviderAccount,
)

log = structlog.get_logger(__name__)

S = PayoutAccountState
ASK_AGAIN = timedelta(seconds=60)
# An account that nobody finished is asked about less and less often, then no more.
GIVE_UP_AFTER = timedelta(days=30)
BATCH = 100


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """Whose account in which currency; the provider's page leads back to `return_url`."""

    payee_id: UUID
    currency: str
    country: str
    return_url: str


@money_path
def open_account(*, order: AccountOrder, actor: Viewer, now: datetime) -> PayoutAccount:
    """Begin a payee's first account in a currency, or the change to another one.

    One that was begun and not finished is gone on with, on a new page. Emits PayoutAccountOpened;
    its job asks the provider for the page. The account in use stays in use until the new one is verified.
    """
    account, created = PayoutAccount.objects.get_or_create(
        payee_id=order.payee_id,
        currency=order.currency,
        state=S.PENDING,
        defaults={
            "country": order.country,
            "provider": settings.PAYMENT_PROVIDER,
            "return_url": order.return_url,
            "opened_at": now,
        },
    )
    if created:
        _note(account, "opened", actor)
    _want_page(account, order.return_url, now)
    return account


@money_path
def renew_page(*, account: PayoutAccount, return_url: str, now: datetime) -> None:
    """Ask for a new page of an account that still has something to tell. Emits PayoutAccountOpened."""
    _want_page(account, return_url, now)


def _want_page(account: PayoutAccount, return_url: str, now: datetime) -> None:
    account.return_url = return_url
    account.link_url, account.link_expires_at = "", None
    account.requirement = ""
    account.check_at = now + ASK_AGAIN
    account.save(
        update_fields=["return_url", "link_url", "link_expires_at", "requirement", "check_at"]
    )
    emit(PayoutAccountOpened(account_id=account.id, payee_id=account.payee_id))


def call_account(*, account_id: UUID, now: datetime) -> None:
    """Make the account at the provider where it is not there yet, and a page for it. In a money worker.

    A page is made where one is wanted; a second page does no harm.
    """
    account = PayoutAccount.objects.get(id=account_id)
    if account.state == S.REPLACED or account.link_url:
        return
    provider = payout_provider_of(account.provider)
    call = AccountCall(account.id, account.payee_id, account.country, account.currency)
    try:
        name = account.provider_account_id or provider.open_account(call).account_id
        PayoutAccount.objects.filter(id=account.id, provider_account_id="").update(
            provider_account_id=name
        )
        link = provider.onboarding_link(name, account.return_url)
    except ProviderPermanent as error:
        _give_up(account.id, str(error))
    except ProviderError as error:
        log.warning("payout_account_call_failed", account_id=str(account.id), error=str(error))
        PayoutAccount.objects.filter(id=account.id).update(check_at=now + ASK_AGAIN)
    else:
        _keep_page(account.id, link, now)


def _give_up(account_id: UUID, code: str) -> None:
    PayoutAccount.objects.filter(id=account_id).update(
        requirement=f"refused: {code}"[:100], check_at=None
    )


def _keep_page(account_id: UUID, link: OnboardingLink, now: datetime) -> None:
    PayoutAccount.objects.filter(id=account_id).update(
        link_url=link.url, link_expires_at=link.expires_at, check_at=now + ASK_AGAIN
    )


@money_path
def apply_account_report(*, provider: str, report: ProviderAccount, now: datetime) -> None:
    """Record what a provider says of an account: verified, restricted, or of another bank.

    An account that becomes verified takes the place of the one in use. Emits PayoutAccountChanged
    whenever money goes to another bank from now on, PayoutAccountRestricted when it goes nowhere.
    """
    found = PayoutAccount.objects.filter(
        provider=provider, provider_account_id=report.account_id
    ).first()
    if found is None:
        return
    rows = PayoutAccount.objects.filter(payee_id=found.payee_id, currency=found.currency)
    locked = {row.id: row for row in lock_rows(rows, rank=PAYOUT_ACCOUNT)}
    account = locked[found.id]
    if account.state == S.REPLACED:
        return
    bank = report.bank
    is_refused = account.requirement == BANK_REFUSED and (
        bank is None or bank.reference == account.bank_reference
    )
    account.requirement = BANK_REFUSED if is_refused else report.requirement[:100]
    is_usable = report.can_pay_out and not is_refused
    if not is_usable or bank is None or bank.currency != account.currency:
        _not_ready(account, now)
        return
    is_another_bank = account.bank_reference != bank.reference
    if account.state == S.PENDING:
        _replace_current([row for row in locked.values() if row.id != account.id], account, now)
    if is_another_bank:
        account.changed_at = now
        account.usable_from = now + _hold_of(account, now)
    account.state = S.VERIFIED
    account.verified_at = account.verified_at or now
    account.restricted_at = None
    account.bank_reference, account.holder = bank.reference, bank.holder[:200]
    account.bank, account.last4 = bank.bank[:100], bank.last4[-4:]
    account.link_url, account.link_expires_at, account.check_at = "", None, None
    account.save()
    if is_another_bank:
        _tell_changed(account)


@money_path
def refuse_bank(*, payout_id: UUID, now: datetime) -> None:
    """Take an account out of use whose bank refused a payout for good, until another bank is named.

    Nothing where the failure says nothing of the account, or where its bank is another one since the
    payout left. Repeating changes nothing. Emits PayoutAccountRestricted.
    """
    payout = Payout.objects.get(id=payout_id)
    left_at = payout.payout_called_at
    if payout.failure_code not in BANK_REFUSALS or left_at is None:
        return
    account = lock_row(PayoutAccount.objects.filter(id=payout.account_id), rank=PAYOUT_ACCOUNT)
    if account is None or account.state not in (S.VERIFIED, S.RESTRICTED):
        return
    if account.changed_at is None or account.changed_at > left_at:
        return
    account.requirement = BANK_REFUSED
    _not_ready(account, now)


def _not_ready(account: PayoutAccount, now: datetime) -> None:
    is_news = account.state == S.VERIFIED
    if is_news:
        account.state = S.RESTRICTED
        account.restricted_at = now
        _note(account, "restricted", SYSTEM)
    age = now - (account.restricted_at or account.opened_at)
    # Asked again after a tenth of its age, a minute at least.
    account.check_at = None if age > GIVE_UP_AFTER else now + max(ASK_AGAIN, age / 10)
    account.save(update_fields=["state", "restricted_at", "requirement", "check_at"])
    if is_news:
        emit(
            PayoutAccountRestricted(
                account_id=account.id, payee_id=account.payee_id, restricted_at=now
            )
        )


def _replace_current(others: list[PayoutAccount], account: PayoutAccount, now: datetime) -> None:
    for row in others:
        if row.state in (S.VERIFIED, S.RESTRICTED):
            row.state = S.REPLACED
            row.replaced_at = now
            row.check_at = None
            row.save(update_fields=["state", "replaced_at", "check_at"])
            _note(row, "replaced", SYSTEM)


def _hold_of(account: PayoutAccount, now: datetime) -> timedelta:
    """The very first bank of a payee is trusted at once; every other waits."""
    earlier = PayoutAccount.objects.filter(payee_id=account.payee_id, verified_at__isnull=False)
    if not earlier.exists():
        return timedelta(0)
    return timedelta(hours=settings.PAYOUT_ACCOUNT_HOLD_HOURS)


def _tell_changed(account: PayoutAccount) -> None:
    if account.usable_from is None:
        raise ValueError("a verified account has its day")
    _note(account, "verified", SYSTEM)
    emit(
        PayoutAccountChanged(
            account_id=account.id,
            payee_id=account.payee_id,
            last4=account.last4,
            usable_from=account.usable_from,
        )
    )


def _note(account: PayoutAccount, verb: str, actor: Viewer) -> None:
    audit.record(
        actor=actor,
        action=f"payments.payout_account_{verb}",
        target_type="payout_account",
        target_id=account.id,
        after={"payee_id": str(account.payee_id), "currency": account.currency},
    )


def check_due_accounts(*, now: datetime) -> int:
    """Ask the provider about every account that waits; return how many were due."""
    due = PayoutAccount.objects.filter(check_at__lte=now).order_by("check_at")
    rows = list(due[:BATCH])
    for account in rows:
        PayoutAccount.objects.filter(id=account.id).update(check_at=now + ASK_AGAIN)
        try:
            check_account(account=account, now=now)
        except Exception as error:  # noqa: BLE001  one account must not stop the others
            log.warning("check_account_failed", account_id=str(account.id), error=str(error))
    return len(rows)


def check_account(*, account: PayoutAccount, now: datetime) -> None:
    """Read an account at the provider and record what it says; make what was not made yet."""
    if not account.provider_account_id or not account.link_url:
        call_account(account_id=account.id, now=now)
        account.refresh_from_db()
    if account.provider_account_id:
        report = payout_provider_of(account.provider).read_account(account.provider_account_id)
        apply_account_report(provider=account.provider, report=report, now=now)
