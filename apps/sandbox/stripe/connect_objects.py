"""Objects of Connect in Stripe's shape, and the checks of what the caller sent."""

import re
from typing import Any

from apps.sandbox.stripe.banks import Bank
from apps.sandbox.stripe.objects import checked_currency, checked_metadata
from apps.sandbox.stripe.store import new_id
from apps.sandbox.stripe.wire import invalid, only, required, whole

DAY = 24 * 60 * 60
LINK_SECONDS = 15 * 60
ARRIVES_AFTER = 2 * DAY
ACCOUNT_PARAMS = (
    "type",
    "country",
    "email",
    "default_currency",
    "capabilities",
    "settings",
    "metadata",
)


def new_account(params: dict[str, Any], *, now: int) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(params, *ACCOUNT_PARAMS)
    if params.get("type", "express") not in ("express", "standard", "custom"):
        raise invalid("Invalid type", param="type")
    if not re.fullmatch(r"[A-Z]{2}", str(required(params, "country"))):
        raise invalid("Country is unknown.", param="country", code="country_unsupported")
    return {
        "id": new_id("acct"),
        "object": "account",
        "capabilities": {"transfers": "pending"},
        "charges_enabled": False,
        "country": params["country"],
        "created": now,
        "default_currency": checked_currency(params.get("default_currency", "usd"), "currency"),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": {"object": "list", "data": [], "has_more": False},
        "metadata": checked_metadata(params),
        "payouts_enabled": False,
        "requirements": {
            "currently_due": ["external_account"],
            "disabled_reason": "requirements.past_due",
        },
        "settings": params.get("settings") or {},
        "type": params.get("type", "express"),
    }


def new_bank(account: dict[str, Any], bank: Bank) -> dict[str, Any]:
    """The number stays here: Stripe shows its last digits alone."""
    return {
        "id": new_id("ba"),
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": "Test Holder",
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": account["default_currency"],
        "default_for_currency": True,
        "last4": bank.last4,
        "status": "new",
    }


def new_link(params: dict[str, Any], *, now: int, base_url: str) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(params, "account", "type", "return_url", "refresh_url")
    if params.get("type") not in ("account_onboarding", "account_update"):
        raise invalid("Invalid type", param="type")
    for name in ("return_url", "refresh_url"):
        if not re.match(r"https?://", str(required(params, name))):
            raise invalid("Not a valid URL", param=name, code="url_invalid")
    link_id = new_id("lnk")
    return {
        "id": link_id,
        "object": "account_link",
        "account": params["account"],
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "is_used": False,
        "refresh_url": params["refresh_url"],
        "return_url": params["return_url"],
        "url": f"{base_url}/connect/{link_id}",
    }


def new_transfer(params: dict[str, Any], *, now: int) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(
        params,
        *("amount", "currency", "destination", "transfer_group"),
        *("description", "metadata", "source_transaction"),
    )
    return {
        "id": new_id("tr"),
        "object": "transfer",
        "amount": whole(required(params, "amount"), "amount", least=1),
        "amount_reversed": 0,
        "created": now,
        "currency": checked_currency(required(params, "currency"), "currency"),
        "description": params.get("description"),
        "destination": str(required(params, "destination")),
        "livemode": False,
        "metadata": checked_metadata(params),
        "reversed": False,
        "transfer_group": params.get("transfer_group"),
    }


def new_reversal(
    transfer: dict[str, Any], params: dict[str, Any], *, amount: int, now: int
) -> dict[str, Any]:
    return {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "created": now,
        "currency": transfer["currency"],
        "metadata": checked_metadata(params),
        "transfer": transfer["id"],
    }


def new_payout(params: dict[str, Any], *, account_id: str, now: int) -> dict[str, Any]:
    """:raises ApiError: a parameter is wrong"""
    only(params, "amount", "currency", "method", "description", "metadata", "statement_descriptor")
    if params.get("method", "standard") not in ("standard", "instant"):
        raise invalid("Invalid method", param="method")
    return {
        "id": new_id("po"),
        "object": "payout",
        "account": account_id,
        "amount": whole(required(params, "amount"), "amount", least=1),
        "arrival_date": now + ARRIVES_AFTER,
        "automatic": False,
        "created": now,
        "currency": checked_currency(required(params, "currency"), "currency"),
        "description": params.get("description"),
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": checked_metadata(params),
        "method": params.get("method", "standard"),
        "status": "pending",
        "type": "bank_account",
    }
