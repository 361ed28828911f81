"""Stripe Connect: connected accounts with Stripe's own onboarding page, transfers, payouts, reversals.

Source: Stripe API 2026-10-28.endive. A payee has an account at Stripe; we transfer from our balance to
its balance, then pay out from there to its bank, acting for it by `Stripe-Account`. Its payouts are
"manual", so that none is made that we do not know. The bank's number is told to Stripe alone.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe

from apps.core.money import Money
from apps.payments.providers.base import AccountCall, PayoutCall
from apps.payments.types_payouts import (
    BANK_REFUSED,
    BankLabel,
    OnboardingLink,
    ProviderAccount,
    ProviderPayout,
    ProviderReversal,
    ProviderTransfer,
    TransferOutcome,
)

# Stripe's longest page.
LIST_LIMIT = 100
# Their clock and ours may differ when we ask for what was made since.
CLOCK_SLACK = timedelta(days=1)

_OUTCOMES = {
    "pending": TransferOutcome.SENT,
    "in_transit": TransferOutcome.SENT,
    "paid": TransferOutcome.PAID,
    "failed": TransferOutcome.FAILED,
    "canceled": TransferOutcome.FAILED,
}

# States of a bank account to which nothing is paid, and what it waits for then.
_UNUSABLE = {
    "errored": BANK_REFUSED,
    "verification_failed": "external_account.verification_failed",
    "tokenized_account_number_deactivated": "external_account.deactivated",
}


class StripeConnect:
    """The half of the Stripe client that pays out; `_client` and `_call` are the other half's."""

    _client: stripe.StripeClient
    _call: Callable[..., Any]

    def open_account(self, call: AccountCall) -> ProviderAccount:
        return account_of(
            self._call(
                lambda: self._client.v1.accounts.create(
                    {
                        "type": "express",
                        "country": call.country,
                        "default_currency": call.currency.lower(),
                        "capabilities": {"transfers": {"requested": True}},
                        "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                        "metadata": {
                            "payout_account_id": str(call.our_id),
                            "payee_id": str(call.payee_id),
                        },
                    },
                    options={"idempotency_key": f"{call.our_id}:account"},
                )
            )
        )

    def onboarding_link(self, account_id: str, return_url: str) -> OnboardingLink:
        link = self._call(
            lambda: self._client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": f"{return_url}?told=1",
                    "refresh_url": f"{return_url}?told=0",
                }
            )
        )
        return OnboardingLink(link.url, datetime.fromtimestamp(link.expires_at, UTC))

    def read_account(self, account_id: str) -> ProviderAccount:
        return account_of(self._call(lambda: self._client.v1.accounts.retrieve(account_id)))

    def transfer(self, call: PayoutCall) -> ProviderTransfer:
        return transfer_of(
            self._call(
                lambda: self._client.v1.transfers.create(
                    {
                        "amount": call.amount.minor,
                        "currency": call.amount.currency.lower(),
                        "destination": call.account_id,
                        "transfer_group": _group(call),
                        "description": call.number,
                        "metadata": _metadata(call),
                    },
                    options={"idempotency_key": key_of(call, "transfer")},
                )
            )
        )

    def find_transfer(self, call: PayoutCall) -> ProviderTransfer | None:
        page = self._call(
            lambda: self._client.v1.transfers.list(
                {"transfer_group": _group(call), "limit": LIST_LIMIT}
            )
        )
        found = (transfer_of(one) for one in page.data)
        return next((one for one in found if one.our_payout_id == call.payout_id), None)

    def pay_out(self, call: PayoutCall) -> ProviderPayout:
        return payout_of(
            self._call(
                lambda: self._client.v1.payouts.create(
                    {
                        "amount": call.amount.minor,
                        "currency": call.amount.currency.lower(),
                        "method": "standard",
                        "description": call.number,
                        "metadata": _metadata(call),
                    },
                    options={
                        "idempotency_key": key_of(call, "payout"),
                        "stripe_account": call.account_id,
                    },
                )
            ),
            call.account_id,
        )

    def find_payout(self, call: PayoutCall) -> ProviderPayout | None:
        """Go through what the account paid out since the payout was asked for, newest first."""
        since = int((call.since - CLOCK_SLACK).timestamp())
        after = ""
        while True:
            page = self._call(lambda after=after: self._payouts_since(call, since, after))
            for one in page.data:
                found = payout_of(one, call.account_id)
                if found.our_payout_id == call.payout_id:
                    return found
            if not page.has_more or not page.data:
                return None
            after = page.data[-1].id

    def _payouts_since(self, call: PayoutCall, since: int, after: str) -> Any:
        given: Any = {"created": {"gte": since}, "limit": LIST_LIMIT}
        if after:
            given["starting_after"] = after
        return self._client.v1.payouts.list(given, options={"stripe_account": call.account_id})

    def read_payout(self, payout_id: str, account_id: str) -> ProviderPayout:
        found = self._call(
            lambda: self._client.v1.payouts.retrieve(
                payout_id, options={"stripe_account": account_id}
            )
        )
        return payout_of(found, account_id)

    def reverse(self, call: PayoutCall) -> ProviderReversal:
        return reversal_of(
            self._call(
                lambda: self._client.v1.transfers.reversals.create(
                    call.transfer_id,
                    {"amount": call.amount.minor, "metadata": _metadata(call)},
                    options={"idempotency_key": key_of(call, f"reversal:{call.reversal_round}")},
                )
            )
        )

    def find_reversal(self, call: PayoutCall) -> ProviderReversal | None:
        page = self._call(
            lambda: self._client.v1.transfers.reversals.list(
                call.transfer_id, {"limit": LIST_LIMIT}
            )
        )
        ours = str(call.payout_id)
        named = (one for one in page.data if _named(one, "payout_id") == ours)
        return next((reversal_of(one) for one in named), None)

    def read_transfer(self, transfer_id: str) -> ProviderTransfer:
        return transfer_of(self._call(lambda: self._client.v1.transfers.retrieve(transfer_id)))

    def read_connected(
        self, notification_kind: str, object_id: str, account_id: str
    ) -> ProviderAccount | ProviderPayout | None:
        family = notification_kind.partition(".")[0]
        if family == "payout":
            return self.read_payout(object_id, account_id)
        if notification_kind == "account.updated":
            return self.read_account(account_id)
        return None


