"""Sending payouts: transfer to the payee's account at the provider, payout from there to the bank.

Invariant: each call is written down before it is made and carries the payout's own key; whatever may
have been made is looked for before it is made again; the payee has the money back only after the
provider has said that it never left, or after the transfer was reversed. No call runs inside a
transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from apps.core.http_client import (
    ProviderError,
    ProviderPermanent,
    ProviderRetryable,
    ProviderUnknown,
)
from apps.core.locks import money_path
from apps.core.pauses import pause_point
from apps.payments.models import Payout, PayoutAccount
from apps.payments.providers import payout_provider_of
from apps.payments.providers.base import PayoutCall, PayoutProvider
from apps.payments.rules_payouts import may_move
from apps.payments.selectors_reconciling import has_open_differences
from apps.payments.services import payout_reports as reports
from apps.payments.services.payout_accounts import apply_account_report
from apps.payments.services.payouts import give_back, locked_payout, move
from apps.payments.types_payouts import (
    BANK_REFUSED,
    PayoutAccountState,
    PayoutState,
    ProviderReversal,
)
from apps.sellers.selectors import may_be_paid

log = structlog.get_logger(__name__)

BATCH = 100
# How long one worker has a payout to itself: longer than a call may take.
LEASE = timedelta(seconds=90)
ASK_AGAIN = timedelta(seconds=60)
# While the provider's statement is not explained, no payout begins.
LOOK_AGAIN = timedelta(minutes=10)
# A payout whose outcome nobody could learn for that long is shown to people.
UNKNOWN_LONG = timedelta(hours=6)
TAKE_BACK_AGAIN = timedelta(hours=1)
S = PayoutState


@dataclass(frozen=True, slots=True)
class Claim:
    """`is_repeat`: this call was made before, so its effect may be there."""

    payout: Payout
    call: PayoutCall
    is_repeat: bool


def send_payout(*, payout_id: UUID, now: datetime) -> None:
    """Take a payout as far as the provider lets it go. Runs in a money worker; safe to repeat.

    A payout that another worker has, or whose time has not come, is left alone.
    """
    if not _look_at_account(payout_id=payout_id, now=now):
        return
    while claim := _claim(payout_id=payout_id, now=now):
        provider = payout_provider_of(claim.payout.account.provider)
        if not _step_of(claim.payout)(claim, provider, now):
            return


def _look_at_account(*, payout_id: UUID, now: datetime) -> bool:
    """Read the account of a payout that was never sent: a bank that was changed at the provider a
    moment ago must not get the money, even where the webhook about it was lost.
    """
    rows = Payout.objects.filter(id=payout_id, transfer_called_at=None, check_at__lte=now)
    payout = rows.select_related("account").first()
    if payout is None or payout.account.state != PayoutAccountState.VERIFIED:
        return True
    account = payout.account
    try:
        report = payout_provider_of(account.provider).read_account(account.provider_account_id)
    except ProviderError as error:
        return _postpone(payout_id=payout_id, error=ProviderRetryable(str(error)), now=now)
    apply_account_report(provider=account.provider, report=report, now=now)
    return True


def _step_of(payout: Payout) -> Callable[[Claim, PayoutProvider, datetime], bool]:
    if payout.state == S.RETURNING:
        return _take_back
    if not payout.provider_transfer_id:
        return _transfer
    return _ask if payout.provider_payout_id else _pay_out


def _called_field(payout: Payout) -> str:
    if payout.state == S.RETURNING:
        return "reversal_called_at"
    if not payout.provider_transfer_id:
        return "transfer_called_at"
    return "" if payout.provider_payout_id else "payout_called_at"


@money_path
def _claim(*, payout_id: UUID, now: datetime) -> Claim | None:
    """Take a due payout for the length of a lease and write down which call comes next."""
    payout = locked_payout(payout_id)
    if payout.state == S.HELD or payout.check_at is None or payout.check_at > now:
        return None
    if payout.transfer_called_at is None and not _may_go(payout, now):
        return None
    field = _called_field(payout)
    is_repeat = bool(field) and getattr(payout, field) is not None
    if field and not is_repeat:
        setattr(payout, field, now)
    payout.check_at = now + LEASE
    payout.save(update_fields=["check_at", *([field] if field else [])])
    return Claim(payout, _call_of(payout), is_repeat)


def _may_go(payout: Payout, now: datetime) -> bool:
    """Tell whether a payout that was never sent may go to its account; one that may not comes back."""
    account = payout.account
    if account.state != PayoutAccountState.VERIFIED:
        payout.failed_at = now
        give_back(payout, S.FAILED, _why_not(account), "failed_at")
        return False
    if has_open_differences(account.provider) or not may_be_paid(payout.payee_id):
        payout.check_at = now + LOOK_AGAIN
        payout.save(update_fields=["check_at"])
        return False
    if not account.is_usable(now):
        payout.check_at = account.usable_from
        payout.save(update_fields=["check_at"])
        return False
    return True


def _why_not(account: PayoutAccount) -> str:
    if account.state == PayoutAccountState.REPLACED:
        return "account_changed"
    return BANK_REFUSED if account.requirement == BANK_REFUSED else "account_restricted"


def _call_of(payout: Payout) -> PayoutCall:
    return PayoutCall(
        payout_id=payout.id,
        number=payout.number,
        account_id=payout.account.provider_account_id,
        amount=payout.amount,
        since=payout.requested_at,
        transfer_id=payout.provider_transfer_id,
        reversal_round=int(payout.reversal_called_at.timestamp())
        if payout.reversal_called_at
        else 0,
    )


def _transfer(claim: Claim, provider: PayoutProvider, now: datetime) -> bool:
    """Move the sum to the payee's account at the provider; refused for good: it never left."""
    call = claim.call
    try:
        made = provider.find_transfer(call) if claim.is_repeat else None
        if made is None:
            made = _made_or_found(
                lambda: provider.transfer(call), lambda: provider.find_transfer(call)
            )
    except ProviderPermanent as error:
        return _refuse_transfer(payout_id=call.payout_id, code=str(error), now=now)
    except ProviderError as error:
        return _postpone(payout_id=call.payout_id, error=error, now=now)
    pause_point("payouts.transfer_made")
    return reports.apply_transfer_report(report=made, now=now)


