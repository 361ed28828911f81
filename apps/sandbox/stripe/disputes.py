"""Disputes of charges: a cardholder's bank takes money back, evidence is sent, the bank decides.

Invariant: methods run under the store's lock; what was withdrawn is on the balance's statement in the
same breath, and so is what is given back. A dispute ends once.
"""

from collections.abc import Callable
from typing import Any

from apps.sandbox.stripe import balance
from apps.sandbox.stripe.objects import checked_metadata
from apps.sandbox.stripe.store import Store, new_id
from apps.sandbox.stripe.wire import invalid, missing, only, refused

Row = dict[str, Any]

REASONS = (
    *("bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated"),
    *("debit_not_authorized", "duplicate", "fraudulent", "general", "incorrect_account_details"),
    *("insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable"),
    *("subscription_canceled", "unrecognized"),
)
# In minor units; nothing where a currency is not named. A dispute that is won does not bring it back.
FEES = {"usd": 15_00, "eur": 15_00, "rub": 1_200_00, "uzs": 190_000_00}
DAYS_TO_ANSWER = 7
DAY = 24 * 60 * 60
INQUIRY, ASKED, REVIEWED = "warning_", "needs_response", "under_review"
OUTCOMES = ("won", "lost")
TEXT_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_rebuttal", "customer_email_address"),
    *("customer_name", "product_description", "refund_refusal_explanation", "service_date"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number"),
    "uncategorized_text",
)
LONGEST_TEXT = 20_000


