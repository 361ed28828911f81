"""Stripe through its official SDK: Checkout Session (hosted page), refunds, signed webhooks.

Source: Stripe API 2026-10-28.endive; docs/payments in the provider's own words. Stripe's amounts are
whole minor units; for zero-decimal currencies (JPY) whole units, which is what ISO's exponent 0 gives;
three-decimal currencies (KWD) take minor units ending in 0.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

from apps.core.http_client import (
    Breaker,
    ProviderPermanent,
    ProviderRetryable,
    ProviderUnknown,
)
from apps.core.money import Money
from apps.payments.providers.base import BadNotification, RefundRequest, SessionRequest
from apps.payments.providers.stripe_connect import StripeConnect
from apps.payments.providers.stripe_disputes import StripeDisputes
from apps.payments.providers.stripe_statement import StripeStatement
from apps.payments.types import (
    HostedSession,
    Notification,
    PaymentState,
    ProviderPayment,
    ProviderRefund,
    RefundState,
)
from apps.payments.types_chargebacks import ProviderChargeback
from apps.payments.types_payouts import ProviderTransfer

TOLERANCE = timedelta(seconds=300)
# Stripe's longest page; a payment has at most a few refunds per order.
LIST_LIMIT = 100
# Longer values are none of Stripe's: its ids and names of events fit well.
MAX_NAME_LENGTH = 80
MAX_STAMP_DIGITS = 12

_INTENT_STATES = {
    "requires_payment_method": PaymentState.CREATED,
    "requires_confirmation": PaymentState.CREATED,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.AUTHORIZED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}
_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class StripeProvider(StripeConnect, StripeDisputes, StripeStatement):
    code = "stripe"

    def __init__(self) -> None:
        self.breaker = Breaker()
        self._http = stripe.HTTPXClient(
            timeout=settings.STRIPE_TIMEOUT_SECONDS, allow_sync_methods=True
        )
        self._client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_BASE},
            http_client=self._http,
            max_network_retries=0,
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()

    def open_session(self, request: SessionRequest) -> HostedSession:
        metadata = {
            "attempt_id": str(request.attempt_id),
            "payment_id": str(request.payment_id),
        }
        session = self._call(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": str(request.attempt_id),
                    "customer_email": request.payer_email,
                    "locale": _locale(request.language),
                    "success_url": request.success_url,
                    "cancel_url": request.cancel_url,
                    # Fixed with the attempt: a repeat under one key must carry the same parameters.
                    "expires_at": int(request.expires_at.timestamp()),
                    "metadata": metadata,
                    "payment_intent_data": {"metadata": metadata},
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": request.amount.currency.lower(),
                                "unit_amount": request.amount.minor,
                                "product_data": {"name": request.description},
                            },
                        }
                    ],
                },
                options={"idempotency_key": str(request.attempt_id)},
            )
        )
        return HostedSession(
            session_id=session.id,
            redirect_url=session.url or "",
            intent_id=_id_of(session.payment_intent),
        )

    def read_session(self, session_id: str) -> ProviderPayment:
        return self._payment_of_session(
            self._call(
                lambda: self._client.v1.checkout.sessions.retrieve(
                    session_id, {"expand": ["payment_intent"]}
                )
            )
        )

    def expire_session(self, session_id: str) -> ProviderPayment:
        # Refused when it was completed or expired before: what it is now decides.
        with suppress(ProviderPermanent):
            self._call(lambda: self._client.v1.checkout.sessions.expire(session_id))
        return self.read_session(session_id)

    def refund(self, request: RefundRequest) -> ProviderRefund:
        return _refund_of(
            self._call(
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": request.intent_id,
                        "amount": request.amount.minor,
                        "reason": "requested_by_customer",
                        "metadata": {"refund_id": str(request.refund_id)},
                    },
                    options={"idempotency_key": str(request.refund_id)},
                )
            )
        )

    def read_refund(self, refund_id: str) -> ProviderRefund:
        return _refund_of(self._call(lambda: self._client.v1.refunds.retrieve(refund_id)))

    def find_refund(self, request: RefundRequest) -> ProviderRefund | None:
        page = self._call(
            lambda: self._client.v1.refunds.list(
                {"payment_intent": request.intent_id, "limit": LIST_LIMIT}
            )
        )
        refunds = (_refund_of(refund) for refund in page.data)
        return next((one for one in refunds if one.our_refund_id == request.refund_id), None)

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Notification:
        """Check `Stripe-Signature` over the raw bytes, its age both ways, and the mode."""
        return _verified(body, headers, now, settings.STRIPE_WEBHOOK_SECRETS)

    def verify_connected(
        self, *, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> Notification:
        """The same of an event about a connected account: another secret, and it names the account."""
        notification = _verified(body, headers, now, settings.STRIPE_CONNECT_WEBHOOK_SECRETS)
        if not notification.account_id:
            raise BadNotification(reason="of no account")
        return notification

    def read_notified(
        self, notification_kind: str, object_id: str
    ) -> ProviderPayment | ProviderRefund | ProviderTransfer | ProviderChargeback | None:
        family = notification_kind.partition(".")[0]
        if notification_kind.startswith("charge.dispute."):
            return self.read_chargeback(object_id)
        if family == "transfer":
            return self.read_transfer(object_id)
        if family == "checkout":
            return self.read_session(object_id)
        if family == "payment_intent":
            return _payment_of_intent(
                self._call(lambda: self._client.v1.payment_intents.retrieve(object_id))
            )
        if family == "refund" or notification_kind == "charge.refund.updated":
            return self.read_refund(object_id)
        return None

    def _call[R](self, send: Callable[[], R]) -> R:
        """Run one SDK call and sort its failure into the three kinds."""
        self.breaker.check()
        try:
            result = send()
        except stripe.APIConnectionError as error:
            self.breaker.failed()
            raise ProviderUnknown(str(error)) from error
        except (
            stripe.RateLimitError,
            # Our key is wrong, not the request: nothing happened, and it may go through later.
            stripe.AuthenticationError,
            stripe.PermissionError,
        ) as error:
            raise ProviderRetryable(str(error)) from error
        except stripe.StripeError as error:
            status = error.http_status or 0
            if status == 409:  # noqa: PLR2004  another request with this key is under way
                raise ProviderRetryable(str(error)) from error
            if status >= 500 or not status:  # noqa: PLR2004  their fault: the effect may have come
                self.breaker.failed()
                raise ProviderUnknown(str(error)) from error
            raise ProviderPermanent(error.code or type(error).__name__) from error
        self.breaker.succeeded()
        return result

    def _payment_of_session(self, session: Any) -> ProviderPayment:
        intent = session.payment_intent
        if intent is not None and not isinstance(intent, str):
            return _payment_of_intent(intent, session_id=session.id, session=session)
        currency = (session.currency or "").upper()
        return ProviderPayment(
            session_id=session.id,
            intent_id=_id_of(intent),
            attempt_id=_uuid(session.client_reference_id),
            state=(PaymentState.CANCELLED if session.status == "expired" else PaymentState.CREATED),
            amount=Money(session.amount_total or 0, currency),
            captured=Money.zero(currency),
            is_live=bool(session.livemode),
        )


def _payment_of_intent(intent: Any, session_id: str = "", session: Any = None) -> ProviderPayment:
    currency = str(intent.currency).upper()
    state = _INTENT_STATES.get(intent.status, PaymentState.CREATED)
    error = intent.last_payment_error
    if session is not None and session.status == "expired" and state == PaymentState.CREATED:
        state = PaymentState.CANCELLED
    elif state == PaymentState.CREATED and error:
        state = PaymentState.FAILED
    return ProviderPayment(
        session_id=session_id,
        intent_id=intent.id,
        attempt_id=_uuid(getattr(intent.metadata, "attempt_id", None)),
        state=state,
        amount=Money(intent.amount, currency),
        captured=Money(intent.amount_received or 0, currency),
        failure_code=_failure_code(error),
        is_live=bool(intent.livemode),
    )


def _failure_code(error: Any) -> str:
    """Only a card's error has a decline code; the SDK has no attribute for what was not sent."""
    codes = (getattr(error, name, None) for name in ("decline_code", "code"))
    return str(next(filter(None, codes), ""))


