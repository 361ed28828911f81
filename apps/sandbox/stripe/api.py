"""The API: authentication, idempotency keys, faults, routing to the engine."""

import base64
import copy
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from apps.sandbox.stripe import balance
from apps.sandbox.stripe.connect import Connect
from apps.sandbox.stripe.engine import API_VERSION, Engine, shown
from apps.sandbox.stripe.faults import CALL_KINDS, Fault
from apps.sandbox.stripe.store import new_id
from apps.sandbox.stripe.wire import ApiError, Request, Response, as_json, invalid, parse_form

MAX_KEY_LENGTH = 255
Params = dict[str, Any]


class Api:
    def __init__(self, engine: Engine) -> None:
        self.engine, self.store = engine, engine.store
        one = r"([A-Za-z0-9_]+)"
        self._routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("POST", r"/v1/checkout/sessions", engine.create_session),
            ("GET", r"/v1/checkout/sessions", self._list("sessions")),
            ("GET", rf"/v1/checkout/sessions/{one}", self._get_session),
            ("GET", rf"/v1/checkout/sessions/{one}/line_items", self._line_items),
            (
                "POST",
                rf"/v1/checkout/sessions/{one}/expire",
                lambda i, _p: engine.expire_session(i),
            ),
            ("POST", r"/v1/payment_intents", engine.create_intent),
            ("GET", rf"/v1/payment_intents/{one}", self._get("intents", "payment_intent")),
            ("POST", rf"/v1/payment_intents/{one}/confirm", engine.confirm_intent),
            ("POST", rf"/v1/payment_intents/{one}/capture", engine.capture_intent),
            ("POST", rf"/v1/payment_intents/{one}/cancel", engine.cancel_intent),
            ("GET", rf"/v1/charges/{one}", self._get("charges", "charge")),
            ("POST", r"/v1/refunds", engine.create_refund),
            ("GET", r"/v1/refunds", self._list("refunds", "payment_intent", "charge")),
            ("GET", rf"/v1/refunds/{one}", self._get("refunds", "refund")),
            ("GET", r"/v1/disputes", self._list("disputes", "payment_intent", "charge")),
            ("GET", rf"/v1/disputes/{one}", engine.disputes.shown),
            ("POST", rf"/v1/disputes/{one}", engine.disputes.update),
            ("POST", rf"/v1/disputes/{one}/close", engine.disputes.close),
            *self._connect_routes(engine.connect),
            ("GET", r"/v1/balance_transactions", lambda p: balance.listed(self.store, p)),
            ("GET", r"/v1/events", self._list("events", "type")),
            ("GET", rf"/v1/events/{one}", self._get("events", "event")),
        ]

    def _connect_routes(self, connect: Connect) -> list[tuple[str, str, Callable[..., Any]]]:
        one = r"([A-Za-z0-9_]+)"
        reversals = rf"/v1/transfers/{one}/reversals"
        return [
            ("POST", r"/v1/accounts", connect.create_account),
            ("GET", rf"/v1/accounts/{one}", connect.get_account),
            ("POST", r"/v1/account_links", connect.create_link),
            ("POST", r"/v1/transfers", connect.create_transfer),
            ("GET", r"/v1/transfers", self._list("transfers", "transfer_group", "destination")),
            ("GET", rf"/v1/transfers/{one}", connect.get_transfer),
            ("POST", reversals, connect.create_reversal),
            ("GET", reversals, self._reversals),
            ("POST", r"/v1/payouts", connect.create_payout),
            ("GET", r"/v1/payouts", self._payouts),
            ("GET", rf"/v1/payouts/{one}", connect.get_payout),
        ]

    def answer(self, request: Request) -> Response:
        """Answer one call; every answer carries its Request-Id."""
        request_id = new_id("req")
        try:
            response = self._answer(request)
        except ApiError as error:
            response = as_json(error.body, status=error.status)
        response.headers |= {"Request-Id": request_id, "Stripe-Version": _version(request)}
        return response

    def _answer(self, request: Request) -> Response:
        _authenticate(request)
        where = f"{request.method} {request.path}"
        fault = self.engine.faults.take(CALL_KINDS, where)
        if fault and fault.kind not in ("error_before", "error_after", "timeout_after"):
            return _spoiled(fault)
        if request.method == "POST":
            kind = request.header("content-type").partition(";")[0]
            if request.body and kind != "application/x-www-form-urlencoded":
                raise invalid("Send the parameters form-encoded.", param="Content-Type")
            text = request.body.decode()
        else:
            text = request.query
        params = parse_form(text)
        key = request.header("idempotency-key") if request.method == "POST" else ""
        response = self._keyed(request, params, key, fault)
        if fault and fault.kind == "timeout_after":
            return Response(hang_seconds=fault.seconds, is_dropped=True)
        return response

    def _keyed(self, request: Request, params: Params, key: str, fault: Fault | None) -> Response:
        """Run a call under its idempotency key: the first result is kept and replayed."""
        if not key:
            return self._run(request, params, fault)[0]
        if len(key) > MAX_KEY_LENGTH:
            raise invalid("The idempotency key is too long.", param="Idempotency-Key")
        if account := request.header("stripe-account"):
            # An account's keys are its own.
            key = f"{account} {key}"
        print_of = hashlib.sha256(f"{request.path} {json.dumps(params, sort_keys=True)}".encode())
        with self.store.lock:
            if earlier := self.store.keys.get(key):
                return _replayed(earlier, print_of.hexdigest())
            row = {"fingerprint": print_of.hexdigest(), "is_running": True}
            self.store.keys[key] = row
        is_kept = False
        try:
            response, is_kept = self._run(request, params, fault)
        finally:
            with self.store.lock:
                if is_kept:
                    row |= {
                        "is_running": False,
                        "status": response.status,
                        "body": response.body.decode(),
                    }
                else:
                    self.store.keys.pop(key, None)
                self.store.save()
        return response

    def _run(self, request: Request, params: Params, fault: Fault | None) -> tuple[Response, bool]:
        """Return the answer and whether it belongs to the key (validation failures do not)."""
        broken = {"error": {"type": "api_error", "message": "An unknown error occurred."}}
        if fault and fault.kind == "error_before":
            return as_json(broken, status=500), True
        try:
            # The answer is written out under the lock: another call may change the object next.
            with self.store.lock:
                result = self._dispatch(request, params)
                response = as_json(shown(result) if "object" in result else result)
                self.store.save()
        except ApiError as error:
            return as_json(error.body, status=error.status), error.is_stored
        if fault and fault.kind == "error_after":
            return as_json(broken, status=500), True
        return response, True

    def _dispatch(self, request: Request, params: Params) -> dict[str, Any]:
        self.engine.connect.acting_for = request.header("stripe-account")
        for method, pattern, action in self._routes:
            if method == request.method and (found := re.fullmatch(pattern, request.path)):
                answer: dict[str, Any] = action(*found.groups(), params)
                return answer
        raise ApiError(
            404,
            "invalid_request_error",
            f"Unrecognized request URL ({request.method}: {request.path}).",
            is_stored=False,
        )

    def _get(self, table: str, kind: str) -> Callable[[str, Params], dict[str, Any]]:
        return lambda object_id, _params: self.engine.find(table, kind, object_id)

    def _get_session(self, session_id: str, params: Params) -> dict[str, Any]:
        session = copy.copy(self.engine.find("sessions", "checkout.session", session_id))
        expanded = params.get("expand", [])
        if "payment_intent" in expanded and session["payment_intent"]:
            session["payment_intent"] = self.store.intents[session["payment_intent"]]
        return session

    def _line_items(self, session_id: str, _params: Params) -> dict[str, Any]:
        session = self.engine.find("sessions", "checkout.session", session_id)
        return _page(session["line_items"], f"/v1/checkout/sessions/{session_id}/line_items")

    def _list(self, table: str, *filters: str) -> Callable[[Params], dict[str, Any]]:
        def rows(params: Params) -> dict[str, Any]:
            found = [
                shown(row)
                for row in reversed(self.store.tables[table].values())
                if all(row.get(name) == params[name] for name in filters if name in params)
            ]
            limit = int(params.get("limit", 10))
            return _page(found[:limit], f"/v1/{table}", has_more=len(found) > limit)

        return rows

    def _reversals(self, transfer_id: str, params: Params) -> dict[str, Any]:
        rows = [row for row in self.store.reversals.values() if row["transfer"] == transfer_id]
        return _cut(rows, params, f"/v1/transfers/{transfer_id}/reversals")

    def _payouts(self, params: Params) -> dict[str, Any]:
        return _cut(self.engine.connect.own_payouts(params), params, "/v1/payouts")


