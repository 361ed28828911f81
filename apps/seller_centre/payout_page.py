"""How payouts and accounts are told: states in words, the way of the money step by step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.core.formats import currency_sign, format_day, format_moment, format_money, in_sentence
from apps.payments.models import Payout, PayoutAccount
from apps.payments.rules_payouts import BANK_REFUSALS, next_due
from apps.payments.services.payouts import PayeeSuspended, expected_arrival
from apps.payments.types_payouts import BANK_REFUSED, PayoutAccountState, PayoutRhythm, PayoutState
from apps.seller_centre.payouts import Purse

S = PayoutState
_TONES = {
    S.HELD: "warning",
    S.CREATED: "info",
    S.UNKNOWN: "info",
    S.SENT_TRANSFER: "info",
    S.IN_TRANSIT: "info",
    S.RETURNING: "warning",
    S.PAID: "success",
    S.STOPPED: "danger",
    S.FAILED: "danger",
}
_ACCOUNT_TONES = {
    PayoutAccountState.PENDING: "warning",
    PayoutAccountState.VERIFIED: "success",
    PayoutAccountState.RESTRICTED: "danger",
}


@dataclass(frozen=True, slots=True)
class ShownPayout:
    """`hint` says what comes next, or why it failed."""

    payout: Payout
    status: str
    tone: str
    hint: str
    account: str


def shown_payout(payout: Payout) -> ShownPayout:
    """Dress a payout whose account is loaded. No query is made here."""
    state = S(payout.state)
    return ShownPayout(
        payout=payout,
        status=_status(state),
        tone=_TONES[state],
        hint=_hint(payout, state),
        account=bank_of(payout),
    )


def _status(state: PayoutState) -> str:
    """To a seller what is being checked is simply being sent."""
    return str((S.SENT_TRANSFER if state == S.UNKNOWN else state).label)


def bank_of(payout: Payout) -> str:
    """Name the bank that a payout went to; one that was changed at the provider since is not known any more."""
    changed_at = payout.account.changed_at
    if changed_at is not None and payout.requested_at < changed_at:
        return _("An earlier account")
    return account_label(payout.account)


def account_label(account: PayoutAccount) -> str:
    return f"{account.bank} ···· {account.last4}".strip()


def _hint(payout: Payout, state: PayoutState) -> str:
    if state == S.HELD:
        return _("We look at payouts of this size ourselves, usually within a working day.")
    if state in (S.STOPPED, S.FAILED, S.RETURNING):
        return why_it_failed(payout)
    if state == S.IN_TRANSIT and payout.arrives_on:
        return _("expected: %(day)s") % {"day": in_sentence(format_day(payout.arrives_on))}
    if state == S.PAID and payout.paid_at:
        return format_moment(payout.paid_at)
    return ""


def why_it_failed(payout: Payout) -> str:
    """Say why a payout did not arrive; where the account was changed since, there is nothing to do."""
    is_replaced = payout.account.state == PayoutAccountState.REPLACED
    if is_replaced and payout.failure_code in BANK_REFUSALS:
        return _("The bank refused this account. Another one is in use now.")
    return failure_words(payout.failure_code)


def failure_words(code: str) -> str:
    """Say why a payout did not arrive, by the provider's code or by ours."""
    words = {
        "no_account": _("The bank does not know this account. Check it and change it."),
        "invalid_account_number": _("The bank does not know this account. Check it and change it."),
        "incorrect_account_holder_name": _(
            "The bank does not know this account. Check it and change it."
        ),
        "bank_ownership_changed": _("The bank does not know this account. Check it and change it."),
        "account_closed": _("The bank says that this account is closed. Change the account."),
        "debit_not_authorized": _("The bank does not allow payments to this account."),
        "account_frozen": _("The bank does not allow payments to this account."),
        "bank_account_restricted": _("The bank does not allow payments to this account."),
        BANK_REFUSED: _("The bank refused an earlier payout to this account. Name another one."),
        "invalid_currency": _("This account does not take this currency. Change the account."),
        "account_changed": _("The account was changed before the payout left. Ask for it again."),
        "account_restricted": _("The payment provider restricted the account. Open its page."),
        "payouts_not_allowed": _("The payment provider restricted the account. Open its page."),
        "stopped": _("The marketplace stopped this payout. Write to us if you do not know why."),
    }
    return words.get(
        code, _("The payment provider or the bank refused it. You can ask for it again.")
    )


