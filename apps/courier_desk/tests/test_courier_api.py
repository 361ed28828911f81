"""The courier's API: the same steps with a token, keys that make repeats safe, nothing for others."""

from typing import Any

import pytest

from apps.logistics.models import CourierPosition
from apps.logistics.tests.world import facts, make_courier, on_the_way, parcel, steps, wrong
from apps.logistics.types import ShipmentStatus
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import make_user

pytestmark = pytest.mark.django_db
S = ShipmentStatus


def path(shipment: Any, verb: str) -> str:
    return f"courier/tasks/{shipment.id}/{verb}/"


def test_parcel_goes_from_offer_to_the_buyer() -> None:
    courier = make_courier()
    shipment = parcel()
    api = ApiClient(courier)

    offered = api.get("courier/tasks/").json()
    taken = api.post(path(shipment, "take")).json()
    started = api.post(path(shipment, "start"), {"key": "k"})
    body = {"key": "k", "code": shipment.handover_code}
    answers = [api.post(path(shipment, "deliver"), body) for _ in range(2)]

    assert [task["number"] for task in offered["offered"]] == [shipment.number]
    assert set(offered["offered"][0]) == {
        "shipment_id", "number", "state", "city", "street", "from_city", "weight_grams",
        "promised_to",
    }  # fmt: skip
    assert taken["offered"] == []
    assert taken["taken"][0]["address"]["house"] == "12"
    assert taken["taken"][0]["items"] == [
        {"title": {"en": "Teapot", "ru": "Чайник", "uz": "Choynak"}, "sku": "T-1", "quantity": 2}
    ]
    assert started.json()["status"] == "OUT_FOR_DELIVERY"
    assert [answer.json() for answer in answers] == [
        {"id": str(shipment.id), "number": shipment.number, "status": "DELIVERED"}
    ] * 2
    assert shipment.handover_code not in str([offered, taken, started.json(), answers[0].json()])
    assert len(facts("shipment_delivered")) == 1


def test_wrong_code_and_failed_attempt_are_answered_with_their_reason() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    api = ApiClient(courier)

    refused = api.post(path(shipment, "deliver"), {"key": "k", "code": wrong(shipment)})
    failed = api.post(path(shipment, "fail"), {"key": "k", "reason": "NOBODY_HOME"})

    assert (refused.status_code, refused.json()["code"]) == (422, "logistics.wrong_code")
    assert refused.json()["params"] == {"left": 4}
    assert failed.json()["status"] == "ACCEPTED"
    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.OUT_FOR_DELIVERY, S.ACCEPTED]


def test_taken_task_given_back_is_offered_again() -> None:
    courier = make_courier()
    shipment = parcel()
    api = ApiClient(courier)
    api.post(path(shipment, "take"))

    answer = api.post(path(shipment, "release")).json()

    assert answer["taken"] == []
    assert [task["number"] for task in answer["offered"]] == [shipment.number]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("deliver", {"key": "k", "code": 123456.5}),
        ("deliver", {"key": "k", "code": "12345"}),
        ("deliver", {"key": "", "code": "123456"}),
        ("deliver", {"key": "k" * 65, "code": "123456"}),
        ("deliver", {"key": "k", "code": "123456", "status": "DELIVERED"}),
        ("fail", {"key": "k", "reason": "TIRED"}),
        ("start", {}),
        ("take", {"courier": 1}),
    ],
)
def test_malformed_command_is_refused_and_changes_nothing(verb: str, body: dict[str, Any]) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    answer = ApiClient(courier).post(path(shipment, verb), body)

    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.OUT_FOR_DELIVERY, 0)


def test_position_is_kept_once_in_fifteen_seconds() -> None:
    courier = make_courier()
    on_the_way(courier)
    api = ApiClient(courier)
    here = {"latitude": "41.311081", "longitude": "69.240562"}

    answers = [api.post("courier/position/", here).json() for _ in range(2)]
    refused = api.post("courier/position/", here | {"latitude": "91"})

    assert answers == [{"is_kept": True}, {"is_kept": False}]
    assert refused.status_code == 422
    assert CourierPosition.objects.count() == 1


def test_strangers_find_nothing() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    buyer = ApiClient(make_user("buyer@people.example"))
    colleague = ApiClient(make_courier(2))
    body = {"key": "k", "code": shipment.handover_code}

    assert ApiClient().get("courier/tasks/").status_code == 401
    assert buyer.get("courier/tasks/").status_code == 404
    assert buyer.post(path(shipment, "deliver"), body).status_code == 404
    assert colleague.get("courier/tasks/").json() == {"taken": [], "offered": []}
    assert colleague.post(path(shipment, "deliver"), body).status_code == 404
    assert colleague.post(path(shipment, "take")).json()["code"] == "logistics.task_taken"

    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.OUT_FOR_DELIVERY, 0)
