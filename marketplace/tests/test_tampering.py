"""R06: whatever a client sends, the sum is the server's own, and nothing answers 5xx."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.catalog.models import OfferPrice
from apps.catalog.services.offers import change_price
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.pauses import set_pause
from apps.core.viewer import GrantToken
from apps.logistics.models import DeliveryTariff
from apps.orders.models import CartLine, OrderGroup
from apps.orders.services import placing
from apps.orders.types import Quote
from apps.payments.models import Payment
from marketplace.tests.api_client import ApiClient
from marketplace.tests.buyers import at_once
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


class Hostile(ApiClient):
    """A guest who comes from another address each time: the limiter is on and has a test of its own."""

    _hosts = itertools.count(1)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        host = next(self._hosts)
        self.address = f"10.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}"
        return super().send(method, path, body, **headers)


def test_no_quantity_but_a_whole_one_within_the_limits_is_taken(world: World) -> None:
    guest = Hostile()
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
    guest = Hostile()
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
    guest = Hostile()
    guest.add(world.offers[0].id)
    guest.add(world.offers[1].id)
    checkout_id, quote = guest.quote()
    guest.delete(f"cart/lines/{CartLine.objects.order_by('id')[0].id}/")
    refused = guest.place(checkout_id, quote["digest"])
    assert (refused.status_code, refused.json()["code"]) == (409, "checkout.quote_changed")
    assert OrderGroup.objects.count() == 0


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


def _check_any_json(world: World, body: Any) -> None:
    guest = Hostile()
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


# Examples share the world; each is a guest of its own.
MANY = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@settings(MANY, max_examples=50)
@given(body=BODIES | HOSTILE)
def test_any_json_is_answered_without_an_error_of_ours(world: World, body: Any) -> None:
    _check_any_json(world, body)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@settings(MANY, max_examples=500)
@given(body=BODIES | HOSTILE)
def test_any_json_in_full_is_answered_without_an_error_of_ours(world: World, body: Any) -> None:
    _check_any_json(world, body)


def _change_price(world: World, step: int) -> None:
    change_price(
        offer_id=world.offers[0].id,
        price=Money((100_000 + step) * 100, "UZS"),
        old_price=None,
        now=NOW + timedelta(seconds=step),
    )


@pytest.fixture
def while_placing() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Let another connection do something once, after the quotes were compared."""

    def once(act: Callable[[], None]) -> None:
        def run() -> None:
            set_pause("catalog.reserve_locked", None)
            at_once([act])

        set_pause("catalog.reserve_locked", run)

    yield once
    set_pause("catalog.reserve_locked", None)


def _change_prices(number: int, while_placing: Any) -> Counter[str]:
    """Change a price between quote and pay at three moments in turn; return how often each was met."""
    world, seen = make_world(units=number), Counter[str]()
    for step in range(1, number + 1):
        change = partial(_change_price, world, step)
        guest = Hostile()
        guest.add(world.offers[0].id)
        checkout_id, quote = guest.quote()
        moment = ("before", "during", "after")[step % 3]
        if moment == "before":
            change()
        elif moment == "during":
            while_placing(change)
        answer = guest.place(checkout_id, quote["digest"])
        if moment == "after":
            change()
        if moment == "before":
            assert (answer.status_code, answer.json()["code"]) == (409, "checkout.quote_changed")
        else:
            assert (answer.status_code, answer.json()["total"]) == (202, quote["total"])
            payment = Payment.objects.get(reference_id=answer.json()["id"])
            assert payment.amount_minor == quote["total"]["amount_minor"]
        assert OfferPrice.objects.filter(offer=world.offers[0]).count() == step + 1
        seen[moment] += 1
    assert violations() == []
    return seen


@pytest.mark.usefixtures("committed_db")
def test_price_changes_between_quote_and_pay_charge_what_was_shown_or_ask_again(
    while_placing: Any,
) -> None:
    assert _change_prices(30, while_placing) == {"before": 10, "during": 10, "after": 10}


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("committed_db")
def test_two_hundred_price_changes_charge_what_was_shown_or_ask_again(while_placing: Any) -> None:
    assert _change_prices(200, while_placing) == {"before": 66, "during": 67, "after": 67}


