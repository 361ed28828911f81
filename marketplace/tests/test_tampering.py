"""R06: whatever a client sends, the sum is the server's own, and nothing answers 5xx."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.catalog.services.offers import change_price
from apps.core.money import Money
from apps.orders.models import CartLine, OrderGroup
from apps.orders.services import placing
from apps.orders.types import Quote
from apps.payments.models import Payment
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import NOW, World, make_world

# Sent as they stand, because most are not even JSON.
QUANTITIES = (
    "0", "-1", "-99", "100", "1000000000", "1e-9", "1e9", "0.5", "1.0", "NaN", "Infinity",
    "-Infinity", "null", "true", "false", '"1"', '"NaN"', '""', "[]", "[1]", "{}", '{"$gt":0}',
    "9" * 30, "-" + "9" * 30, "9" * 5000, "1.7976931348623157e309", '"٣"', '"1; DROP TABLE"',
    "0x10", "01", "1_0", '"\\u0000"', '"\\ud800"',
)  # fmt: skip
FOREIGN_FIELDS = (
    "price", "price_minor", "unit", "unit_minor", "total", "total_minor", "amount", "discount",
    "discount_minor", "commission", "commission_bps", "commission_minor", "currency", "seller",
    "seller_id", "status", "state", "rate", "fx_rate", "tax", "tax_minor", "id", "user", "user_id",
    "is_paid", "paid_at", "token_version", "seen_price_minor",
)  # fmt: skip
VALUES = (0, 1, -1, "0.01", None, {"amount_minor": 1, "currency": "UZS"})


@pytest.fixture
def world(db: None) -> World:
    return make_world(units=50)


@pytest.fixture(autouse=True)
def _no_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limiter has its own test; here hundreds of requests come from one address."""
    from django.conf import settings as configured

    limits = dict.fromkeys(configured.RATE_LIMITS, (1_000_000, 60))
    monkeypatch.setattr(configured, "RATE_LIMITS", limits)


def test_no_quantity_but_a_whole_one_within_the_limits_is_taken(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id, 1)
    line = CartLine.objects.get()
    for raw, (method, path, rest) in itertools.product(
        QUANTITIES,
        (
            ("POST", "cart/lines/", f', "offer_id": "{world.offers[1].id}"'),
            ("PATCH", f"cart/lines/{line.id}/", ""),
        ),
    ):
        answer = guest.send(method, path, f'{{"quantity": {raw}{rest}}}')
        assert answer.status_code in {400, 422}, (raw, answer.content)
        assert answer.json()["code"]
    assert list(CartLine.objects.values_list("id", "quantity")) == [(line.id, 1)]


def test_prices_totals_and_states_from_a_client_are_refused_by_name(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id, 2)
    line_id = CartLine.objects.get().id
    checkout_id, quote = guest.quote()
    checkout = {"currency": "UZS", "language": "en"}
    placing_body = {"checkout_id": checkout_id, "quote_digest": quote["digest"]}
    targets = (
        ("POST", "cart/lines/", {"offer_id": str(world.offers[1].id), "quantity": 1}, ()),
        ("PATCH", f"cart/lines/{line_id}/", {"quantity": 3}, ()),
        ("POST", "checkout/", checkout, ("currency",)),
        ("PATCH", f"checkout/{checkout_id}/", {"email": "a@b.example"}, ("currency",)),
        ("POST", f"checkout/{checkout_id}/quote/", {}, ()),
        ("POST", "orders/", placing_body, ()),
    )
    sent = 0
    for (method, path, body, own), name, value in itertools.product(
        targets, FOREIGN_FIELDS, VALUES
    ):
        if name in own:
            continue
        answer = guest.send(method, path, body | {name: value}, Idempotency_Key=uuid.uuid4().hex)
        assert answer.status_code == 422, (path, name, value)
        assert list(answer.json()["errors"]) == [name]
        sent += 1
    assert sent >= 500
    assert OrderGroup.objects.count() == 0
    assert list(CartLine.objects.values_list("quantity", flat=True)) == [2]
    group = guest.place(checkout_id, quote["digest"]).json()
    assert group["total"] == quote["total"] == {"amount_minor": 225_000_00, "currency": "UZS"}


def test_line_taken_out_after_the_quote_asks_again(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)
    guest.add(world.offers[1].id)
    checkout_id, quote = guest.quote()
    guest.delete(f"cart/lines/{CartLine.objects.order_by('id')[0].id}/")
    refused = guest.place(checkout_id, quote["digest"])
    assert (refused.status_code, refused.json()["code"]) == (409, "checkout.quote_changed")
    assert OrderGroup.objects.count() == 0


def _change_price(world: World, step: int) -> None:
    change_price(
        offer_id=world.offers[0].id,
        price=Money((100_000 + step) * 100, "UZS"),
        old_price=None,
        now=NOW + timedelta(seconds=step),
    )


def _changed_after_the_quote(world: World, step: int) -> tuple[Any, dict[str, Any]]:
    guest = ApiClient(address=f"10.2.0.{step % 250}")
    guest.add(world.offers[0].id)
    checkout_id, quote = guest.quote()
    _change_price(world, step)
    return guest.place(checkout_id, quote["digest"]), quote


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
BODIES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("offer_id", "quantity", "checkout_id", "quote_digest", "return_url", "email", "address", "deliveries", "currency", "language", "is_saved_for_later"), HOSTILE),
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODIES | HOSTILE)
def test_any_json_is_answered_without_an_error_of_ours(world: World, body: Any) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)
    checkout_id = guest.post("checkout/", {"currency": "UZS"}).json()["id"]
    for method, path in (
        ("POST", "cart/lines/"),
        ("POST", "checkout/"),
        ("PATCH", f"checkout/{checkout_id}/"),
        ("POST", "orders/"),
    ):
        answer = guest.send(method, path, body, Idempotency_Key=uuid.uuid4().hex)
        assert answer.status_code < 500, (path, body)
    assert OrderGroup.objects.count() == 0
    assert Payment.objects.count() == 0


def test_two_hundred_price_changes_between_quote_and_order_ask_again(world: World) -> None:
    for step in range(1, 201):
        answer, _quote = _changed_after_the_quote(world, step)
        assert (answer.status_code, answer.json()["code"]) == (409, "checkout.quote_changed")
    assert OrderGroup.objects.count() == 0


def test_without_the_digest_the_changed_price_would_be_charged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a quote that always carries the confirmed digest lets the change through."""
    real = placing.quote_of

    def trusting(checkout: Any, **given: Any) -> Quote:
        quote = real(checkout, **given)
        object.__setattr__(quote, "digest", checkout.quote_digest)
        return quote

    monkeypatch.setattr(placing, "quote_of", trusting)
    answer, quote = _changed_after_the_quote(world, 5)
    assert answer.status_code == 202
    assert answer.json()["total"] != quote["total"]
