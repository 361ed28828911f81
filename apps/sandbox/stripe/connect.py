"""Connect: payees' accounts, transfers to them, payouts from them to the bank, reversals.

Invariant: methods run under the store's lock; an account's balance is what was transferred to it less
what was reversed and what is out on payouts that did not fail, and never below zero.
"""

from typing import Any

from apps.sandbox.stripe import balance
from apps.sandbox.stripe import connect_objects as objects
from apps.sandbox.stripe.banks import BANKS, Bank
from apps.sandbox.stripe.store import Store
from apps.sandbox.stripe.wire import ApiError, invalid, missing, refused, whole

ALIVE = ("pending", "in_transit", "paid")
Params = dict[str, Any]


class Connect:
    """`payout_seconds`: how long a payout stays on the way; None: until a test says what came of it.

    `acting_for` is the account that the call at hand named in Stripe-Account.
    """

    def __init__(self, *, store: Store, emit: Any, base_url: str) -> None:
        self.store, self._emit, self.base_url = store, emit, base_url
        self.payout_seconds: int | None = None
        self.acting_for = ""

    def _find(self, table: str, kind: str, object_id: str) -> dict[str, Any]:
        found = self.store.tables[table].get(object_id)
        if found is None:
            raise missing(kind, object_id)
        return found

    # Accounts and their onboarding.

    def create_account(self, params: Params) -> dict[str, Any]:
        account = objects.new_account(params, now=self.store.now())
        self.store.accounts[account["id"]] = account
        return account

    def get_account(self, account_id: str, _params: Params) -> dict[str, Any]:
        return self._find("accounts", "account", account_id)

    def create_link(self, params: Params) -> dict[str, Any]:
        self._find("accounts", "account", str(params.get("account")))
        link = objects.new_link(params, now=self.store.now(), base_url=self.base_url)
        self.store.links[link["id"]] = link
        return link

    def open_link(self, link_id: str) -> dict[str, Any] | None:
        """Return a link that may still be used."""
        link = self.store.links.get(link_id)
        if link is None or link["is_used"] or link["expires_at"] < self.store.now():
            return None
        return link

    def tell_bank(self, account: dict[str, Any], number: str) -> None:
        """The payee named a bank and passed the checks: the account is verified."""
        bank = objects.new_bank(account, BANKS[number])
        self.store.numbers[bank["id"]] = {"number": number}
        account["external_accounts"]["data"] = [bank]
        self._enable(account)

    def _enable(self, account: dict[str, Any]) -> None:
        account |= {"details_submitted": True, "payouts_enabled": True, "charges_enabled": True}
        account["capabilities"] = {"transfers": "active"}
        account["requirements"] = {"currently_due": [], "disabled_reason": None}
        self._emit("account.updated", account, account=account["id"])

    def restrict(self, account: dict[str, Any]) -> None:
        """The checks were not passed: nothing is paid out."""
        account |= {"details_submitted": True, "payouts_enabled": False}
        account["requirements"] = {
            "currently_due": ["individual.verification.document"],
            "disabled_reason": "requirements.pending_verification",
        }
        self._emit("account.updated", account, account=account["id"])

    # Transfers.

    def create_transfer(self, params: Params) -> dict[str, Any]:
        transfer = objects.new_transfer(params, now=self.store.now())
        account = self.store.accounts.get(transfer["destination"])
        if account is None:
            raise invalid(
                f"No such destination: '{transfer['destination']}'",
                param="destination",
                code="resource_missing",
            )
        if account["capabilities"]["transfers"] != "active":
            raise refused(
                "Your destination account needs to have at least one of the following capabilities"
                " enabled: transfers, crypto_transfers, legacy_payments",
                code="insufficient_capabilities_for_transfer",
            )
        self.store.transfers[transfer["id"]] = transfer
        balance.transferred(self.store, transfer)
        self._emit("transfer.created", transfer)
        return transfer

    def get_transfer(self, transfer_id: str, _params: Params) -> dict[str, Any]:
        return self._find("transfers", "transfer", transfer_id)

    def create_reversal(self, transfer_id: str, params: Params) -> dict[str, Any]:
        transfer = self._find("transfers", "transfer", transfer_id)
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = whole(params.get("amount", left), "amount", least=1)
        if amount > left:
            raise refused("The transfer is reversed already.", code="transfer_already_reversed")
        if amount > self.balance(transfer["destination"], transfer["currency"]):
            raise refused(
                "The connected account does not have enough money.", code="balance_insufficient"
            )
        reversal = objects.new_reversal(transfer, params, amount=amount, now=self.store.now())
        self.store.reversals[reversal["id"]] = reversal
        balance.transfer_reversed(self.store, reversal)
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        self._emit("transfer.reversed", transfer)
        return reversal

    def balance(self, account_id: str, currency: str) -> int:
        """What lies on an account: in by transfers, out by payouts that live."""
        into = sum(
            row["amount"] - row["amount_reversed"]
            for row in self.store.transfers.values()
            if (row["destination"], row["currency"]) == (account_id, currency)
        )
        out = sum(
            row["amount"]
            for row in self.store.payouts.values()
            if (row["account"], row["currency"]) == (account_id, currency)
            and row["status"] in ALIVE
        )
        return int(into - out)

    # Payouts.

    def create_payout(self, params: Params) -> dict[str, Any]:
        account = self._acting_account()
        payout = objects.new_payout(params, account_id=account["id"], now=self.store.now())
        if not account["payouts_enabled"]:
            raise refused("Payouts are not enabled for this account.", code="payouts_not_allowed")
        if payout["amount"] > self.balance(account["id"], payout["currency"]):
            raise refused(
                "You have insufficient funds in your Stripe account.", code="balance_insufficient"
            )
        bank = account["external_accounts"]["data"][0]
        payout["destination"] = bank["id"]
        self.store.payouts[payout["id"]] = payout
        self._emit("payout.created", payout, account=account["id"])
        return payout

    def get_payout(self, payout_id: str, _params: Params) -> dict[str, Any]:
        payout = self._find("payouts", "payout", payout_id)
        if payout["account"] != self._acting_account()["id"]:
            raise missing("payout", payout_id)
        return payout

    def own_payouts(self, params: Params) -> list[dict[str, Any]]:
        """The payouts of the account that is acted for, oldest first, made since `created[gte]`."""
        since = int((params.get("created") or {}).get("gte", 0))
        account_id = self._acting_account()["id"]
        return [
            row
            for row in self.store.payouts.values()
            if row["account"] == account_id and row["created"] >= since
        ]

    def _acting_account(self) -> dict[str, Any]:
        account = self.store.accounts.get(self.acting_for)
        if account is None:
            raise ApiError(
                403,
                "invalid_request_error",
                "The provided key does not have access to the account, or there is no such account.",
                code="account_invalid",
                is_stored=False,
            )
        return account

    def bank_of(self, payout: dict[str, Any]) -> Bank:
        return BANKS[self.store.numbers[payout["destination"]]["number"]]

    def move_payout(self, payout: dict[str, Any], status: str, failure_code: str = "") -> None:
        """Let a payout go on, arrive, or come back, also after it had arrived."""
        if payout["status"] == status or payout["status"] in ("failed", "canceled"):
            return
        payout["status"] = status
        account_id = payout["account"]
        if status == "failed":
            payout["failure_code"] = failure_code or "account_closed"
            payout["failure_message"] = "The bank sent the money back."
            self._emit("payout.failed", payout, account=account_id)
            self._disable_bank(payout)
        elif status == "paid":
            self._emit("payout.paid", payout, account=account_id)
        self._emit("payout.updated", payout, account=account_id)

    def _disable_bank(self, payout: dict[str, Any]) -> None:
        """As at Stripe: the bank of a payout that failed is "errored" until another one is named."""
        account = self.store.accounts[payout["account"]]
        for bank in account["external_accounts"]["data"]:
            if bank["id"] == payout["destination"]:
                bank["status"] = "errored"
                self._emit("account.updated", account, account=account["id"])

    def settle_payout(self, payout: dict[str, Any]) -> None:
        """Let a payout come to what its bank stands for; one that arrived comes back from a late bank alone."""
        bank = self.bank_of(payout)
        has_arrived = payout["status"] == "paid"
        if bank.failure and bank.is_late == has_arrived:
            self.move_payout(payout, "failed", bank.failure)
        elif not has_arrived:
            self.move_payout(payout, "paid")

    def settle_due(self) -> None:
        """What was long enough on the way arrives, or comes back; late failures come as late again."""
        if self.payout_seconds is None:
            return
        now = self.store.now()
        for payout in list(self.store.payouts.values()):
            age = now - payout["created"]
            if payout["status"] in ("pending", "in_transit") and age >= self.payout_seconds:
                self.settle_payout(payout)
            elif payout["status"] == "pending" and age * 2 >= self.payout_seconds:
                self.move_payout(payout, "in_transit")
            elif payout["status"] == "paid" and age >= 2 * self.payout_seconds:
                self.settle_payout(payout)