def test_without_the_digest_the_changed_price_would_be_charged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a quote that always carries the confirmed digest lets the change through."""
    real = placing.quote_of

    def trusting(checkout: Any, **given: Any) -> Quote:
        return replace(real(checkout, **given), digest=checkout.quote_digest)

    monkeypatch.setattr(placing, "quote_of", trusting)
    guest = Hostile()
    guest.add(world.offers[0].id)
    checkout_id, quote = guest.quote()
    _change_price(world, 5)
    answer = guest.place(checkout_id, quote["digest"])
    assert answer.status_code == 202
    assert answer.json()["total"] != quote["total"]


# A cart step: what to do, with which offer, how many (not always a number that can be), and what
# is sent beside it that a client has no say in.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "change", "aside", "back", "remove"]),
        st.integers(0, 3),
        st.integers(1, 9) | st.integers(1, 30) | st.sampled_from([0, -1, 10**9, 100, 0.5, "2", None]),
        st.just({}) | st.just({}) | st.dictionaries(
            st.sampled_from(FOREIGN_FIELDS), st.sampled_from(VALUES), min_size=1, max_size=2
        ),
    ),
    min_size=4,
    max_size=10,
)  # fmt: skip


def _do(guest: ApiClient, world: World, wanted: dict[int, list[Any]], step: Any) -> None:
    """Send a step; where it should be taken, note in `wanted` what the cart holds: [units, aside]."""
    kind, index, quantity, junk = step
    known = wanted.get(index)
    if kind != "add" and known is None:
        return
    is_whole = isinstance(quantity, int) and 1 <= quantity <= 99
    if kind == "add":
        answer = guest.post(
            "cart/lines/",
            {"offer_id": str(world.offers[index].id), "quantity": quantity} | junk,
        )
        if answer.status_code == 201:
            guest.headers["X-Cart-Token"] = answer.json()["cart_token"]
        had = 0 if known is None or known[1] else known[0]
        is_taken = is_whole and not junk and had + quantity <= 99
        wanted |= {index: [had + quantity, False]} if is_taken else {}
    else:
        line = CartLine.objects.get(offer=world.offers[index], cart=_cart_of(guest))
        path = f"cart/lines/{line.id}/"
        if kind == "remove":
            answer, is_taken = guest.delete(path), True
            del wanted[index]
        elif kind == "change":
            answer, is_taken = (
                guest.patch(path, {"quantity": quantity} | junk),
                is_whole and not junk,
            )
            known[0] = quantity if is_taken else known[0]
        else:
            answer = guest.patch(path, {"is_saved_for_later": kind == "aside"} | junk)
            is_taken = not junk
            known[1] = kind == "aside" if is_taken else known[1]
    assert (answer.status_code in {200, 201}) == is_taken, (step, answer.content)
    assert answer.status_code < 500


def _cart_of(guest: ApiClient) -> Any:
    return GrantToken.read(guest.headers["X-Cart-Token"], kind="cart").id


def _sum_of(wanted: dict[int, list[Any]]) -> int:
    """What the carts of this world cost: sellers of soʻm and of roubles at 150, a courier each."""
    units = {index: units for index, (units, is_aside) in wanted.items() if not is_aside}
    prices = (100_000_00, 200_000_00, 990 * 150_00, 1980 * 150_00)
    sellers = {index // 2 for index in units}
    return sum(prices[index] * n for index, n in units.items()) + 25_000_00 * len(sellers)


def _check_hostile_cart(world: World, steps: list[Any]) -> None:
    guest, wanted = Hostile(), {}
    for step in steps:
        _do(guest, world, wanted, step)
    opened = guest.post("checkout/", {"currency": "UZS"})
    if not any(not is_aside for _units, is_aside in wanted.values()):
        assert (opened.status_code, opened.json()["code"]) == (409, "checkout.cart_empty")
        return
    checkout_id, quote = guest.quote()
    placed = guest.place(checkout_id, quote["digest"])
    assert placed.status_code == 202
    expected = {"amount_minor": _sum_of(wanted), "currency": "UZS"}
    assert placed.json()["total"] == quote["total"] == expected
    assert violations() == []


@pytest.fixture
def wide_world(db: None) -> World:
    """Stock without end, light enough for any parcel."""
    world = make_world(units=10**6)
    DeliveryTariff.objects.update(up_to_grams=10**7)
    return world


@settings(MANY, max_examples=25)
@given(steps=STEPS)
def test_total_of_a_hostile_cart_is_the_shop_s_own_sum(wide_world: World, steps: Any) -> None:
    _check_hostile_cart(wide_world, steps)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@settings(MANY, max_examples=500)
@given(steps=STEPS)
def test_total_of_five_hundred_hostile_carts_is_the_shop_s_own_sum(
    wide_world: World, steps: Any
) -> None:
    _check_hostile_cart(wide_world, steps)
