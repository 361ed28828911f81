"""A client of the API for tests: tokens in headers, JSON both ways."""

import json
import uuid
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from apps.accounts.models import User
from marketplace.tests.world import ADDRESS

API = "/api/v1/"


def session_token(user: User) -> str:
    """What allauth's app client gives at sign-in: the key of a session of this account."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class ApiClient:
    """Answers are (status, body); `headers` go with every request."""

    def __init__(self, user: User | None = None, address: str = "10.0.0.1") -> None:
        self.headers: dict[str, str] = {}
        self.address = address
        self.client = Client(raise_request_exception=False)
        if user:
            self.headers["X-Session-Token"] = session_token(user)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method,
            path if path.startswith("/") else API + path,
            b"" if body is None else raw,
            content_type="application/json",
            headers=self.headers | {k.replace("_", "-"): v for k, v in headers.items()},
            REMOTE_ADDR=self.address,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", path)

    def add(self, offer_id: Any, quantity: Any = 1) -> Any:
        """Put an offer into the cart; a guest keeps the token that comes back."""
        answer = self.post("cart/lines/", {"offer_id": str(offer_id), "quantity": quantity})
        if answer.status_code == 201 and answer.json()["cart_token"]:
            self.headers["X-Cart-Token"] = answer.json()["cart_token"]
        return answer

    def quote(self, email: str = "guest@people.example") -> tuple[str, dict[str, Any]]:
        """Open, fill in and quote the checkout; return its id and the quote."""
        checkout_id = self.post("checkout/", {"currency": "UZS", "language": "en"}).json()["id"]
        filled = self.patch(f"checkout/{checkout_id}/", {"email": email, "address": ADDRESS})
        assert filled.status_code == 200, filled.content
        quoted = self.post(f"checkout/{checkout_id}/quote/")
        assert quoted.status_code == 200, quoted.content
        return checkout_id, quoted.json()

    def place(self, checkout_id: str, digest: str, key: str | None = None, **extra: Any) -> Any:
        return self.post(
            "orders/",
            {"checkout_id": checkout_id, "quote_digest": digest, **extra},
            Idempotency_Key=key or uuid.uuid4().hex,
        )
