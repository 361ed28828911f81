"""New objects in Stripe's shape, and the checks of what the caller sent."""

import re
from typing import Any

from apps.sandbox.stripe.store import new_id
from apps.sandbox.stripe.wire import invalid, only, required, whole

LIFE_LEAST, LIFE_MOST = 30 * 60, 24 * 60 * 60
# Stripe's least charge; other currencies are taken from one unit on.
LEAST_AMOUNT = {"usd": 50, "eur": 50}
SESSION_PARAMS = (
    "mode",
    "client_reference_id",
    "customer_email",
    "locale",
    "success_url",
    "cancel_url",
    "expires_at",
    "metadata",
    "payment_intent_data",
    "line_items",
    "payment_method_types",
)
INTENT_PARAMS = (
    "amount",
    "currency",
    "automatic_payment_methods",
    "payment_method_types",
    "capture_method",
    "confirm",
    "payment_method",
    "return_url",
    "metadata",
    "description",
    "receipt_email",
)


def new_session(params: dict[str, Any], *, now: int, base_url: str) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(params, *SESSION_PARAMS)
    if required(params, "mode") != "payment":
        raise invalid("Only mode payment is simulated.", param="mode")
    for name in ("success_url", "cancel_url"):
        if not re.match(r"https?://", str(required(params, name))):
            raise invalid("Not a valid URL", param=name, code="url_invalid")
    items = _line_items(required(params, "line_items"))
    currency = items[0]["currency"]
    total = sum(item["amount_total"] for item in items)
    _check_amount(total, currency, "line_items[0][price_data][unit_amount]")
    session_id = new_id("cs_test")
    return {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": params["cancel_url"],
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer_email": params.get("customer_email"),
        "expires_at": _expiry(params.get("expires_at"), now),
        "line_items": items,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": checked_metadata(params),
        "mode": "payment",
        "payment_intent": None,
        "payment_intent_data": params.get("payment_intent_data") or {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": params["success_url"],
        "url": f"{base_url}/c/pay/{session_id}",
    }


def _line_items(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not given:
        raise invalid("Invalid array", param="line_items")
    items: list[dict[str, Any]] = []
    for index, item in enumerate(given):
        where = f"line_items[{index}]"
        price = item.get("price_data") if isinstance(item, dict) else None
        if not isinstance(price, dict) or not isinstance(price.get("product_data"), dict):
            raise invalid("Only price_data is simulated.", param=f"{where}[price_data]")
        quantity = whole(item.get("quantity", ""), f"{where}[quantity]", least=1)
        amount = whole(price.get("unit_amount", ""), f"{where}[price_data][unit_amount]")
        currency = checked_currency(price.get("currency"), f"{where}[price_data][currency]")
        if items and currency != items[0]["currency"]:
            raise invalid("All prices must be in one currency.", param=where)
        items.append(
            {
                "id": new_id("li"),
                "object": "item",
                "amount_subtotal": amount * quantity,
                "amount_total": amount * quantity,
                "currency": currency,
                "description": str(required(price["product_data"], "name")),
                "quantity": quantity,
            }
        )
    return items


def _expiry(given: Any, now: int) -> int:
    if given is None:
        return now + LIFE_MOST
    expires_at = whole(given, "expires_at")
    if not now + LIFE_LEAST - 5 <= expires_at <= now + LIFE_MOST + 5:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    return expires_at


def new_intent(params: dict[str, Any], *, now: int) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(params, *INTENT_PARAMS)
    if params.get("return_url") and params.get("confirm") != "true":
        raise invalid("return_url may only be given together with confirm.", param="return_url")
    method = params.get("capture_method", "automatic")
    if method not in ("automatic", "automatic_async", "manual"):
        raise invalid("Invalid capture_method", param="capture_method")
    currency = checked_currency(required(params, "currency"), "currency")
    amount = whole(required(params, "amount"), "amount")
    _check_amount(amount, currency, "amount")
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": method,
        "client_secret": f"{intent_id}_secret_{new_id('s')[2:]}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": currency,
        "description": params.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": checked_metadata(params),
        "next_action": None,
        "payment_method": params.get("payment_method"),
        "payment_method_types": ["card"],
        "receipt_email": params.get("receipt_email"),
        "status": "requires_confirmation"
        if params.get("payment_method")
        else "requires_payment_method",
    }


def new_charge(intent: dict[str, Any], *, amount: int, captured: bool, now: int) -> dict[str, Any]:
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured else 0,
        "amount_refunded": 0,
        "captured": captured,
        "created": now,
        "currency": intent["currency"],
        "disputed": False,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "refunded": False,
        "status": "succeeded",
    }


def new_refund(
    charge: dict[str, Any], params: dict[str, Any], *, amount: int, status: str, now: int
) -> dict[str, Any]:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "failure_reason": None,
        "metadata": checked_metadata(params),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": status,
    }


def checked_metadata(params: dict[str, Any]) -> dict[str, str]:
    given = params.get("metadata") or {}
    if not isinstance(given, dict):
        raise invalid("Invalid hash", param="metadata")
    for name, value in given.items():
        if len(name) > 40 or not isinstance(value, str) or len(value) > 500:  # noqa: PLR2004  Stripe's limits
            raise invalid("Metadata key or value is too long.", param=f"metadata[{name}]")
    return given


def checked_currency(value: Any, param: str) -> str:
    if not re.fullmatch(r"[a-z]{3}", str(value)):
        raise invalid(f"Invalid currency: {value}", param=param)
    return str(value)


def _check_amount(amount: int, currency: str, param: str) -> None:
    if amount < LEAST_AMOUNT.get(currency, 1):
        raise invalid("Amount is too small.", param=param, code="amount_too_small")