def _cut(rows: list[Any], params: Params, url: str) -> dict[str, Any]:
    """Return a page of rows (oldest first as given), newest first, after `starting_after`."""
    newest = list(reversed(rows))
    if after := params.get("starting_after"):
        newest = newest[[row["id"] for row in newest].index(after) + 1 :]
    limit = int(params.get("limit", 10))
    return _page(newest[:limit], url, has_more=len(newest) > limit)


def _page(rows: list[Any], url: str, *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}


def _replayed(earlier: dict[str, Any], fingerprint: str) -> Response:
    if earlier["fingerprint"] != fingerprint:
        raise ApiError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were"
            " first used with.",
        )
    if earlier["is_running"]:
        raise ApiError(
            409,
            "idempotency_error",
            "There is currently another in-progress request using this key.",
            code="idempotency_key_in_use",
        )
    headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
    return Response(earlier["status"], earlier["body"].encode(), headers)


def _spoiled(fault: Fault) -> Response:
    """The answer of a fault that comes before anything was done."""
    if fault.kind == "rate_limit":
        error = {"type": "rate_limit_error", "code": "rate_limit", "message": "Too many requests."}
        return as_json({"error": error}, status=429)
    if fault.kind == "conflict":
        error = {"type": "idempotency_error", "message": "Another request is under way."}
        return as_json({"error": error}, status=409)
    if fault.kind == "html":
        return Response(502, b"<html><h1>Bad gateway</h1></html>", {"Content-Type": "text/html"})
    return Response(hang_seconds=fault.seconds, is_dropped=True)


def _authenticate(request: Request) -> None:
    scheme, _, value = request.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[0]
        except ValueError:
            value = ""
    if scheme.lower() not in ("bearer", "basic") or not value.startswith("sk_test_"):
        raise ApiError(401, "invalid_request_error", "Invalid API Key provided.", is_stored=False)


def _version(request: Request) -> str:
    return request.header("stripe-version") or API_VERSION
