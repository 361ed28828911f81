"""The clerk's pages: find, take in, hand out, give back; the point's own parcels alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.courier_desk.tests.test_courier_pages import client_of, text_of
from apps.logistics.models import Shipment
from apps.logistics.services import pickup
from apps.logistics.tests.world import (
    NOW,
    make_clerk,
    make_courier,
    make_point,
    on_the_shelf,
    parcel,
    steps,
    wrong,
)
from apps.logistics.types import ShipmentStatus
from marketplace.tests.world import make_user

pytestmark = pytest.mark.django_db
S = ShipmentStatus
HOME = "/en/pickup/"


def parcel_url(shipment: Any, verb: str = "") -> str:
    return f"{HOME}parcels/{shipment.id}/" + (f"{verb}/" if verb else "")


def find(client: Client, search: str) -> str:
    return client.post(f"{HOME}find/", {"search": search}, follow=True).content.decode()


def test_parcel_arrives_is_found_and_handed_out_with_forms_alone() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = parcel(kind="PICKUP", pickup_point_id=point.id)
    client = client_of(clerk)
    assert "Chorsu" in text_of(client, HOME)

    client.post(parcel_url(shipment, "arrive"), {"key": "k"})
    found = find(client, shipment.number.lower())
    answer = client.post(
        parcel_url(shipment, "hand-out"), {"key": "k", "code": shipment.handover_code}, follow=True
    )

    assert "Hand out" in found
    assert shipment.handover_code not in found
    assert answer.redirect_chain == [(HOME, 302)]
    assert "Handed out." in answer.content.decode()
    assert steps(shipment)[-2:] == [S.READY_FOR_PICKUP, S.DELIVERED]


def test_code_that_the_buyer_says_finds_the_parcel_and_is_filled_in() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)
    client = client_of(clerk)

    page = find(client, shipment.handover_code)

    assert shipment.number in page
    assert f'value="{shipment.handover_code}" required' in page
    assert "No such parcel here" in find(client, wrong(shipment))


def test_clerk_who_guesses_codes_is_held_back(settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"handover_search": (3, 300)}
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)
    client = client_of(clerk)

    for _ in range(3):
        find(client, wrong(shipment))
    held_back = find(client, shipment.handover_code)

    assert "Too many codes were tried. Wait five minutes." in held_back
    # By number it is found as ever.
    assert "Hand out" in find(client, shipment.number)


def test_wrong_code_comes_back_to_the_parcel() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)

    answer = client_of(clerk).post(
        parcel_url(shipment, "hand-out"), {"key": "k", "code": wrong(shipment)}, follow=True
    )

    assert answer.redirect_chain == [(parcel_url(shipment), 302)]
    assert "Tries left: 4." in answer.content.decode()
    shipment.refresh_from_db()
    assert shipment.status == S.READY_FOR_PICKUP


def test_pages_of_a_point_never_show_a_code() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)
    client = client_of(clerk)

    for url in (HOME, parcel_url(shipment)):
        assert shipment.handover_code not in text_of(client, url)


def test_overdue_parcel_is_listed_until_it_is_given_back() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)
    pickup.return_overdue(now=NOW + timedelta(days=7))
    client = client_of(clerk)
    assert "Its term is over" in text_of(client, HOME)

    client.post(parcel_url(shipment, "return"))

    shipment.refresh_from_db()
    assert shipment.status == S.RETURNED
    assert "Its term is over" not in text_of(client, HOME)


def test_shelf_costs_the_same_queries_for_one_parcel_and_for_three() -> None:
    point = make_point()
    clerk = make_clerk(point)
    client = client_of(clerk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(client, HOME)
        return len(captured)

    on_the_shelf(clerk, point, "K-1-1-1")
    queries()
    one = queries()
    on_the_shelf(clerk, point, "K-1-1-2")
    parcel("K-1-1-3", kind="PICKUP", pickup_point_id=point.id)

    assert queries() == one <= 9


def test_strangers_find_no_counter() -> None:
    """A buyer, a courier, staff, a clerk of another point: 404 for pages and commands."""
    point = make_point()
    shipment = on_the_shelf(make_clerk(point), point)
    other = make_clerk(make_point("samarkand-1"), 2)
    nobody = [
        make_user("buyer@people.example"),
        make_courier(),
        make_user("staff@people.example", is_staff=True, is_superuser=True),
    ]
    given = {"key": "k", "code": shipment.handover_code, "search": shipment.number}
    commands = [parcel_url(shipment, verb) for verb in ("arrive", "hand-out", "return")]

    for stranger in nobody:
        client = client_of(stranger)
        assert client.get(HOME).status_code == 404
        assert client.get(parcel_url(shipment)).status_code == 404
        for url in (*commands, f"{HOME}find/"):
            assert client.post(url, given).status_code == 404
    client = client_of(other)
    assert client.get(parcel_url(shipment)).status_code == 404
    assert shipment.number not in text_of(client, HOME)
    assert "No such parcel here" in find(client, shipment.handover_code)
    for url in commands:
        client.post(url, given)

    assert Shipment.objects.get().status == S.READY_FOR_PICKUP
    assert Client().get(HOME)["Location"].startswith("/en/account/login/")
