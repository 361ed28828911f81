"""The sandbox speaks the documented protocol: checked from outside, over HTTP."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.sandbox.stripe.server import Sandbox
from apps.sandbox.stripe.testing import Payer, RunningSandbox, running_sandbox

KEY = {"Authorization": "Bearer sk_test_sandbox"}


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


def session_form(**changes: str) -> dict[str, str]:
    return {
        "mode": "payment",
        "success_url": "http://shop.test/back?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/cart",
        "client_reference_id": "attempt-1",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "uzs",
        "line_items[0][price_data][unit_amount]": "14990000",
        "line_items[0][price_data][product_data][name]": "Order K-100001",
        "payment_intent_data[metadata][attempt_id]": "attempt-1",
        **changes,
    }


def post(sandbox: Sandbox, path: str, form: dict[str, str], key: str = "") -> httpx.Response:
    headers = KEY | ({"Idempotency-Key": key} if key else {})
    return httpx.post(sandbox.url + path, data=form, headers=headers, timeout=5)


def get(sandbox: Sandbox, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(sandbox.url + path, headers=KEY).json()
    return answer


def open_session(sandbox: Sandbox, **changes: str) -> dict[str, Any]:
    answer = post(sandbox, "/v1/checkout/sessions", session_form(**changes))
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()
    return session


def test_session_form_encoded_is_created_and_read_back(sandbox: RunningSandbox) -> None:
    answer = post(sandbox, "/v1/checkout/sessions", session_form())

    session = answer.json()
    assert answer.headers["Request-Id"].startswith("req_")
    assert (session["object"], session["status"]) == ("checkout.session", "open")
    assert (session["amount_total"], session["currency"]) == (14_990_000, "uzs")
    assert session["payment_intent"] is None
    assert "line_items" not in session
    assert get(sandbox, f"/v1/checkout/sessions/{session['id']}") == session
    items = get(sandbox, f"/v1/checkout/sessions/{session['id']}/line_items")["data"]
    assert [item["description"] for item in items] == ["Order K-100001"]


@pytest.mark.parametrize("header", ["", "Bearer sk_live_1", "Bearer pk_test_1", "Basic !!", "x"])
def test_call_without_a_test_key_gets_401(sandbox: RunningSandbox, header: str) -> None:
    answer = httpx.get(f"{sandbox.url}/v1/events", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_call_with_the_key_as_basic_user_is_let_in(sandbox: RunningSandbox) -> None:
    assert httpx.get(f"{sandbox.url}/v1/events", auth=("sk_test_sandbox", "")).status_code == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line_items[0][price_data][unit_amount]": "1.5"}, "parameter_invalid_integer"),
        ({"line_items[0][price_data][currency]": "UZS"}, "parameter_invalid"),
        ({"expires_at": "1"}, "parameter_invalid"),
        ({"mode": ""}, "parameter_missing"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"success_url": "javascript:1"}, "url_invalid"),
        (
            {
                "line_items[0][price_data][currency]": "usd",
                "line_items[0][price_data][unit_amount]": "49",
            },
            "amount_too_small",
        ),
    ],
)
def test_session_with_a_wrong_parameter_is_refused_and_frees_the_key(
    sandbox: RunningSandbox, change: dict[str, str], code: str
) -> None:
    refused = post(sandbox, "/v1/checkout/sessions", session_form(**change), key="k1")
    repeated = post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert repeated.status_code == 200
    assert len(sandbox.store.sessions) == 1


def test_json_body_is_refused(sandbox: RunningSandbox) -> None:
    answer = httpx.post(
        f"{sandbox.url}/v1/checkout/sessions", json={"mode": "payment"}, headers=KEY
    )

    assert answer.status_code == 400


def test_repeated_key_replays_the_first_answer_with_one_effect(sandbox: RunningSandbox) -> None:
    first = post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")
    second = post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")

    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.store.sessions) == 1


def test_repeated_key_with_other_parameters_is_an_idempotency_error(
    sandbox: RunningSandbox,
) -> None:
    post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")
    other = post(
        sandbox, "/v1/checkout/sessions", session_form(cancel_url="http://other.test/"), key="k1"
    )

    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert len(sandbox.store.sessions) == 1


def test_error_500_after_the_effect_is_replayed_under_its_key(sandbox: RunningSandbox) -> None:
    sandbox.fault("error_after", "POST /v1/checkout/sessions")

    statuses = [
        post(sandbox, "/v1/checkout/sessions", session_form(), key="k1").status_code
        for _ in range(2)
    ]

    assert statuses == [500, 500]
    assert len(sandbox.store.sessions) == 1


def test_time_out_after_the_effect_drops_the_connection_and_keeps_the_result(
    sandbox: RunningSandbox,
) -> None:
    sandbox.fault("timeout_after", "POST /v1/checkout/sessions")

    with pytest.raises(httpx.RemoteProtocolError):
        post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")
    repeated = post(sandbox, "/v1/checkout/sessions", session_form(), key="k1")

    assert list(sandbox.store.sessions) == [repeated.json()["id"]]


def test_conflict_is_not_kept_under_the_key(sandbox: RunningSandbox) -> None:
    sandbox.fault("conflict", "POST /v1/checkout/sessions")

    statuses = [
        post(sandbox, "/v1/checkout/sessions", session_form(), key="k1").status_code
        for _ in range(2)
    ]

    assert statuses == [409, 200]


def test_twenty_requests_at_once_under_one_key_make_one_session(sandbox: RunningSandbox) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda _: post(sandbox, "/v1/checkout/sessions", session_form(), key="k1"),
                range(20),
            )
        )

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(sandbox.store.sessions) == 1


def test_hosted_page_says_that_it_is_a_test_and_asks_for_no_card_number(
    sandbox: RunningSandbox,
) -> None:
    page = Payer(open_session(sandbox)["url"]).open()

    assert page.status_code == 200
    assert "Test payment page" in page.text
    assert "Order K-100001" in page.text
    assert "149,900" in page.text
    assert "<input" not in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_hosted_page_escapes_what_the_shop_sent(sandbox: RunningSandbox) -> None:
    name = "line_items[0][price_data][product_data][name]"
    page = Payer(open_session(sandbox, **{name: "<script>alert(1)</script>"})["url"]).open()

    assert "<script>" not in page.text


def test_hosted_page_speaks_the_session_s_language(sandbox: RunningSandbox) -> None:
    page = Payer(open_session(sandbox, locale="ru")["url"]).open()

    assert '<html lang="ru">' in page.text


def test_good_card_pays_and_leads_back_to_the_shop(sandbox: RunningSandbox) -> None:
    session = open_session(sandbox)

    answer = Payer(session["url"]).pay()

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://shop.test/back?s={session['id']}"
    paid = get(sandbox, f"/v1/checkout/sessions/{session['id']}?expand[]=payment_intent")
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    assert paid["payment_intent"]["amount_received"] == 14_990_000
    assert paid["payment_intent"]["metadata"] == {"attempt_id": "attempt-1"}
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_paying_twice_charges_once(sandbox: RunningSandbox) -> None:
    payer = Payer(open_session(sandbox)["url"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: payer.pay(), range(8)))

    assert [charge["amount"] for charge in sandbox.charged()] == [14_990_000]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", None),
    ],
)
def test_declined_card_leaves_the_page_open_for_another(
    sandbox: RunningSandbox, card: str, code: str, decline_code: str | None
) -> None:
    session = open_session(sandbox)
    payer = Payer(session["url"])

    payer.pay(card)
    (intent,) = sandbox.store.intents.values()
    error = intent["last_payment_error"]
    assert (error["code"], error["decline_code"]) == (code, decline_code)
    assert 'role="alert"' in payer.open().text
    assert sandbox.charged() == []
    payer.pay()

    assert [charge["amount"] for charge in sandbox.charged()] == [14_990_000]


def test_secure_step_approved_pays_and_rejected_does_not(sandbox: RunningSandbox) -> None:
    payer = Payer(open_session(sandbox)["url"])

    step = payer.pay("4000002760003184")
    assert step.headers["Location"] == f"{payer.page_url}/secure"
    assert "confirm" in httpx.get(step.headers["Location"]).text
    payer.reject()
    assert sandbox.charged() == []
    payer.pay("4000002760003184")
    payer.approve()

    assert [charge["amount"] for charge in sandbox.charged()] == [14_990_000]


def test_going_back_leads_to_the_cancel_address_and_leaves_the_session_open(
    sandbox: RunningSandbox,
) -> None:
    session = open_session(sandbox)

    answer = Payer(session["url"]).go_back()

    assert answer.headers["Location"] == "http://shop.test/cart"
    assert sandbox.store.sessions[session["id"]]["status"] == "open"


def test_expired_session_cannot_be_paid_and_says_so(sandbox: RunningSandbox) -> None:
    session = open_session(sandbox)
    expired = post(sandbox, f"/v1/checkout/sessions/{session['id']}/expire", {})

    page = Payer(session["url"]).pay()

    assert expired.json()["status"] == "expired"
    assert "page is closed" in page.text
    assert sandbox.charged() == []
    again = post(sandbox, f"/v1/checkout/sessions/{session['id']}/expire", {})
    assert again.status_code == 400


def test_session_past_its_time_expires_by_itself(sandbox: RunningSandbox) -> None:
    session = open_session(sandbox)

    httpx.post(f"{sandbox.url}/_sandbox/clock", json={"shift_seconds": 86_500})

    assert get(sandbox, f"/v1/checkout/sessions/{session['id']}")["status"] == "expired"
    assert [event["type"] for event in sandbox.events()] == ["checkout.session.expired"]


def test_unknown_page_and_object_are_not_found(sandbox: RunningSandbox) -> None:
    assert httpx.get(f"{sandbox.url}/c/pay/cs_test_none").status_code == 404
    missing = httpx.get(f"{sandbox.url}/v1/refunds/re_none", headers=KEY)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "resource_missing")


def make_intent(sandbox: Sandbox, **form: str) -> dict[str, Any]:
    answer = post(sandbox, "/v1/payment_intents", {"amount": "1000", "currency": "usd", **form})
    intent: dict[str, Any] = answer.json()
    return intent


def test_manual_capture_of_a_part_charges_the_part(sandbox: RunningSandbox) -> None:
    intent = make_intent(
        sandbox, capture_method="manual", confirm="true", payment_method="pm_card_visa"
    )
    assert (intent["status"], intent["amount_capturable"]) == ("requires_capture", 1000)

    captured = post(
        sandbox, f"/v1/payment_intents/{intent['id']}/capture", {"amount_to_capture": "600"}
    ).json()

    assert (captured["status"], captured["amount_received"]) == ("succeeded", 600)
    again = post(sandbox, f"/v1/payment_intents/{intent['id']}/capture", {})
    assert again.json()["error"]["code"] == "payment_intent_unexpected_state"


def test_declined_confirmation_is_a_card_error(sandbox: RunningSandbox) -> None:
    intent = make_intent(sandbox)

    answer = post(
        sandbox,
        f"/v1/payment_intents/{intent['id']}/confirm",
        {"payment_method": "pm_card_chargeDeclined"},
    )

    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (
        402,
        "card_error",
        "card_declined",
    )
    assert error["payment_intent"]["status"] == "requires_payment_method"


def test_cancelled_intent_cannot_be_confirmed(sandbox: RunningSandbox) -> None:
    intent = make_intent(sandbox)
    post(
        sandbox, f"/v1/payment_intents/{intent['id']}/cancel", {"cancellation_reason": "abandoned"}
    )

    answer = post(
        sandbox,
        f"/v1/payment_intents/{intent['id']}/confirm",
        {"payment_method": "pm_card_visa"},
    )

    assert answer.json()["error"]["code"] == "payment_intent_unexpected_state"
    assert sandbox.charged() == []


def test_refunds_of_parts_stop_at_the_charge(sandbox: RunningSandbox) -> None:
    intent = make_intent(sandbox, confirm="true", payment_method="pm_card_visa")

    def refund(**form: str) -> dict[str, Any]:
        form = {"payment_intent": intent["id"], **form}
        answer: dict[str, Any] = post(sandbox, "/v1/refunds", form).json()
        return answer

    assert refund(amount="400")["status"] == "succeeded"
    assert refund(amount="601")["error"]["code"] == "amount_too_large"
    assert refund()["amount"] == 600
    assert refund()["error"]["code"] == "charge_already_refunded"
    assert sandbox.refunded_minor() == 1000


def test_refund_that_fails_later_gives_the_money_back(sandbox: RunningSandbox) -> None:
    intent = make_intent(sandbox, confirm="true", payment_method="pm_card_visa")
    refund = post(sandbox, "/v1/refunds", {"payment_intent": intent["id"]}).json()

    httpx.post(f"{sandbox.url}/_sandbox/refund", json={"id": refund["id"], "status": "failed"})

    assert get(sandbox, f"/v1/refunds/{refund['id']}")["status"] == "failed"
    assert sandbox.refunded_minor() == 0


def test_unknown_fault_is_refused(sandbox: RunningSandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/_sandbox/faults", json={"kind": "flood"})

    assert answer.status_code == 400
    assert httpx.get(f"{sandbox.url}/_sandbox/faults").json() == []


def test_state_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "stripe.json"
    first = Sandbox(file=file)
    first.start()
    session = open_session(first)
    first.stop()

    second = Sandbox(file=file)
    second.start()
    try:
        assert get(second, f"/v1/checkout/sessions/{session['id']}")["status"] == "open"
    finally:
        second.stop()


def test_webhooks_are_signed_and_faults_change_their_delivery(settings: Any) -> None:
    from apps.sandbox.stripe.webhooks import sign

    with running_sandbox(settings) as shop, running_sandbox(settings) as sandbox:
        seen: list[tuple[str, str, bytes]] = []
        shop.answer = _remember(seen)  # type: ignore[method-assign]  the other end of the wire
        sandbox.deliverer.url = f"{shop.url}/hook"
        sandbox.fault("duplicate", "charge.succeeded")
        sandbox.fault("lost", "payment_intent.created")
        sandbox.fault("delay", "payment_intent.succeeded", seconds=0.3)

        Payer(open_session(sandbox)["url"]).pay()
        assert sandbox.deliverer.wait(5)

    assert [kind for kind, _signature, _body in seen] == [
        "charge.succeeded",
        "charge.succeeded",
        "checkout.session.completed",
        "payment_intent.succeeded",
    ]
    for _kind, signature, body in seen:
        at = int(signature.split(",")[0].removeprefix("t="))
        assert abs(at - time.time()) < 10
        assert signature == sign(body, secret="whsec_test_marketplace_0001", at=at)


def _remember(seen: list[tuple[str, str, bytes]]) -> Any:
    import json

    from apps.sandbox.stripe.wire import Request, Response

    def answer(request: Request) -> Response:
        kind = json.loads(request.body)["type"]
        seen.append((kind, request.header("stripe-signature"), request.body))
        return Response()

    return answer