def _refund_of(refund: Any) -> ProviderRefund:
    return ProviderRefund(
        refund_id=refund.id,
        our_refund_id=_uuid(getattr(refund.metadata, "refund_id", None)),
        state=_REFUND_STATES.get(refund.status, RefundState.PENDING),
        amount=Money(refund.amount, str(refund.currency).upper()),
        failure_code=str(getattr(refund, "failure_reason", None) or ""),
    )


def _verified(
    body: bytes, headers: Mapping[str, str], now: datetime, secrets: Sequence[str]
) -> Notification:
    _check_signature(body, headers.get("Stripe-Signature", ""), now, secrets)
    notification = _notification_of(body)
    if notification.is_live != settings.STRIPE_LIVE_MODE:
        raise BadNotification(reason="mode")
    return notification


def _check_signature(body: bytes, header: str, now: datetime, secrets: Sequence[str]) -> None:
    """Accept any v1 signature made with any configured secret, at most 300 s old or ahead.

    The SDK checks only the age; here a time in the future is refused as well.

    :raises BadNotification: none fits
    """
    parts = [part.partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    signatures = [value for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not signatures or not _is_stamp(stamps[0]):
        raise BadNotification(reason="signature header")
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE.total_seconds():
        raise BadNotification(reason="age")
    signed = stamps[0].encode() + b"." + body
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, sha256).hexdigest().encode()
        if any(hmac.compare_digest(expected, signature.encode()) for signature in signatures):
            return
    raise BadNotification(reason="signature")


def _is_stamp(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_STAMP_DIGITS


def _notification_of(body: bytes) -> Notification:
    """Read an event; one whose object has no id (a balance) is an event too.

    :raises BadNotification: not an event, or one that says a thing twice
    """
    try:
        event = json.loads(body, object_pairs_hook=_without_repeats)
        if event["object"] != "event":
            raise BadNotification(reason="not an event")
        notification = Notification(
            event_id=_name(event["id"]),
            kind=_name(event["type"]),
            object_id=_name(event["data"]["object"].get("id") or ""),
            created_at=datetime.fromtimestamp(int(event.get("created", 0)), UTC),
            is_live=bool(event.get("livemode", False)),
            account_id=_name(event.get("account") or ""),
        )
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BadNotification(reason="malformed") from error
    if not notification.event_id or not notification.kind:
        raise BadNotification(reason="malformed")
    return notification


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """:raises ValueError: a field comes twice, so two readers could see two things"""
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("repeated field")
    return dict(pairs)


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME_LENGTH or not value.isprintable():
        raise ValueError("not a name")
    return value


def _locale(language: str) -> Any:
    # Stripe's page has no Uzbek.
    return language if language in {"en", "ru"} else "auto"


def _id_of(reference: Any) -> str:
    if reference is None:
        return ""
    return reference if isinstance(reference, str) else str(reference.id)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
