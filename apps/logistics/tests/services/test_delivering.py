"""A courier takes, sets out, hands over against the code, or says why not; a bad line repeats it all."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.invariants import violations
from apps.core.viewer import ANONYMOUS
from apps.logistics.models import Courier, CourierPosition, CourierTask
from apps.logistics.services import delivering, positions
from apps.logistics.services.delivering import TaskTaken
from apps.logistics.services.moving import (
    CommandKeyReused,
    HandoverCodeLocked,
    ShipmentMoveNotAllowed,
    WrongHandoverCode,
)
from apps.logistics.tests.world import (
    NOW,
    facts,
    make_courier,
    on_the_way,
    parcel,
    steps,
    viewer,
    wrong,
)
from apps.logistics.types import FailureReason, ShipmentStatus, TaskState
from marketplace.tests.world import make_user

S = ShipmentStatus
database = pytest.mark.django_db


def _deliver(shipment: Any, courier: Any, code: str, key: str = "d", now: Any = NOW) -> Any:
    return delivering.deliver(
        shipment_id=shipment.id, code=code, key=key, actor=viewer(courier), now=now
    )


def _fail(shipment: Any, courier: Any, key: str, reason: Any = FailureReason.NO_ANSWER) -> Any:
    return delivering.fail_attempt(
        shipment_id=shipment.id, reason=reason, key=key, actor=viewer(courier), now=NOW
    )


@database
def test_parcel_delivered_against_the_code_tells_what_was_in_it() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    _deliver(shipment, courier, shipment.handover_code)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == (S.DELIVERED, NOW)
    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.OUT_FOR_DELIVERY, S.DELIVERED]
    assert CourierTask.objects.get().state == TaskState.DONE
    assert facts("shipment_delivered") == [
        {
            "reference_id": str(shipment.reference_id),
            "shipment_id": str(shipment.id),
            "delivered": [[str(shipment.items.get().line_id), 2]],
        }
    ]
    assert violations() == []


@database
def test_commands_repeated_by_a_bad_line_change_nothing() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    actor = viewer(courier)

    for _ in range(3):
        delivering.take_task(shipment_id=shipment.id, actor=actor, now=NOW)
        delivering.start_delivery(
            shipment_id=shipment.id, key="start-K-100011-1-1", actor=actor, now=NOW
        )
    for key in ("d", "d", "another"):
        _deliver(shipment, courier, shipment.handover_code, key)

    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.OUT_FOR_DELIVERY, S.DELIVERED]
    assert len(facts("shipment_delivered")) == 1
    assert len(facts("shipment_status_changed")) == 3


@database
def test_key_of_one_parcel_is_refused_for_another() -> None:
    courier = make_courier()
    first = on_the_way(courier, "K-1-1-1")
    second = on_the_way(courier, "K-1-1-2")
    _deliver(first, courier, first.handover_code, "same")

    with pytest.raises(CommandKeyReused):
        _deliver(second, courier, second.handover_code, "same")

    second.refresh_from_db()
    assert second.status == S.OUT_FOR_DELIVERY


@database
def test_wrong_codes_are_counted_and_lock_for_fifteen_minutes() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    for left in (4, 3, 2, 1):
        with pytest.raises(WrongHandoverCode) as refusal:
            _deliver(shipment, courier, wrong(shipment))
        assert refusal.value.params == {"left": left}
    with pytest.raises(HandoverCodeLocked):
        _deliver(shipment, courier, wrong(shipment))
    almost = NOW + timedelta(minutes=15) - timedelta(seconds=1)
    with pytest.raises(HandoverCodeLocked):
        _deliver(shipment, courier, shipment.handover_code, now=almost)
    shipment.refresh_from_db()
    assert shipment.status == S.OUT_FOR_DELIVERY

    _deliver(shipment, courier, f" {shipment.handover_code} ", now=NOW + timedelta(minutes=15))

    shipment.refresh_from_db()
    assert shipment.status == S.DELIVERED


@database
@pytest.mark.parametrize("code", ["", "12345", "абвгде", "1" * 500])
def test_malformed_code_is_a_wrong_one(code: str) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    with pytest.raises(WrongHandoverCode):
        _deliver(shipment, courier, code)


@database
def test_right_code_before_setting_out_is_neither_taken_nor_told() -> None:
    courier = make_courier()
    shipment = parcel()
    delivering.take_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    for code in (shipment.handover_code, wrong(shipment)):
        with pytest.raises(ShipmentMoveNotAllowed):
            _deliver(shipment, courier, code)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.ACCEPTED, 0)


@database
def test_failed_attempt_is_offered_again_and_goes_back_after_the_third() -> None:
    courier = make_courier()
    actor = viewer(courier)
    shipment = on_the_way(courier)

    for number in (1, 2):
        for _ in range(2):
            _fail(shipment, courier, f"f{number}")
        shipment.refresh_from_db()
        assert (shipment.status, shipment.failed_attempts) == (S.ACCEPTED, number)
        delivering.take_task(shipment_id=shipment.id, actor=actor, now=NOW)
        delivering.start_delivery(shipment_id=shipment.id, key=f"s{number}", actor=actor, now=NOW)
    _fail(shipment, courier, "f3")

    shipment.refresh_from_db()
    assert (shipment.status, shipment.failed_attempts) == (S.RETURNING, 3)
    assert list(shipment.tasks.order_by("id").values_list("state", flat=True)) == ["FAILED"] * 3
    notes = list(shipment.events.exclude(note="").values_list("note", flat=True))
    assert notes == ["NO_ANSWER"] * 3
    assert violations() == []


@database
def test_attempt_not_begun_cannot_fail() -> None:
    courier = make_courier()
    shipment = parcel()
    delivering.take_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    with pytest.raises(ShipmentMoveNotAllowed):
        _fail(shipment, courier, "f")

    shipment.refresh_from_db()
    assert shipment.failed_attempts == 0


@database
def test_task_given_back_is_offered_to_others() -> None:
    first, second = make_courier(1), make_courier(2)
    shipment = parcel()
    delivering.take_task(shipment_id=shipment.id, actor=viewer(first), now=NOW)

    delivering.release_task(shipment_id=shipment.id, actor=viewer(first), now=NOW)
    taken = delivering.take_task(shipment_id=shipment.id, actor=viewer(second), now=NOW)

    assert taken.courier.user_id == second.id
    assert sorted(shipment.tasks.values_list("state", flat=True)) == ["RELEASED", "TAKEN"]
    assert violations() == []


@database
def test_task_on_the_way_cannot_be_given_back() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    with pytest.raises(ShipmentMoveNotAllowed):
        delivering.release_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    assert CourierTask.objects.get().state == TaskState.TAKEN


@database
def test_strangers_can_do_nothing_with_a_parcel() -> None:
    """Nobody, a buyer, staff, a courier of another city, a dismissed one, another of the same city."""
    courier = make_courier()
    shipment = on_the_way(courier)
    dismissed = make_courier(4)
    Courier.objects.filter(user=dismissed).update(is_active=False)
    strangers = [
        ANONYMOUS,
        viewer(make_user("buyer@people.example")),
        viewer(make_user("staff@people.example", is_staff=True, is_superuser=True)),
        viewer(make_courier(2, city="Samarqand")),
        viewer(dismissed),
        viewer(make_courier(3)),
    ]
    common: dict[str, Any] = {"shipment_id": shipment.id, "now": NOW}

    for stranger in strangers:
        with pytest.raises(NotFound):
            delivering.start_delivery(key="s", actor=stranger, **common)
        with pytest.raises(NotFound):
            delivering.deliver(key="d", code=shipment.handover_code, actor=stranger, **common)
        with pytest.raises(NotFound):
            delivering.fail_attempt(key="f", reason=FailureReason.NO_CODE, actor=stranger, **common)
        with pytest.raises(NotFound):
            delivering.release_task(actor=stranger, **common)
        with pytest.raises((NotFound, TaskTaken)):
            delivering.take_task(actor=stranger, **common)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.OUT_FOR_DELIVERY, 0)


@database
def test_city_written_otherwise_is_the_same_city() -> None:
    courier = make_courier(city=" toshkent ")
    shipment = parcel()

    task = delivering.take_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    assert task.state == TaskState.TAKEN


@pytest.mark.usefixtures("committed_db")
def test_parcel_wanted_by_many_couriers_at_once_is_taken_by_one() -> None:
    """Without the lock in locked_shipment several would believe that they have it."""
    couriers = [make_courier(number) for number in range(1, 9)]
    shipment = parcel()
    start = Barrier(len(couriers))
    answers: list[str] = []

    def take(courier: Any) -> None:
        start.wait()
        try:
            delivering.take_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)
            answers.append("taken")
        except DomainError as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=take, args=(courier,)) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["logistics.task_taken"] * 7 + ["taken"]
    assert violations() == []


@pytest.mark.usefixtures("committed_db")
def test_delivery_sent_many_times_at_once_is_told_once() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    start = Barrier(6)
    failures: list[BaseException] = []

    def send() -> None:
        start.wait()
        try:
            _deliver(shipment, courier, shipment.handover_code)
        except BaseException as error:  # noqa: BLE001  shown below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(facts("shipment_delivered")) == 1
    assert violations() == []


def _at(courier: Any, seconds: int, latitude: str = "41.311") -> Any:
    return positions.record_position(
        latitude=Decimal(latitude),
        longitude=Decimal("69.279"),
        actor=viewer(courier),
        now=NOW + timedelta(seconds=seconds),
    )


@database
def test_positions_are_thinned_to_one_in_fifteen_seconds() -> None:
    courier = make_courier()
    on_the_way(courier)

    kept = [_at(courier, seconds) is not None for seconds in (0, 5, 14, 15, 29, 30)]

    assert kept == [True, False, False, True, False, True]
    assert CourierPosition.objects.count() == 3


@database
def test_position_of_a_courier_without_parcels_is_not_kept() -> None:
    courier = make_courier()

    assert _at(courier, 0) is None
    assert CourierPosition.objects.count() == 0


@database
def test_position_of_strangers_and_off_the_earth_is_refused() -> None:
    courier = make_courier()
    on_the_way(courier)

    with pytest.raises(NotFound):
        _at(make_user("buyer@people.example"), 0)
    for latitude in ("90.000001", "NaN", "Infinity"):
        with pytest.raises(InvalidInput):
            _at(courier, 0, latitude)
    assert CourierPosition.objects.count() == 0


@database
def test_positions_older_than_thirty_days_are_forgotten() -> None:
    courier = make_courier()
    on_the_way(courier)
    _at(courier, 0)
    _at(courier, 60)

    gone = positions.forget_positions(now=NOW + timedelta(days=30, seconds=30))

    assert gone == 1
    assert CourierPosition.objects.get().at == NOW + timedelta(seconds=60)
