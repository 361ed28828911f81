"""Goodwill refunds by staff: their limit, before and after the release, and who bears them."""

from typing import Any

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.orders.models import Order
from apps.orders.services import refunding, settling
from apps.orders.tests.services.fulfilling import delivered_order, owner, paid_order
from apps.orders.tests.services.world import now
from apps.payments.models import Refund, Reversal
from apps.payments.selectors import escrow_balance, seller_balances
from apps.payments.services import refund_sending
from apps.payments.types import RefundState
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
SUPPORT = Viewer(
    user_id=None, label="Support", is_staff=True, permissions=frozenset({"orders.refund_order"})
)
CHIEF = Viewer(
    user_id=None,
    label="Chief",
    is_staff=True,
    permissions=frozenset({"orders.refund_order", "orders.refund_any_amount"}),
)


@pytest.fixture
def world() -> World:
    return make_world()


def uzs(major: str) -> Money:
    return Money.from_major(major, "UZS")


def refund(order: Order, amount: str, actor: Viewer = SUPPORT, **given: Any) -> Refund:
    return refunding.refund_goodwill(
        order_id=order.id,
        amount=uzs(amount),
        key=given.pop("key", amount),
        actor=actor,
        now=now(),
        why="Scratched lid",
    )


def released_order(world: World) -> Order:
    """Two lamps of 100,000 and a delivery of 25,000, received: 180,000 are the seller's."""
    order = delivered_order(world, quantity=2)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    return order


def test_refund_before_the_release_leaves_escrow_and_lowers_the_sellers_part(world: World) -> None:
    order = delivered_order(world, quantity=2)

    refund(order, "40000")
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    assert escrow_balance(order.id, "UZS") == uzs("0")
    (balance,) = seller_balances(order.seller_id)
    assert balance.pending == uzs("144000")
    assert violations() == []


def test_refund_after_the_release_takes_its_share_of_the_commission_back(world: World) -> None:
    """40,000 of 200,000: a fifth of the commission of 20,000 and of the seller's 180,000."""
    order = released_order(world)

    refund(order, "40000")

    taken = Reversal.objects.get().split
    assert taken.commission + taken.commission_vat == uzs("4000")
    assert taken.seller == taken.payout == uzs("36000")
    assert taken.delivery == uzs("0")
    assert refunding.refundable(order) == uzs("185000")
    assert violations() == []


def test_whole_order_can_be_given_back_after_the_release_and_no_more(world: World) -> None:
    order = released_order(world)

    refund(order, "40000", CHIEF)
    refund(order, "185000", CHIEF)
    with pytest.raises(refunding.RefundTooMuch, match="can still be given back"):
        refund(order, "1", CHIEF)

    (balance,) = seller_balances(order.seller_id)
    assert (balance.pending, balance.available, balance.owed) == (uzs("0"), uzs("0"), uzs("0"))
    assert refunding.refundable(order) == uzs("0")
    assert violations() == []


def test_refund_that_failed_goes_out_of_escrow_again_and_the_rest_from_the_seller(
    world: World,
) -> None:
    order = released_order(world)
    failed = refund(order, "40000")
    refund_sending.settle_refund(
        refund_id=failed.id, state=RefundState.FAILED, failure_code="expired", now=now()
    )

    refund(order, "60000", key="again")

    assert escrow_balance(order.id, "UZS") == uzs("0")
    assert Reversal.objects.order_by("id").last().split.total == uzs("20000")
    assert violations() == []


def test_one_refund_is_given_once_for_one_key(world: World) -> None:
    order = released_order(world)

    assert refund(order, "40000") == refund(order, "40000")

    assert Refund.objects.count() == 1
    assert AuditEntry.objects.filter(action="payments.refund").count() == 1
    assert AuditEntry.objects.get(action="orders.refund").reason == "Scratched lid"


def test_limit_counts_all_goodwill_of_an_order_together(world: World, settings: Any) -> None:
    settings.STAFF_REFUND_LIMITS_MINOR = {"UZS": 50_000_00}
    order = delivered_order(world, quantity=2)
    refund(order, "30000")

    with pytest.raises(refunding.RefundOverLimit, match=r"50[^0-9]*000"):
        refund(order, "20001")

    assert Refund.objects.count() == 1
    refund(order, "20000")
    refund(order, "20001", CHIEF)
    assert escrow_balance(order.id, "UZS") == uzs("154999")


def test_currency_without_a_limit_is_for_those_who_may_give_any_amount(
    world: World, settings: Any
) -> None:
    settings.STAFF_REFUND_LIMITS_MINOR = {}
    order = delivered_order(world)

    with pytest.raises(refunding.RefundOverLimit):
        refund(order, "1")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_refund_of_nothing_is_refused(world: World, amount: str) -> None:
    order = delivered_order(world)

    with pytest.raises(refunding.RefundNotPositive):
        refund(order, amount)


def test_refund_in_another_currency_is_refused(world: World) -> None:
    order = delivered_order(world)

    with pytest.raises(refunding.RefundNotPositive):
        refunding.refund_goodwill(
            order_id=order.id,
            amount=Money(100, "USD"),
            key="x",
            actor=CHIEF,
            now=now(),
            why="Wrong",
        )


def test_more_than_was_paid_is_refused_before_the_release(world: World) -> None:
    order = paid_order(world)

    with pytest.raises(refunding.RefundTooMuch):
        refund(order, "125000.01", CHIEF)

    assert not Refund.objects.exists()


def test_only_those_who_may_refund_do(world: World) -> None:
    order = released_order(world)
    helper = Viewer(user_id=None, label="Helper", is_staff=True)
    stranger = world.viewer(make_user("stranger@people.example"))

    for actor in (helper, stranger, world.viewer(), owner()):
        with pytest.raises(NotFound):
            refund(order, "1", actor)

    assert not Refund.objects.exists()
