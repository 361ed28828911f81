"""The courier's pages: own rows alone, no code shown, every command as a form and from the queue."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.viewer import SYSTEM
from apps.courier_desk.presenting import geo_url
from apps.logistics.models import CourierPosition
from apps.logistics.services import shipping
from apps.logistics.tests.world import (
    NOW,
    facts,
    make_clerk,
    make_courier,
    make_point,
    on_the_way,
    parcel,
    steps,
    wrong,
)
from apps.logistics.types import ShipmentStatus
from marketplace.tests.world import ADDRESS, make_user

pytestmark = pytest.mark.django_db
S = ShipmentStatus
HOME = "/en/courier/"
QUEUE = {"Accept": "application/json"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def stop_url(shipment: Any, verb: str) -> str:
    return f"{HOME}stops/{shipment.id}/{verb}/"


def text_of(client: Client, url: str = HOME) -> str:
    response = client.get(url)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    return response.content.decode()


def test_round_shows_the_door_the_phone_and_the_way_but_never_the_code() -> None:
    courier = make_courier()
    shipment = on_the_way(
        courier, address=ADDRESS | {"note": "Ring twice <b>", "latitude": "41.3", "longitude": "69"}
    )

    page = text_of(client_of(courier))

    assert "Bobur 12, apt. 4" in page
    assert 'href="tel:+998901234567"' in page
    assert 'href="geo:41.3,69?q=41.3,69"' in page
    assert "Ring twice &lt;b&gt;" in page
    assert "2 × Teapot" in page
    assert shipment.handover_code not in page
    assert "style=" not in page


def test_offer_shows_neither_name_nor_door_nor_phone() -> None:
    courier = make_courier()
    parcel()

    page = text_of(client_of(courier))

    assert "Bobur" in page
    for hidden in ("Aziza", "+998901234567", "Bobur 12", "apt."):
        assert hidden not in page


def test_parcel_goes_from_offer_to_the_buyer_with_forms_alone() -> None:
    courier = make_courier()
    shipment = parcel()
    client = client_of(courier)

    for verb, fields in (
        ("take", {}),
        ("start", {"key": "k"}),
        ("deliver", {"key": "k", "code": shipment.handover_code}),
    ):
        answer = client.post(stop_url(shipment, verb), fields)
        assert (answer.status_code, answer["Location"]) == (302, HOME)

    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.OUT_FOR_DELIVERY, S.DELIVERED]
    page = text_of(client)
    assert "Delivered. Well done." in page
    assert "Nothing to deliver now" in page


def test_wrong_code_comes_back_to_the_stop_with_the_tries_left() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    client = client_of(courier)

    answer = client.post(
        stop_url(shipment, "deliver"), {"key": "k", "code": wrong(shipment)}, follow=True
    )

    assert answer.redirect_chain == [(f"{HOME}stops/{shipment.id}/", 302)]
    assert "Tries left: 4." in answer.content.decode()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.OUT_FOR_DELIVERY, 1)


def test_queue_sends_a_delivery_twice_and_gets_done_twice() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    client = client_of(courier)
    given = {"key": "k", "code": shipment.handover_code}

    answers = [client.post(stop_url(shipment, "deliver"), given, headers=QUEUE) for _ in range(2)]

    assert [answer.json()["code"] for answer in answers] == ["done", "done"]
    assert len(facts("shipment_delivered")) == 1


@pytest.mark.parametrize(
    ("verb", "fields", "status", "code"),
    [
        ("deliver", {"key": "k", "code": "wrong"}, 422, "logistics.wrong_code"),
        ("deliver", {"key": "k"}, 422, "input.invalid"),
        ("deliver", {"code": "123456"}, 422, "input.invalid"),
        ("fail", {"key": "k", "reason": "TIRED"}, 422, "input.invalid"),
        ("fail", {"key": "k"}, 422, "input.invalid"),
        ("start", {"key": "k" * 65}, 422, "input.invalid"),
        ("release", {}, 409, "logistics.move_not_allowed"),
        ("return", {}, 404, "not_found"),
    ],
)
def test_queue_is_told_why_a_command_is_refused(
    verb: str, fields: dict[str, str], status: int, code: str
) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    answer = client_of(courier).post(stop_url(shipment, verb), fields, headers=QUEUE)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    shipment.refresh_from_db()
    assert shipment.status == S.OUT_FOR_DELIVERY


def test_round_starts_with_everything_taken_at_once() -> None:
    courier = make_courier()
    client = client_of(courier)
    parcels = [parcel(f"K-1-1-{number}") for number in (1, 2, 3)]
    for shipment in parcels[:2]:
        client.post(stop_url(shipment, "take"))

    client.post(f"{HOME}start/", {"key": "k"})

    for shipment in parcels:
        shipment.refresh_from_db()
    assert [one.status for one in parcels] == [S.OUT_FOR_DELIVERY, S.OUT_FOR_DELIVERY, S.ACCEPTED]


def test_refused_parcel_is_listed_until_it_is_given_back() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    client = client_of(courier)
    client.post(stop_url(shipment, "fail"), {"key": "k", "reason": "REFUSED"})
    assert "To give back" in text_of(client)

    client.post(stop_url(shipment, "return"))

    shipment.refresh_from_db()
    assert shipment.status == S.RETURNED
    assert "To give back" not in text_of(client)


def test_other_stop_can_be_chosen_and_strange_ones_are_not_there() -> None:
    courier = make_courier()
    first = on_the_way(courier, "K-1-1-1")
    second = on_the_way(courier, "K-1-1-2", address=ADDRESS | {"street": "Navoiy"})
    theirs = on_the_way(make_courier(2), "K-1-1-3")
    client = client_of(courier)

    page = text_of(client, f"{HOME}stops/{second.id}/")

    assert f"stop-{second.id}" in page
    assert f"stop-{first.id}" not in page
    assert client.get(f"{HOME}stops/{theirs.id}/").status_code == 404


def test_position_is_taken_in_or_refused() -> None:
    courier = make_courier()
    on_the_way(courier)
    client = client_of(courier)

    kept = client.post(f"{HOME}position/", {"latitude": "41.311081", "longitude": "69.240562"})
    bad = client.post(f"{HOME}position/", {"latitude": "nowhere", "longitude": "69"})

    assert (kept.status_code, bad.status_code) == (204, 422)
    assert CourierPosition.objects.count() == 1


def test_round_costs_the_same_queries_for_one_stop_and_for_three() -> None:
    courier = make_courier()
    client = client_of(courier)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(client)
        return len(captured)

    on_the_way(courier, "K-1-1-1")
    parcel("K-1-2-1")
    queries()
    one = queries()
    for number in (2, 3):
        on_the_way(courier, f"K-1-1-{number}")
        parcel(f"K-1-2-{number}")

    assert queries() == one <= 14


def test_strangers_find_no_desk() -> None:
    """A buyer, a clerk, staff: 404, reading and commanding. Nobody is led to sign in."""
    courier = make_courier()
    shipment = on_the_way(courier)
    strangers = [
        make_user("buyer@people.example"),
        make_clerk(make_point()),
        make_user("staff@people.example", is_staff=True, is_superuser=True),
    ]
    commands = [
        (
            stop_url(shipment, verb),
            {"key": "k", "code": shipment.handover_code, "reason": "NO_CODE"},
        )
        for verb in ("take", "release", "start", "deliver", "fail", "return")
    ]
    commands += [
        (f"{HOME}start/", {"key": "k"}),
        (f"{HOME}position/", {"latitude": "1", "longitude": "1"}),
    ]

    for stranger in strangers:
        client = client_of(stranger)
        assert client.get(HOME).status_code == 404
        assert client.get(f"{HOME}stops/{shipment.id}/").status_code == 404
        for url, fields in commands:
            assert client.post(url, fields).status_code == 404
    for url in (HOME, f"{HOME}stops/{shipment.id}/"):
        assert Client().get(url)["Location"].startswith("/en/account/login/")

    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.OUT_FOR_DELIVERY]


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_round_of_a_very_long_address_opens_in_every_language(language: str) -> None:
    courier = make_courier()
    on_the_way(courier, address=ADDRESS | {"street": "Ж" * 150, "note": "щ" * 300})

    assert "Ж" * 150 in text_of(client_of(courier), f"/{language}/courier/")


def test_account_leads_couriers_and_clerks_to_their_desks_and_nobody_else() -> None:
    people = {
        make_courier(): (True, False),
        make_clerk(make_point()): (False, True),
        make_user("buyer@people.example"): (False, False),
    }

    for person, expected in people.items():
        page = text_of(client_of(person), "/en/me/")
        assert (f'href="{HOME}"' in page, 'href="/en/pickup/"' in page) == expected


def test_navigation_without_coordinates_asks_for_the_address() -> None:
    assert geo_url(ADDRESS, "Toshkent") == "geo:0,0?q=Bobur%2C%2012%2C%20Toshkent%2C%20UZ"


def test_cancelled_offer_is_refused_kindly() -> None:
    courier = make_courier()
    shipment = parcel()
    shipping.report_lost(shipment_id=shipment.id, actor=SYSTEM, now=NOW, reason="x")

    answer = client_of(courier).post(stop_url(shipment, "take"), follow=True)

    assert answer.status_code == 200
    assert "There is nothing here, or it is not yours." in answer.content.decode()
