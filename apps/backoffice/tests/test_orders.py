"""What staff do to paid orders: with a reason, by the right people, and both sides are told."""

import pytest
from django.urls import reverse

from apps.backoffice.tests.test_actions import REASON, confirm, do, entry_of
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.core.invariants import violations
from apps.core.services.relay import deliver_all
from apps.notifications.models import Delivery
from apps.orders.tests.services.fulfilling import delivered_order, fresh, paid_order
from apps.payments.models import Refund, Settlement
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db


def actions_on(client: object, order: object) -> list[str]:
    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))  # type: ignore[attr-defined]
    assert page.status_code == 200
    return [act.name for act in page.context["reasoned_actions"]]


def test_paid_order_cancelled_by_staff_goes_back_whole() -> None:
    order, client = paid_order(make_world()), superuser_client()
    assert "cancel" in actions_on(client, order)

    confirm(client, "orders_order", "cancel", order)
    deliver_all()

    order = fresh(order)
    assert (order.status, order.cancel_reason) == ("CANCELLED", "BY_STAFF")
    assert Refund.objects.get().amount_minor == order.total_minor
    entry = entry_of("orders.cancel")
    assert (entry.actor_label, entry.target_id, entry.reason) == ("Root", str(order.pk), REASON)
    assert Delivery.objects.filter(kind="order_cancelled").count() == 1
    assert "cancel" not in actions_on(client, order)
    assert violations() == []


def test_delivered_order_released_by_staff_pays_the_seller() -> None:
    order, client = delivered_order(make_world()), superuser_client()
    assert "release" in actions_on(client, order)

    confirm(client, "orders_order", "release", order)

    assert Settlement.objects.get().reference_id == order.pk
    assert entry_of("orders.release").reason == REASON
    assert "release" not in actions_on(client, order)
    assert violations() == []


def test_staff_without_the_right_do_neither() -> None:
    world = make_world()
    paid, delivered = paid_order(world), delivered_order(world)
    client = client_of(staff("support@staff.example", "orders.view_order"))

    confirm(client, "orders_order", "cancel", paid)
    confirm(client, "orders_order", "release", delivered)

    assert fresh(paid).status == "PAID"
    assert fresh(delivered).released_at is None
    assert actions_on(client, paid) == []


def test_part_of_the_money_goes_back_once_however_often_the_form_is_sent() -> None:
    order, client = delivered_order(make_world()), superuser_client()
    assert "refund" in actions_on(client, order)
    asked = do(client, "orders_order", "refund", order)
    assert "125" in asked.content.decode()
    key = str(asked.context["form"]["key"].value())

    for _time in range(2):
        confirm(client, "orders_order", "refund", order, amount="40000", key=key)

    assert Refund.objects.get().amount_minor == 40_000_00
    assert entry_of("payments.refund").target_id == str(Refund.objects.get().payment_id)
    assert violations() == []


@pytest.mark.parametrize("amount", ["0", "-1", "x", "40000.001", "125000.01", "1e30"])
def test_sum_that_cannot_go_back_is_explained_and_nothing_is_refunded(amount: str) -> None:
    order, client = delivered_order(make_world()), superuser_client()

    confirm(client, "orders_order", "refund", order, amount=amount, key=str(order.pk))

    assert not Refund.objects.exists()


def test_support_gives_back_up_to_its_limit_and_no_more() -> None:
    order = delivered_order(make_world(), quantity=8)
    client = client_of(staff("support@staff.example", "orders.view_order", "orders.refund_order"))

    confirm(client, "orders_order", "refund", order, amount="500000.01", key=str(order.pk))
    assert not Refund.objects.exists()
    confirm(client, "orders_order", "refund", order, amount="500000", key=str(order.pk))
    assert Refund.objects.get().amount_minor == 500_000_00


def test_refund_is_asked_for_one_order_at_a_time() -> None:
    world = make_world()
    first, second = delivered_order(world), delivered_order(world)
    client = superuser_client()

    answer = client.post(
        reverse("admin:orders_order_changelist"),
        {
            "action": "refund",
            "_selected_action": [str(first.pk), str(second.pk)],
            "confirmed": "1",
            "reason": REASON,
            "amount": "10",
            "key": str(first.pk),
        },
        follow=True,
    )

    assert "Choose one row." in answer.content.decode()
    assert not Refund.objects.exists()


def test_money_page_lists_what_was_taken_back_after_the_release() -> None:
    order, client = delivered_order(make_world()), superuser_client()
    confirm(client, "orders_order", "release", order)
    confirm(client, "orders_order", "refund", order, amount="40000", key=str(order.pk))

    page = client.get(reverse("admin:orders_order_money", args=[order.pk]))

    found = page.context["found"]
    assert [row.entry.kind for row in found.entries] == ["CAPTURE", "RELEASE", "REFUND_REQUEST"]
    assert found.own_total.minor == 0
    taken = found.settlement.left.total
    assert taken.minor == order.total_minor - 40_000_00