def key_of(call: PayoutCall, step: str) -> str:
    """Name one call of a payout for ever: sent again, the provider answers as it did the first time."""
    return f"{call.payout_id}:{step}"


def _group(call: PayoutCall) -> str:
    return f"payout_{call.payout_id}"


def _metadata(call: PayoutCall) -> dict[str, str]:
    return {"payout_id": str(call.payout_id), "number": call.number}


def account_of(account: Any) -> ProviderAccount:
    """A payout that failed leaves its bank "errored", though payouts may read enabled."""
    needs = account.requirements
    due = list(getattr(needs, "currently_due", None) or [])
    reason = getattr(needs, "disabled_reason", None)
    bank = _bank_of(account)
    status = str(getattr(bank, "status", "") or "")
    waits = str(reason or (due[0] if due else ""))
    if status in _UNUSABLE:
        waits = _UNUSABLE[status]
    return ProviderAccount(
        account_id=account.id,
        our_account_id=_uuid(_named(account, "payout_account_id")),
        can_pay_out=bool(account.payouts_enabled) and status not in _UNUSABLE,
        bank=_label_of(bank),
        requirement=waits,
    )


def _bank_of(account: Any) -> Any:
    """The bank that payouts in the account's currency go to, or None."""
    listed = getattr(account, "external_accounts", None)
    banks = [one for one in (listed.data if listed else []) if one.object == "bank_account"]
    default = (one for one in banks if getattr(one, "default_for_currency", False))
    return next(default, banks[0] if banks else None)


def _label_of(bank: Any) -> BankLabel | None:
    if bank is None:
        return None
    return BankLabel(
        reference=bank.id,
        holder=str(bank.account_holder_name or ""),
        bank=str(bank.bank_name or ""),
        last4=str(bank.last4 or ""),
        currency=str(bank.currency).upper(),
    )


def transfer_of(transfer: Any) -> ProviderTransfer:
    currency = str(transfer.currency).upper()
    destination = transfer.destination
    return ProviderTransfer(
        transfer_id=transfer.id,
        our_payout_id=_uuid(_named(transfer, "payout_id")),
        account_id=destination if isinstance(destination, str) else str(destination.id),
        amount=Money(transfer.amount, currency),
        reversed=Money(transfer.amount_reversed, currency),
    )


def payout_of(payout: Any, account_id: str) -> ProviderPayout:
    arrives = payout.arrival_date
    return ProviderPayout(
        payout_id=payout.id,
        our_payout_id=_uuid(_named(payout, "payout_id")),
        account_id=account_id,
        outcome=_OUTCOMES.get(payout.status, TransferOutcome.SENT),
        amount=Money(payout.amount, str(payout.currency).upper()),
        arrives_on=datetime.fromtimestamp(arrives, UTC).date() if arrives else None,
        failure_code=str(
            payout.failure_code or ("canceled" if payout.status == "canceled" else "")
        ),
    )


def reversal_of(reversal: Any) -> ProviderReversal:
    return ProviderReversal(reversal.id, Money(reversal.amount, str(reversal.currency).upper()))


def _named(subject: Any, name: str) -> Any:
    return getattr(subject.metadata, name, None)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
