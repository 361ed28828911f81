"""A buyer's returns and disputes on the page: asked, followed, refused; pictures are private."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from apps.backoffice.tests.world import client_of
from apps.orders.models import CasePhoto, Dispute, Order, Return
from apps.orders.tests.cases.world import accept, approve, arrived, ask, dispute, line_of
from apps.orders.tests.services.fulfilling import delivered_order, fresh, owner
from apps.orders.types_returns import DisputeState, ReturnState
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    assert world.buyer is not None
    return client_of(world.buyer)


def picture(name: str = "a.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def form_of(order: Order, units: int = 1, **extra: Any) -> dict[str, Any]:
    return {
        "key": "form-1",
        f"units-{line_of(order).id}": units,
        "reason": "FAULTY",
        "note": "It does not switch on.",
    } | extra


def address_of(order: Order, page: str = "return") -> str:
    return f"/en/orders/{order.group_id}/{order.id}/{page}/"


def test_buyer_asks_with_pictures_and_sees_what_comes_next(world: World, buyer: Client) -> None:
    order = delivered_order(world)

    page = buyer.get(address_of(order)).content.decode()
    assert "UZS" in page
    answer = buyer.post(address_of(order), form_of(order, photos=[picture(), picture("b.png")]))

    case = Return.objects.get()
    assert answer["Location"] == f"/en/returns/{case.id}/"
    assert CasePhoto.objects.count() == 2
    shown = buyer.get(answer["Location"]).content.decode()
    assert "Silence counts as a yes." in shown
    assert f"/en/evidence/{CasePhoto.objects.first().id}/" in shown  # type: ignore[union-attr]  # there are two


def test_form_sent_twice_asks_once(world: World, buyer: Client) -> None:
    order = delivered_order(world, quantity=2)
    for _ in range(2):
        buyer.post(address_of(order), form_of(order))

    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": ""}, "the seller reads it"),
        ({"photos": [picture(f"{i}.png") for i in range(6)]}, "At most 5 pictures"),
        ({"photos": [SimpleUploadedFile("a.png", b"<svg/>")]}, "not a picture we can use"),
    ],
)
def test_form_with_a_fault_says_which(
    world: World, buyer: Client, changed: dict[str, Any], message: str
) -> None:
    order = delivered_order(world)

    answer = buyer.post(address_of(order), form_of(order) | changed)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert Return.objects.count() == 0


def test_order_page_leads_to_the_return_and_says_that_the_money_waits(
    world: World, buyer: Client
) -> None:
    order = delivered_order(world)
    page = f"/en/orders/{order.group_id}/"
    assert address_of(order) in buyer.get(page).content.decode()

    case = ask(world, order)

    shown = buyer.get(page).content.decode()
    assert address_of(order) not in shown
    assert f"/en/returns/{case.id}/" in shown
    assert "The money waits" in shown
    assert "Confirm receipt" not in shown


def test_buyer_sends_it_with_the_label(world: World, buyer: Client) -> None:
    case = approve(ask(world, delivered_order(world)))

    label = buyer.get(f"/en/returns/{case.id}/label/").content.decode()
    assert (case.number in label, case.code in label) == (True, True)
    assert ", Uzbekistan</p>" in label
    assert ", Uzbekistan</p>" in buyer.get(f"/en/returns/{case.id}/").content.decode()
    buyer.post(f"/en/returns/{case.id}/sent/", {"carrier": "Post", "tracking_number": "RR1"})

    case.refresh_from_db()
    assert (case.state, case.tracking_number) == (ReturnState.IN_TRANSIT, "RR1")


def test_buyer_withdraws(world: World, buyer: Client) -> None:
    case = ask(world, delivered_order(world))

    buyer.post(f"/en/returns/{case.id}/cancel/")

    case.refresh_from_db()
    assert case.state == ReturnState.CANCELLED


def test_pictures_are_for_the_two_sides_and_staff(world: World, buyer: Client) -> None:
    order = delivered_order(world)
    buyer.post(address_of(order), form_of(order, photos=[picture()]))
    url = f"/en/evidence/{CasePhoto.objects.get().id}/"

    for person in (buyer, client_of(_seller(1))):
        answer = person.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "private, no-store"
    for stranger in (Client(), client_of(make_user("o@people.example")), client_of(_seller(2))):
        assert stranger.get(url).status_code == 404


def _seller(number: int) -> Any:
    from apps.accounts.models import User

    return User.objects.get(id=owner(number).user_id)


def test_strangers_find_nothing(world: World) -> None:
    order = delivered_order(world)
    case = ask(world, order)
    stranger = client_of(make_user("other@people.example"))

    for url in (address_of(order), f"/en/returns/{case.id}/", address_of(order, "dispute")):
        assert stranger.get(url).status_code == 404


def test_refused_return_leads_to_a_dispute(world: World, buyer: Client) -> None:
    order = delivered_order(world)
    case = accept(arrived(world, order), 0, why="An empty box came.")
    page = buyer.get(f"/en/returns/{case.id}/").content.decode()
    assert "An empty box came." in page

    url = f"{address_of(order, 'dispute')}?return={case.id}"
    assert url in page
    answer = buyer.post(url, {"key": "d1", "wanted": "100000", "text": "It was in the box."})

    found = Dispute.objects.get()
    assert answer["Location"] == f"/en/disputes/{found.id}/"
    assert found.return_case == case
    assert "It was in the box." in buyer.get(answer["Location"]).content.decode()


def test_dispute_is_a_conversation(world: World, buyer: Client) -> None:
    case = dispute(world, delivered_order(world))
    url = f"/en/disputes/{case.id}/"

    buyer.post(f"{url}say/", {"key": "m1", "text": "Look.", "photos": [picture()]})
    assert buyer.post(f"{url}say/", {"key": "m2", "text": ""}).status_code == 422
    assert "Look." in buyer.get(url).content.decode()
    buyer.post(f"{url}withdraw/")

    case.refresh_from_db()
    assert case.state == DisputeState.WITHDRAWN
    assert "Say something" not in buyer.get(url).content.decode()


def test_list_takes_the_same_queries_for_one_and_for_three(
    world: World, buyer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(world, delivered_order(world))
    buyer.get("/en/returns/")
    with django_assert_num_queries(QUERIES):
        buyer.get("/en/returns/")
    for _ in range(2):
        ask(world, delivered_order(world))
    with django_assert_num_queries(QUERIES):
        buyer.get("/en/returns/")


QUERIES = 5


def test_nothing_to_return_says_so(world: World, buyer: Client) -> None:
    order = delivered_order(world)
    ask(world, order)

    assert "Nothing to send back" in buyer.get(address_of(order)).content.decode()
    assert (
        "No returns"
        in client_of(make_user("n@people.example")).get("/en/returns/").content.decode()
    )
    assert fresh(order).released_at is None