class Disputes:
    """`emit` publishes an event of the marketplace's own account."""

    def __init__(self, *, store: Store, emit: Callable[..., None]) -> None:
        self.store, self.emit = store, emit

    def open(self, given: Row) -> Row:
        """Let a bank dispute a charge (its id, or its intent's): all of it, or `amount`.

        `is_inquiry` asks without taking money; `escalate` takes it later.

        :raises ApiError: no such charge, or it was not captured
        :raises ValueError: another reason than Stripe has, or more than was charged
        """
        charge = self._charge(str(given["charge"]))
        reason = str(given.get("reason", "fraudulent"))
        amount = int(given.get("amount") or charge["amount_captured"])
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        if not 0 < amount <= charge["amount_captured"]:
            raise ValueError(f"{amount} of {charge['amount_captured']}")
        now = self.store.now()
        due_by = int(given.get("evidence_due_by", now + DAYS_TO_ANSWER * DAY))
        is_inquiry = bool(given.get("is_inquiry"))
        dispute = _new(charge, amount, reason, due_by=due_by, is_inquiry=is_inquiry, now=now)
        self.store.disputes[dispute["id"]] = dispute
        charge["disputed"] = True
        self.emit("charge.dispute.created", dispute)
        if not is_inquiry:
            self._withdraw(dispute)
        return dispute

    def _charge(self, name: str) -> Row:
        intent = self.store.intents.get(name)
        charge = self.store.charges.get(intent["latest_charge"] if intent else name)
        if charge is None or not charge["captured"]:
            raise missing("charge", name)
        return charge

    def _withdraw(self, dispute: Row) -> None:
        fee = FEES.get(dispute["currency"], 0)
        row = balance.disputed(self.store, dispute, fee)
        dispute["balance_transactions"].append(row)
        self.emit("charge.dispute.funds_withdrawn", dispute)

    def escalate(self, dispute: Row) -> None:
        """Turn an inquiry into a dispute that takes the money."""
        if not dispute["status"].startswith(INQUIRY) or dispute["status"] == "warning_closed":
            raise ValueError(f"{dispute['id']} is {dispute['status']}")
        dispute["status"] = ASKED
        self.emit("charge.dispute.updated", dispute)
        self._withdraw(dispute)

    def decide(self, dispute: Row, outcome: str) -> None:
        """Let the bank decide: the shop has won or lost. Repeating changes nothing.

        :raises ValueError: another outcome, or it ended in the other way
        """
        if outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {outcome!r}")
        is_inquiry = dispute["status"].startswith(INQUIRY)
        status = "warning_closed" if is_inquiry else outcome
        if dispute["status"] == status:
            return
        if dispute["status"] in (*OUTCOMES, "warning_closed"):
            raise ValueError(f"{dispute['id']} is {dispute['status']}")
        dispute["status"], dispute["is_charge_refundable"] = status, False
        self.emit("charge.dispute.closed", dispute)
        if status == "won":
            row = balance.dispute_reinstated(self.store, dispute)
            dispute["balance_transactions"].append(row)
            self.emit("charge.dispute.funds_reinstated", dispute)

    def expire_due(self) -> None:
        """Lose every dispute that nobody answered in time."""
        for dispute in list(self.store.disputes.values()):
            details = dispute["evidence_details"]
            if dispute["status"] == ASKED and details["due_by"] <= self.store.now():
                details["past_due"] = True
                self.decide(dispute, "lost")

    # The API.

    def update(self, dispute_id: str, params: Row) -> Row:
        """Keep evidence; with `submit` (as when it is not said) the bank gets it."""
        only(params, "evidence", "metadata", "submit")
        dispute = self._find(dispute_id)
        evidence = params.get("evidence") or {}
        if not isinstance(evidence, dict):
            raise invalid("Invalid hash", param="evidence")
        for name, value in evidence.items():
            if name not in TEXT_EVIDENCE:
                raise invalid(f"Received unknown parameter: {name}", param=f"evidence[{name}]")
            if len(str(value)) > LONGEST_TEXT:
                raise invalid("Evidence is too long.", param=f"evidence[{name}]")
        metadata = checked_metadata(params)
        if evidence or params.get("submit", "true") == "true":
            self._check_open(dispute)
        dispute["metadata"] |= metadata
        dispute["evidence"] |= evidence
        details = dispute["evidence_details"]
        details["has_evidence"] = any(dispute["evidence"].values())
        if params.get("submit", "true") == "true":
            details["submission_count"] += 1
            prefix = INQUIRY if dispute["status"].startswith(INQUIRY) else ""
            dispute["status"] = f"{prefix}{REVIEWED}"
        self.emit("charge.dispute.updated", dispute)
        return dispute

    def close(self, dispute_id: str, params: Row) -> Row:
        """The shop gives in."""
        only(params)
        dispute = self._find(dispute_id)
        self._check_open(dispute)
        self.decide(dispute, "lost")
        return dispute

    def _check_open(self, dispute: Row) -> None:
        if not dispute["status"].endswith(ASKED):
            raise refused(
                f"This dispute is already {dispute['status']}.", code="dispute_already_closed"
            )

    def _find(self, dispute_id: str) -> Row:
        found: Row | None = self.store.disputes.get(dispute_id)
        if found is None:
            raise missing("dispute", dispute_id)
        return found

    def shown(self, dispute_id: str, params: Row) -> Row:
        """Answer GET: with the intent whole when `expand` asks for it."""
        dispute = dict(self._find(dispute_id))
        if "payment_intent" in params.get("expand", []):
            dispute["payment_intent"] = self.store.intents[dispute["payment_intent"]]
        return dispute

    def taken(self, charge: Row) -> int:
        """Return what banks have of a charge, for now or for good."""
        return sum(
            row["amount"]
            for row in self.store.disputes.values()
            if row["charge"] == charge["id"] and row["status"] in (ASKED, REVIEWED, "lost")
        )

    def check_refundable(self, charge: Row, amount: int) -> None:
        """:raises ApiError: a bank has the money, so that it would go out twice"""
        taken = self.taken(charge)
        if taken and amount > charge["amount_captured"] - charge["amount_refunded"] - taken:
            raise refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")


def _new(charge: Row, amount: int, reason: str, *, due_by: int, is_inquiry: bool, now: int) -> Row:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "evidence": dict.fromkeys(TEXT_EVIDENCE),
        "evidence_details": {
            "due_by": due_by,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": f"{INQUIRY}{ASKED}" if is_inquiry else ASKED,
    }