def steps_of(payout: Payout) -> list[dict[str, Any]]:
    """Return the steps of components/timeline.html: what happened, what is now, what is to come."""
    state = S(payout.state)
    done: list[tuple[str, datetime | None]] = [
        (pgettext("payout", "Asked for"), payout.requested_at)
    ]
    done += [(_("Approved by the marketplace"), payout.approved_at)]
    done += [(_("Left for the bank"), payout.sent_at)]
    done += [(_("Paid out"), payout.paid_at)]
    done += [(_("Came back"), payout.returning_at)]
    done += [(_("Stopped by the marketplace"), payout.stopped_at)]
    done += [(_("On your balance again"), payout.failed_at)]
    steps = [_step(label, "done", format_moment(at)) for label, at in done if at]
    return steps + [_step(label, mark) for label, mark in _ahead(state)]


def _ahead(state: PayoutState) -> list[tuple[str, str]]:
    leaves, arrives = (_("Leaves for the bank"), _("Arrives at the bank"))
    match state:
        case S.HELD:
            approval = _("The marketplace looks at it")
            return [(approval, "current"), (leaves, "todo"), (arrives, "todo")]
        case S.CREATED | S.UNKNOWN | S.SENT_TRANSFER:
            return [(leaves, "current"), (arrives, "todo")]
        case S.IN_TRANSIT:
            return [(arrives, "current")]
        case S.RETURNING:
            return [(_("Comes back to your balance"), "current")]
    return []


def _step(label: str, state: str, at: str = "") -> dict[str, Any]:
    return {"label": label, "state": state, "at": at}


@dataclass(frozen=True, slots=True)
class ShownPurse:
    """`obstacle` says why nothing can be asked for now; empty: it can. `next_on`: by schedule."""

    purse: Purse
    sign: str
    account: str
    account_status: str
    account_tone: str
    obstacle: str
    arrives_on: str
    next_on: str
    hold_until: str
    is_preparing: bool
    page_url: str
    requirement: str


def shown_purse(purse: Purse, now: datetime) -> ShownPurse:
    """Dress a purse. No query is made here."""
    current, begun = purse.account, purse.begun
    named = current or begun
    waiting = begun or (current if purse.is_restricted else None)
    return ShownPurse(
        purse=purse,
        sign=currency_sign(purse.currency, get_language() or "en"),
        account=account_label(current) if current else "",
        account_status=_account_status(named) if named else "",
        account_tone=_ACCOUNT_TONES[PayoutAccountState(named.state)] if named else "neutral",
        obstacle=_obstacle(purse, now),
        arrives_on=in_sentence(format_day(expected_arrival(now).date())),
        next_on=_next_on(purse, now),
        hold_until=_hold_until(current, now),
        is_preparing=_is_preparing(waiting),
        page_url=_page_of(waiting, now),
        requirement=_refusal() if purse.is_refused and begun is None else _requirement(waiting),
    )


def _account_status(account: PayoutAccount) -> str:
    if account.requirement == BANK_REFUSED:
        return _("Refused by the bank")
    return str(account.get_state_display())


def _obstacle(purse: Purse, now: datetime) -> str:
    if purse.account is None:
        return _("Payouts need a bank account first.")
    if purse.is_suspended:
        return str(PayeeSuspended.message)
    if purse.is_refused:
        return _refusal()
    if not purse.is_verified:
        return _(
            "The payment provider restricted the account. Nothing is paid out until it is mended."
        )
    if until := _hold_until(purse.account, now):
        return _("The bank account was changed. Payouts start again: %(until)s.") % {"until": until}
    if purse.owes:
        return _(
            "A refund left you owing in this currency. Payouts start again when it is covered."
        )
    if not purse.is_enough:
        least = format_money(purse.least)
        return _("The least that is paid out is %(least)s.") % {"least": least}
    return ""


def _refusal() -> str:
    return _(
        "The bank refused a payout to this account. Nothing is paid out until you name another."
    )


def _hold_until(account: PayoutAccount | None, now: datetime) -> str:
    if account is None or account.usable_from is None or account.usable_from <= now:
        return ""
    return in_sentence(format_moment(account.usable_from))


def _next_on(purse: Purse, now: datetime) -> str:
    if purse.schedule is None:
        return ""
    due = next_due(PayoutRhythm(purse.schedule.rhythm), purse.schedule.weekday, now)
    return in_sentence(format_moment(due)) if due else ""


def _is_preparing(account: PayoutAccount | None) -> bool:
    """The provider is being asked for a page: it is there in a moment."""
    return (
        account is not None
        and not account.link_url
        and not account.requirement
        and bool(account.check_at)
    )


def _page_of(account: PayoutAccount | None, now: datetime) -> str:
    if account is None or account.link_expires_at is None or account.link_expires_at <= now:
        return ""
    return account.link_url


def _requirement(account: PayoutAccount | None) -> str:
    """Say what the provider waits for; its own codes are no words for people."""
    if account is None or not account.requirement:
        return ""
    if account.requirement.startswith("refused"):
        return _("The payment provider does not open accounts for this country and currency.")
    if "pending_verification" in account.requirement:
        return _("The payment provider is checking what you told it.")
    return ""
