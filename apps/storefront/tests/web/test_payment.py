"""The page between our order and the provider's page."""

import pytest
from django.test import Client

from apps.core import clock
from apps.core.services.relay import deliver_all
from apps.orders.models import OrderGroup
from apps.orders.services import lifecycle
from apps.orders.types import GroupStatus
from apps.payments.models import PaymentAttempt
from apps.payments.services.paying import apply_report
from apps.payments.types import AttemptState, PaymentState, ProviderPayment
from apps.storefront.tests.web.trade import add, buy
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
HOSTED = "https://checkout.stripe.example/c/pay/cs_1"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    client = Client()
    client.cookies["currency"] = "UZS"
    client.force_login(world.buyer)
    return client


@pytest.fixture
def group(buyer: Client, world: World) -> OrderGroup:
    add(buyer, world.offers[0])
    return buy(buyer, world)


def _open_hosted_page() -> None:
    PaymentAttempt.objects.update(
        state=AttemptState.REQUIRES_ACTION, redirect_url=HOSTED, session_id="cs_1"
    )


def _report(group: OrderGroup, state: PaymentState, **extra: str) -> None:
    apply_report(
        provider="stripe",
        report=ProviderPayment(
            session_id="cs_1",
            intent_id="pi_1",
            attempt_id=PaymentAttempt.objects.latest("number").id,
            state=state,
            amount=group.total,
            captured=group.total if state == PaymentState.CAPTURED else group.total * 0,
            **extra,
        ),
        now=clock.now(),
    )
    deliver_all()


def test_new_attempt_shows_that_the_page_is_being_opened(buyer: Client, group: OrderGroup) -> None:
    page = buyer.get(f"/en/orders/{group.id}/payment/?start=1").content.decode()

    assert "Opening the payment page…" in page
    assert f'content="2;url=/en/orders/{group.id}/payment/?go=1"' in page


def test_form_answer_never_redirects_to_the_provider_but_the_next_page_does(
    buyer: Client, group: OrderGroup
) -> None:
    _open_hosted_page()

    started = buyer.get(f"/en/orders/{group.id}/payment/?start=1")
    gone = buyer.get(f"/en/orders/{group.id}/payment/?go=1")
    by_htmx = buyer.get(f"/en/orders/{group.id}/payment/?go=1", HTTP_HX_REQUEST="true")

    assert started.status_code == 200
    assert (gone.status_code, gone["Location"]) == (303, HOSTED)
    assert by_htmx["HX-Redirect"] == HOSTED


def test_return_from_the_provider_is_not_believed(buyer: Client, group: OrderGroup) -> None:
    _open_hosted_page()

    page = buyer.get(f"/en/orders/{group.id}/payment/").content.decode()

    assert "We are waiting for the bank’s word" in page
    group.refresh_from_db()
    assert group.status == GroupStatus.AWAITING_PAYMENT


def test_declined_payment_says_so_and_leads_on(buyer: Client, group: OrderGroup) -> None:
    _open_hosted_page()
    _report(group, PaymentState.FAILED, failure_code="card_declined")

    page = buyer.get(f"/en/orders/{group.id}/payment/").content.decode()

    assert "The bank declined the payment" in page
    assert f'href="{HOSTED}"' in page


def test_buyer_who_paid_with_another_card_is_not_told_of_the_declined_one(
    buyer: Client, group: OrderGroup
) -> None:
    _open_hosted_page()
    _report(group, PaymentState.FAILED, failure_code="card_declined")

    page = buyer.get(f"/en/orders/{group.id}/payment/?done=1").content.decode()

    assert "We are waiting for the bank’s word" in page
    assert f'hx-get="/en/orders/{group.id}/payment/?done=1"' in page


def test_captured_payment_leads_to_the_paid_order(buyer: Client, group: OrderGroup) -> None:
    _open_hosted_page()
    _report(group, PaymentState.CAPTURED)

    answer = buyer.get(f"/en/orders/{group.id}/payment/")

    assert answer["Location"] == f"/en/orders/{group.id}/"
    page = buyer.get(f"/en/orders/{group.id}/").content.decode()
    assert "Your money is held by Karvon until you receive the order." in page


def test_failed_attempt_is_started_again(buyer: Client, group: OrderGroup) -> None:
    PaymentAttempt.objects.update(state=AttemptState.FAILED, check_at=None)
    assert "Start again" in buyer.get(f"/en/orders/{group.id}/payment/").content.decode()

    answer = buyer.post(f"/en/orders/{group.id}/pay/")

    assert answer["Location"] == f"/en/orders/{group.id}/payment/?start=1"
    assert list(PaymentAttempt.objects.order_by("number").values_list("state", flat=True)) == [
        "FAILED",
        "CREATED",
    ]


def test_paid_order_is_not_paid_again(buyer: Client, group: OrderGroup) -> None:
    _open_hosted_page()
    _report(group, PaymentState.CAPTURED)

    answer = buyer.post(f"/en/orders/{group.id}/pay/")

    assert answer["Location"] == f"/en/orders/{group.id}/"
    assert PaymentAttempt.objects.count() == 1


def test_expired_order_is_held_and_paid_again(buyer: Client, group: OrderGroup) -> None:
    lifecycle.expire_hold(group_id=group.id, now=group.hold_expires_at)
    html = buyer.get(f"/en/orders/{group.id}/").content.decode()
    assert f'action="/en/orders/{group.id}/pay/"' in html
    assert "Not paid in time" in html
    assert "Waiting for payment" not in html

    buyer.post(f"/en/orders/{group.id}/pay/")

    group.refresh_from_db()
    assert group.status == GroupStatus.AWAITING_PAYMENT


@pytest.mark.parametrize("path", ["payment/", "pay/"])
def test_strangers_find_no_payment(group: OrderGroup, client: Client, path: str) -> None:
    url = f"/en/orders/{group.id}/{path}"

    answer = client.get(url) if path == "payment/" else client.post(url)

    assert answer.status_code == 404
    assert PaymentAttempt.objects.count() == 1