def _pay_out(claim: Claim, provider: PayoutProvider, now: datetime) -> bool:
    """Send the sum on to the bank; refused for good: the transfer is taken back."""
    call = claim.call
    try:
        made = provider.find_payout(call) if claim.is_repeat else None
        if made is None:
            made = _made_or_found(
                lambda: provider.pay_out(call), lambda: provider.find_payout(call)
            )
    except ProviderPermanent as error:
        return _refuse_payout(payout_id=call.payout_id, code=str(error), now=now)
    except ProviderError as error:
        return _postpone(payout_id=call.payout_id, error=error, now=now)
    pause_point("payouts.payout_made")
    return reports.apply_payout_report(report=made, now=now)


def _made_or_found[M](make: Callable[[], M], find: Callable[[], M | None]) -> M:
    """Make it; where that is refused for good, look once more whether it is there all the same.

    :raises ProviderPermanent: refused, and nothing under our name
    """
    try:
        return make()
    except ProviderPermanent:
        if (found := find()) is None:
            raise
        return found


def _ask(claim: Claim, provider: PayoutProvider, now: datetime) -> bool:
    """Ask what became of a payout that is on its way, or whether a paid one came back."""
    payout = claim.payout
    try:
        report = provider.read_payout(payout.provider_payout_id, claim.call.account_id)
    except ProviderError as error:
        return _postpone(payout_id=payout.id, error=error, now=now)
    return reports.apply_payout_report(report=report, now=now)


def _take_back(claim: Claim, provider: PayoutProvider, now: datetime) -> bool:
    """Reverse the transfer of a payout that the bank sent back, then give the payee the money."""
    call = claim.call
    try:
        made = provider.find_reversal(call) or provider.reverse(call)
    except ProviderPermanent as error:
        return _wait_to_take_back(payout_id=call.payout_id, code=str(error), now=now)
    except ProviderError as error:
        return _postpone(payout_id=call.payout_id, error=error, now=now)
    pause_point("payouts.reversal_made")
    return record_reversal(payout_id=call.payout_id, made=made, now=now)


@money_path
def record_reversal(*, payout_id: UUID, made: ProviderReversal, now: datetime) -> bool:
    """Give a payee back the sum of a payout whose transfer was reversed. There is nothing more to do then."""
    payout = locked_payout(payout_id)
    if payout.state != S.RETURNING:
        return False
    if made.amount != payout.amount:
        reports.contradict(f"reversal:{made.reversal_id}", payout, made.reversal_id, made.amount)
        return False
    payout.provider_reversal_id = made.reversal_id
    payout.failed_at = now
    give_back(payout, S.FAILED, "returned", "provider_reversal_id", "failed_at")
    return False


@money_path
def _wait_to_take_back(*, payout_id: UUID, code: str, now: datetime) -> bool:
    """The provider refuses the reversal for now: people are told, and it is asked for again later."""
    payout = locked_payout(payout_id)
    reports.note_stuck(payout, code)
    payout.reversal_called_at = None
    payout.check_at = now + TAKE_BACK_AGAIN
    payout.save(update_fields=["reversal_called_at", "check_at"])
    return False


@money_path
def _refuse_transfer(*, payout_id: UUID, code: str, now: datetime) -> bool:
    payout = locked_payout(payout_id)
    if may_move(S(payout.state), S.FAILED) and not payout.provider_transfer_id:
        payout.failed_at = now
        give_back(payout, S.FAILED, code, "failed_at")
    return False


@money_path
def _refuse_payout(*, payout_id: UUID, code: str, now: datetime) -> bool:
    payout = locked_payout(payout_id)
    if not payout.provider_payout_id and may_move(S(payout.state), S.RETURNING):
        reports.begin_return(payout, code, now)
        return True
    return False


@money_path
def _postpone(*, payout_id: UUID, error: ProviderError, now: datetime) -> bool:
    """Ask later; what may have happened is UNKNOWN until it was looked for."""
    log.warning("payout_call_failed", payout_id=str(payout_id), error=str(error))
    payout = locked_payout(payout_id)
    payout.check_at = (
        reports.ask_paid_again(payout, now) if payout.state == S.PAID else now + ASK_AGAIN
    )
    if payout.state == S.UNKNOWN and payout.unknown_at and now - payout.unknown_at > UNKNOWN_LONG:
        reports.note_stuck(payout, "unknown")
    is_unknown = isinstance(error, ProviderUnknown) and may_move(S(payout.state), S.UNKNOWN)
    if is_unknown:
        payout.unknown_at = now
        move(payout, S.UNKNOWN, "unknown_at", "check_at")
    elif payout.state not in (S.STOPPED, S.FAILED):
        payout.save(update_fields=["check_at"])
    return False


def settle_due_payouts(*, now: datetime) -> int:
    """Send, or ask about, every payout whose time has come; return how many were due."""
    due = Payout.objects.filter(check_at__lte=now).order_by("check_at")
    ids = list(due.values_list("id", flat=True)[:BATCH])
    for payout_id in ids:
        try:
            send_payout(payout_id=payout_id, now=now)
        except Exception as error:  # noqa: BLE001  one payout must not stop the others
            log.warning("settle_payout_failed", payout_id=str(payout_id), error=str(error))
    return len(ids)
