"""What the server does: sessions, intents, cards, refunds; each change leaves its events.

Invariant: methods run under the store's lock; a charge is captured once per intent, and refunds
never exceed it.
"""

import copy
from typing import Any

from apps.sandbox.stripe import balance, objects
from apps.sandbox.stripe.cards import CARDS, METHODS, Card
from apps.sandbox.stripe.connect import Connect
from apps.sandbox.stripe.disputes import Disputes
from apps.sandbox.stripe.faults import Faults
from apps.sandbox.stripe.store import Store, new_id
from apps.sandbox.stripe.webhooks import Deliverer
from apps.sandbox.stripe.wire import ApiError, invalid, missing, only, refused, whole

API_VERSION = "2026-10-28.endive"
REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


class Engine:
    def __init__(
        self, *, store: Store, faults: Faults, deliverer: Deliverer, base_url: str
    ) -> None:
        self.store, self.faults, self.deliverer = store, faults, deliverer
        self.base_url = base_url
        self.connect = Connect(store=store, emit=self.emit, base_url=base_url)
        self.disputes = Disputes(store=store, emit=self.emit)

    def emit(self, kind: str, subject: dict[str, Any], account: str = "") -> None:
        """Publish what happened; with `account`, to those who listen to connected accounts."""
        event: dict[str, Any] = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.store.now(),
            "data": {"object": copy.deepcopy(shown(subject))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        if account:
            event["account"] = account
        self.store.events[event["id"]] = event
        self.deliverer.send(event)

    def find(self, table: str, kind: str, object_id: str) -> dict[str, Any]:
        """:raises ApiError: there is none"""
        found = self.store.tables[table].get(object_id)
        if found is None:
            raise missing(kind, object_id)
        if table == "sessions":
            self._expire_when_over(found)
        return found

    # Checkout sessions.

    def create_session(self, params: dict[str, Any]) -> dict[str, Any]:
        session = objects.new_session(params, now=self.store.now(), base_url=self.base_url)
        self.store.sessions[session["id"]] = session
        return session

    def expire_session(self, session_id: str) -> dict[str, Any]:
        session = self.find("sessions", "checkout.session", session_id)
        if session["status"] != "open":
            raise refused(
                'Only Checkout Sessions with a status in ["open"] can be expired.',
                code="resource_already_expired" if session["status"] == "expired" else "",
            )
        self._expire(session)
        return session

    def expire_due(self) -> None:
        for session in list(self.store.sessions.values()):
            self._expire_when_over(session)

    def _expire_when_over(self, session: dict[str, Any]) -> None:
        if session["status"] == "open" and session["expires_at"] <= self.store.now():
            self._expire(session)

    def _expire(self, session: dict[str, Any]) -> None:
        session["status"] = "expired"
        session["url"] = None
        self.emit("checkout.session.expired", session)
        intent = self.store.intents.get(session["payment_intent"] or "")
        if intent and intent["status"] in CANCELABLE:
            self._cancel(intent, "automatic")

    def submit_card(self, session: dict[str, Any], number: str) -> dict[str, Any]:
        """The payer chose a card on the hosted page; return the intent as it is then."""
        intent = self.store.intents.get(session["payment_intent"] or "")
        if intent is None:
            data = session["payment_intent_data"]
            intent = objects.new_intent(
                {
                    "amount": str(session["amount_total"]),
                    "currency": session["currency"],
                    "metadata": data.get("metadata") or {},
                    "receipt_email": session["customer_email"],
                },
                now=self.store.now(),
            )
            self.store.intents[intent["id"]] = intent
            session["payment_intent"] = intent["id"]
            self.emit("payment_intent.created", intent)
        self.try_card(intent, CARDS[number])
        self._complete(session, intent)
        return intent

    def answer_bank(self, session: dict[str, Any], *, is_approved: bool) -> None:
        """The payer approved or rejected the 3-D Secure step."""
        intent = self.store.intents[session["payment_intent"]]
        self.confirm_secure(intent, is_approved=is_approved)
        self._complete(session, intent)

    def _complete(self, session: dict[str, Any], intent: dict[str, Any]) -> None:
        if intent["status"] == "succeeded" and session["status"] == "open":
            session["status"], session["payment_status"] = "complete", "paid"
            session["url"] = None
            self.emit("checkout.session.completed", session)

    # Payment intents.

    def create_intent(self, params: dict[str, Any]) -> dict[str, Any]:
        intent = objects.new_intent(params, now=self.store.now())
        if params.get("confirm") == "true":
            _card_of(params.get("payment_method"))
        self.store.intents[intent["id"]] = intent
        self.emit("payment_intent.created", intent)
        if params.get("confirm") == "true":
            self._confirm(intent, _card_of(params.get("payment_method")))
        return intent

    def confirm_intent(self, intent_id: str, params: dict[str, Any]) -> dict[str, Any]:
        only(params, "payment_method", "return_url")
        intent = self.find("intents", "payment_intent", intent_id)
        card = _card_of(params.get("payment_method") or intent["payment_method"])
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise _unexpected(intent, "confirm")
        self._confirm(intent, card)
        return intent

    def _confirm(self, intent: dict[str, Any], card: Card) -> None:
        self.try_card(intent, card)
        if error := intent["last_payment_error"]:
            raise ApiError(402, error["type"], error["message"], **_details(error, intent))

    def try_card(self, intent: dict[str, Any], card: Card) -> None:
        """Charge a card, or ask the payer's bank first."""
        intent["last_payment_error"] = None
        intent["payment_method"] = card.number
        if card.needs_secure:
            intent["status"] = "requires_action"
            intent["next_action"] = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": f"{self.base_url}/c/secure/{intent['id']}"},
            }
            self.emit("payment_intent.requires_action", intent)
        elif card.code:
            self._decline(intent, card.code, card.decline_code)
        else:
            self._charge(intent)

    def confirm_secure(self, intent: dict[str, Any], *, is_approved: bool) -> None:
        if intent["status"] != "requires_action":
            return
        card = CARDS[intent["payment_method"]]
        intent["next_action"] = None
        if not is_approved:
            self._decline(intent, "payment_intent_authentication_failure", "")
        elif card.code:
            self._decline(intent, card.code, card.decline_code)
        else:
            self._charge(intent)

    def _decline(self, intent: dict[str, Any], code: str, decline_code: str) -> None:
        kind = "invalid_request_error" if code.startswith("payment_intent") else "card_error"
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {
            "type": kind,
            "code": code,
            "decline_code": decline_code or None,
            "message": "The payer's bank did not allow this payment.",
        }
        self.emit("payment_intent.payment_failed", intent)

    def _charge(self, intent: dict[str, Any]) -> None:
        is_manual = intent["capture_method"] == "manual"
        amount = intent["amount"]
        if fault := self.faults.take(("wrong_amount",), "pay"):
            amount = intent["amount"] = amount + fault.amount
        charge = objects.new_charge(
            intent, amount=amount, captured=not is_manual, now=self.store.now()
        )
        self.store.charges[charge["id"]] = charge
        intent["latest_charge"] = charge["id"]
        if is_manual:
            intent["status"], intent["amount_capturable"] = "requires_capture", amount
            self.emit("payment_intent.amount_capturable_updated", intent)
        else:
            self._succeed(intent, amount)

    def _succeed(self, intent: dict[str, Any], amount: int) -> None:
        intent["status"] = "succeeded"
        intent["amount_received"], intent["amount_capturable"] = amount, 0
        balance.charged(self.store, self.store.charges[intent["latest_charge"]])
        self.emit("charge.succeeded", self.store.charges[intent["latest_charge"]])
        self.emit("payment_intent.succeeded", intent)

    def capture_intent(self, intent_id: str, params: dict[str, Any]) -> dict[str, Any]:
        only(params, "amount_to_capture")
        intent = self.find("intents", "payment_intent", intent_id)
        if intent["status"] != "requires_capture":
            raise _unexpected(intent, "capture")
        given = params.get("amount_to_capture", intent["amount_capturable"])
        amount = whole(given, "amount_to_capture", least=1)
        if amount > intent["amount_capturable"]:
            raise invalid("More than can be captured.", param="amount_to_capture")
        charge = self.store.charges[intent["latest_charge"]]
        charge["captured"], charge["amount_captured"] = True, amount
        self._succeed(intent, amount)
        return intent

    def cancel_intent(self, intent_id: str, params: dict[str, Any]) -> dict[str, Any]:
        only(params, "cancellation_reason")
        reason = params.get("cancellation_reason")
        if reason and reason not in CANCEL_REASONS:
            raise invalid("Invalid cancellation_reason", param="cancellation_reason")
        intent = self.find("intents", "payment_intent", intent_id)
        if intent["status"] not in CANCELABLE:
            raise _unexpected(intent, "cancel")
        self._cancel(intent, reason)
        return intent

    def _cancel(self, intent: dict[str, Any], reason: str | None) -> None:
        intent["status"], intent["cancellation_reason"] = "canceled", reason
        intent["canceled_at"], intent["amount_capturable"] = self.store.now(), 0
        intent["next_action"] = None
        self.emit("payment_intent.canceled", intent)

    # Refunds.

    def create_refund(self, params: dict[str, Any]) -> dict[str, Any]:
        only(params, "payment_intent", "charge", "amount", "reason", "metadata")
        if params.get("reason") and params["reason"] not in REFUND_REASONS:
            raise invalid("Invalid reason", param="reason")
        charge = self._charge_to_refund(params)
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = whole(params.get("amount", left), "amount", least=1 if left else 0)
        if left == 0:
            raise refused(
                f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
            )
        if amount > left:
            raise refused(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                code="amount_too_large",
                param="amount",
            )
        self.disputes.check_refundable(charge, amount)
        fault = self.faults.take(("refund_pending", "refund_fails"), "refund")
        status, now = "pending" if fault else "succeeded", self.store.now()
        refund = objects.new_refund(charge, params, amount=amount, status=status, now=now)
        self.store.refunds[refund["id"]] = refund
        balance.refunded(self.store, refund)
        self._count_refund(charge, amount)
        self.emit("refund.created", refund)
        self.emit("charge.refunded", charge)
        if fault and fault.kind == "refund_fails":
            self.settle_refund(refund, "failed")
        return refund

    def _charge_to_refund(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("charge"):
            return self.find("charges", "charge", params["charge"])
        if not params.get("payment_intent"):
            raise invalid(
                "One of the following params should be provided: payment_intent or charge.",
                param="payment_intent",
                code="parameter_missing",
            )
        intent = self.find("intents", "payment_intent", params["payment_intent"])
        if intent["status"] != "succeeded":
            raise refused(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
            )
        return self.store.charges[intent["latest_charge"]]

    def _count_refund(self, charge: dict[str, Any], amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]

    def settle_refund(self, refund: dict[str, Any], status: str) -> None:
        """Let a refund succeed or fail, also after it had succeeded (the money comes back)."""
        if refund["status"] == status or refund["status"] == "failed":
            return
        refund["status"] = status
        if status == "failed":
            refund["failure_reason"] = "expired_or_canceled_card"
            balance.refund_failed(self.store, refund)
            self._count_refund(self.store.charges[refund["charge"]], -refund["amount"])
            self.emit("refund.failed", refund)
        self.emit("refund.updated", refund)


def shown(subject: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the API does not show without being asked."""
    hidden = (
        ("line_items", "payment_intent_data") if subject["object"] == "checkout.session" else ()
    )
    return {name: value for name, value in subject.items() if name not in hidden}


def _card_of(method: Any) -> Card:
    number = METHODS.get(str(method), str(method))
    if number not in CARDS:
        raise invalid(f"No such PaymentMethod: '{method}'", param="payment_method")
    return CARDS[number]


def _unexpected(intent: dict[str, Any], verb: str) -> ApiError:
    return refused(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


def _details(error: dict[str, Any], intent: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": error["code"],
        "decline_code": error["decline_code"],
        "payment_intent": copy.deepcopy(intent),
    }
