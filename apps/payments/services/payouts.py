"""Payouts: move a payee's available balance towards the payee's bank.

Invariant: a payout and its entry are written under one lock on the balance, so two payouts never
take one balance; what is stopped or fails comes back in the transaction that says so.
docs/payouts.md has the states, the clocks and worked numbers.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.formats import format_moment, format_money
from apps.core.locks import lock_row, money_path
from apps.core.money import Money
from apps.core.numbers import next_in_sequence
from apps.core.outbox import emit
from apps.core.rows import insert
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.events import PayoutRequested, PayoutReturned
from apps.payments.locks import PAYOUT
from apps.payments.models import Payout, PayoutAccount
from apps.payments.rules_payouts import may_move, request_key, returned_key
from apps.payments.selectors_payouts import (
    available_balance,
    current_account,
    less_contested,
    owes,
)
from apps.payments.services import ledger
from apps.payments.types_payouts import PayoutAccountState, PayoutOrder, PayoutState
from apps.sellers.selectors import may_be_paid

NUMBERS = "payments_payout_number"


class NoPayoutAccount(DomainError):
    code = "payouts.no_account"
    message = _("There is no verified bank account for this currency yet.")


class PayoutAccountOnHold(DomainError):
    code = "payouts.account_on_hold"
    message = _("The bank account was changed. Payouts start again: %(until)s.")


class PayeeSuspended(DomainError):
    code = "payouts.payee_suspended"
    message = _("The shop is suspended: its money waits here until that is over. Write to us.")


class PayeeOwes(DomainError):
    code = "payouts.payee_owes"
    message = _("A refund left you owing in this currency. Payouts start again when it is covered.")


class PayoutTooSmall(DomainError):
    code = "payouts.too_small"
    message = _("The least that is paid out is %(least)s.")
    http_status = 422


class PayoutExceedsBalance(DomainError):
    code = "payouts.exceeds_balance"
    message = _("There is less on the balance: %(available)s.")


class PayoutUnderChargeback(DomainError):
    code = "payouts.under_chargeback"
    message = _(
        "A buyer's bank is deciding about a chargeback. Until then %(payable)s can be paid out."
    )


class PayoutDiffers(DomainError):
    code = "payouts.differs"
    message = _("This payout was asked for before with another amount.")


class PayoutNotHeld(DomainError):
    code = "payouts.not_held"
    message = _("This payout does not wait for approval any more.")


class PayoutAlreadySent(DomainError):
    code = "payouts.already_sent"
    message = _("This payout is on its way: it cannot be stopped any more.")


@money_path
def request_payout(*, order: PayoutOrder, actor: Viewer, now: datetime) -> Payout:
    """Reserve a sum of the available balance for a payout; above the setting's sum it waits for staff.

    Without a sum it is all that may be paid out.

    A repeated key returns the first payout. Emits PayoutRequested unless it waits; that event's job,
    not this call, talks to the provider.

    :raises NoPayoutAccount, PayoutAccountOnHold: nowhere to pay to, or not yet
    :raises PayeeSuspended: the seller is suspended
    :raises PayeeOwes, PayoutTooSmall, PayoutExceedsBalance, PayoutUnderChargeback: see the classes
    :raises PayoutDiffers: the key came before with another amount
    """
    available_ref = ledger.seller_available(order.payee_id)
    ledger.lock([(available_ref, order.currency)])
    if earlier := Payout.objects.filter(key=order.key).first():
        return _repeated(earlier, order)
    if not may_be_paid(order.payee_id):
        raise PayeeSuspended
    account = _account_for(order, now)
    amount = _amount_for(order)
    payout = _write(order, account, amount, now)
    ledger.post(
        key=request_key(payout.id),
        kind="PAYOUT_REQUEST",
        reference_type="payout",
        reference_id=payout.id,
        postings=[(available_ref, -amount), (ledger.payouts_in_transit(payout.id), amount)],
    )
    audit.record(
        actor=actor,
        action="payments.payout_requested",
        target_type="payout",
        target_id=payout.id,
        after={
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "origin": order.origin,
            "state": payout.state,
        },
    )
    if payout.state == PayoutState.CREATED:
        emit(PayoutRequested(payout_id=payout.id, payee_id=payout.payee_id, amount=amount))
    return payout


def _repeated(earlier: Payout, order: PayoutOrder) -> Payout:
    same = (earlier.payee_id, earlier.currency) == (order.payee_id, order.currency)
    if not same or order.amount not in (None, earlier.amount):
        raise PayoutDiffers
    return earlier


def _account_for(order: PayoutOrder, now: datetime) -> PayoutAccount:
    account = current_account(order.payee_id, order.currency)
    if account is None or account.state != PayoutAccountState.VERIFIED:
        raise NoPayoutAccount
    if not account.is_usable(now):
        until = account.usable_from
        raise PayoutAccountOnHold(until=format_moment(until) if until else "")
    return account


def _amount_for(order: PayoutOrder) -> Money:
    if owes(order.payee_id, order.currency):
        raise PayeeOwes
    available = available_balance(order.payee_id, order.currency)
    payable = less_contested(available, order.payee_id)
    least = least_amount(order.currency)
    amount = available if order.amount is None else order.amount
    if amount < least:
        raise PayoutTooSmall(least=format_money(least))
    if amount > available:
        raise PayoutExceedsBalance(available=format_money(available))
    if order.amount is None and payable >= least:
        return payable
    if amount > payable:
        raise PayoutUnderChargeback(payable=format_money(payable))
    return amount


def least_amount(currency: str) -> Money:
    """Return the least sum that is paid out; one minor unit where no setting names the currency."""
    return Money(max(settings.PAYOUT_MINIMUM.get(currency, 1), 1), currency)


def _needs_approval(amount: Money) -> bool:
    over = settings.PAYOUT_APPROVAL_OVER.get(amount.currency)
    return over is None or amount.minor > over


def _write(order: PayoutOrder, account: PayoutAccount, amount: Money, now: datetime) -> Payout:
    is_held = _needs_approval(amount)
    return insert(
        Payout(
            number=f"PO-{next_in_sequence(NUMBERS)}",
            payee_id=order.payee_id,
            account=account,
            currency=amount.currency,
            amount_minor=amount.minor,
            key=order.key,
            origin=order.origin,
            state=PayoutState.HELD if is_held else PayoutState.CREATED,
            requested_at=now,
            check_at=None if is_held else now,
        )
    )


@money_path
def approve_payout(*, payout_id: UUID, actor: Viewer, reason: str, now: datetime) -> Payout:
    """Let a payout that waits for staff be sent. Emits PayoutRequested.

    :raises NotFound: there is no such payout
    :raises PayoutNotHeld: somebody was quicker
    """
    payout = locked_payout(payout_id)
    if payout.state != PayoutState.HELD:
        raise PayoutNotHeld
    payout.approved_at = now
    payout.check_at = now
    move(payout, PayoutState.CREATED, "approved_at", "check_at")
    _note(payout, "approved", actor, reason)
    emit(PayoutRequested(payout_id=payout.id, payee_id=payout.payee_id, amount=payout.amount))
    return payout


@money_path
def stop_payout(*, payout_id: UUID, actor: Viewer, reason: str, now: datetime) -> Payout:
    """Stop a payout that was not sent yet: its amount is available again. Emits PayoutReturned.

    :raises NotFound: there is no such payout
    :raises PayoutAlreadySent: the provider was asked, or the payout is over
    """
    payout = locked_payout(payout_id)
    if not may_move(PayoutState(payout.state), PayoutState.STOPPED) or payout.transfer_called_at:
        raise PayoutAlreadySent
    payout.stopped_at = now
    give_back(payout, PayoutState.STOPPED, "stopped", "stopped_at")
    _note(payout, "stopped", actor, reason)
    return payout


def locked_payout(payout_id: UUID) -> Payout:
    """Lock a payout and return it with its account.

    :raises NotFound: there is no such payout
    """
    rows = Payout.objects.filter(id=payout_id).select_related("account")
    payout = lock_row(rows, rank=PAYOUT)
    if payout is None:
        raise NotFound
    return payout


def move(payout: Payout, to: PayoutState, *changed: str) -> None:
    """Move a locked payout; `changed` are the fields that were set beside its state."""
    payout.state = to
    payout.save(update_fields=["state", *changed])


def give_back(payout: Payout, to: PayoutState, failure_code: str, *changed: str) -> None:
    """End a locked payout whose money never left or is back: to the available balance, at once.

    Emits PayoutReturned.
    """
    payout.failure_code = payout.failure_code or failure_code[:60]
    payout.check_at = None
    move(payout, to, "failure_code", "check_at", *changed)
    amount = payout.amount
    ledger.post(
        key=returned_key(payout.id),
        kind="PAYOUT_RETURNED",
        reference_type="payout",
        reference_id=payout.id,
        postings=[
            (ledger.payouts_in_transit(payout.id), -amount),
            (ledger.seller_available(payout.payee_id), amount),
        ],
    )
    emit(
        PayoutReturned(
            payout_id=payout.id,
            payee_id=payout.payee_id,
            amount=amount,
            failure_code=payout.failure_code,
        )
    )


def _note(payout: Payout, verb: str, actor: Viewer, reason: str) -> None:
    audit.record(
        actor=actor,
        action=f"payments.payout_{verb}",
        target_type="payout",
        target_id=payout.id,
        reason=reason,
    )


def expected_arrival(now: datetime) -> datetime:
    """Return until when a payout that is asked for now usually arrives."""
    return now + timedelta(days=settings.PAYOUT_ARRIVAL_DAYS)
