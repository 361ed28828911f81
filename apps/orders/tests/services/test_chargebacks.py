"""Chargebacks of orders: what waits, what is refused in words, what goes on, who hears of it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.logistics.services.shipping import report_lost
from apps.notifications.models import Delivery
from apps.notifications.services import render_email
from apps.orders.models import Order, OrderLine
from apps.orders.selectors_chargebacks import (
    evidence_of,
    order_chargebacks,
    parcels_of_chargeback,
    seller_chargebacks,
)
from apps.orders.selectors_money import order_money
from apps.orders.services import cancelling, chargebacks, fulfilment, inspecting, settling
from apps.orders.services.arbitrating import decide_dispute
from apps.orders.services.refunding import refund_goodwill
from apps.orders.tests.cases.test_disputing import arbiter
from apps.orders.tests.cases.world import arrived, dispute
from apps.orders.tests.charged_back import give_up, keep, payment_of, take
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    delivered_order,
    fresh,
    member,
    owner,
    paid_order,
    paid_orders,
    quantities,
    refuse,
    ship,
)
from apps.orders.tests.services.world import now, units
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.models import Chargeback, Refund, Settlement
from apps.payments.selectors import escrow_balance, seller_balances
from apps.payments.services.refunds import RefundUnderChargeback
from apps.payments.services.releasing import EscrowChargedBack, EscrowFrozen
from apps.payments.tests.chargebacks import (
    FRAUD,
    S,
    apply,
    claims,
    marketplace_losses,
    own,
    told_of,
)
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
PAID = 125_000_00


@pytest.fixture
def world() -> World:
    return make_world()


def held(order: Order) -> int:
    return escrow_balance(order.id, order.currency).minor


# What waits while the bank decides


def test_money_of_a_frozen_order_goes_to_nobody(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)
    take(order)
    judge = arbiter()

    with pytest.raises(RefundUnderChargeback):
        refund_goodwill(
            order_id=order.id, amount=Money(1_00, "UZS"), key="g", actor=SYSTEM, now=now(), why="X"
        )
    for refund in (0, 50_000_00):
        with pytest.raises(EscrowFrozen):
            decide_dispute(
                dispute_id=case.id,
                refund=Money(refund, "UZS"),
                text="So.",
                actor=judge,
                now=now(),
            )

    assert (held(order), Refund.objects.count()) == (PAID, 0)
    assert violations() == []


def test_receipt_cannot_be_confirmed_and_the_clock_waits_until_it_is_won(world: World) -> None:
    order = delivered_order(world)
    take(order)
    due = order.release_due_at
    assert due is not None

    with pytest.raises(EscrowChargedBack) as refusal:
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    assert "bank is taking this payment back" in str(refusal.value)
    assert settling.release_due(now=due + timedelta(days=1)) == 0

    give_up(order)
    assert settling.release_due(now=due + timedelta(days=1)) == 1
    assert Settlement.objects.get().payout_minor == 90_000_00
    assert violations() == []


def test_cancelling_is_refused_in_words_until_the_bank_has_decided(world: World) -> None:
    order = paid_order(world)
    take(order)

    with pytest.raises(RefundUnderChargeback):
        cancelling.cancel_order(
            order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
        )
    assert (fresh(order).status, units(world)) == (OrderStatus.PAID, (9, 0))

    give_up(order)
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )
    assert fresh(order).status == OrderStatus.CANCELLED
    assert Refund.objects.get().amount_minor == PAID
    assert violations() == []


def test_clocks_that_would_refund_go_on_when_it_is_over(world: World) -> None:
    late = paid_order(world)
    sent_back = arrived(world, delivered_order(world, offers=(1,)))
    for order in (late, sent_back.order):
        take(order)
    then = now() + timedelta(days=30)

    assert cancelling.cancel_late(now=then) == 0
    assert inspecting.move_due_returns(now=then) == 0
    for order in (late, sent_back.order):
        give_up(order)

    assert cancelling.cancel_late(now=then) == 1
    assert inspecting.move_due_returns(now=then) == 1
    assert violations() == []


@pytest.mark.parametrize("end", ["lost", "refused"])
def test_parcel_that_does_not_arrive_meanwhile_is_taken_back_at_the_end(
    world: World, end: str
) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    take(order)

    if end == "lost":
        report_lost(shipment_id=shipment.id, actor=SYSTEM, now=now(), reason="The van burnt.")
        deliver_all()
    else:
        refuse(shipment)
    assert (fresh(order).status, Refund.objects.count()) == (OrderStatus.SHIPPED, 0)
    assert quantities(order) == [(1, 0, 0, 0)]

    give_up(order)

    assert quantities(order) == [(1, 0, 0, 1)]
    assert Refund.objects.get().amount_minor == PAID
    assert violations() == []


def test_parcel_that_a_carrier_lost_meanwhile_is_not_its_seller_s_loss(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    take(order)
    report_lost(shipment_id=shipment.id, actor=SYSTEM, now=now(), reason="The van burnt.")
    deliver_all()

    keep(order)

    assert quantities(order) == [(1, 0, 0, 1)]
    assert seller_balances(order.seller_id)[0].pending.minor == 90_000_00
    assert (held(order), claims(), marketplace_losses()[1]) == (0, 0, 0)
    assert own("CARRIER_LOSS") == -90_000_00
    assert violations() == []


def test_parcel_that_came_back_after_the_bank_kept_the_money_refunds_nobody(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    keep(order)

    refuse(shipment)

    assert quantities(order) == [(1, 0, 0, 1)]
    assert Refund.objects.get().chargeback is not None
    assert (held(order), claims()) == (0, 0)
    assert violations() == []


def test_order_that_is_cancelled_after_a_loss_for_fraud_makes_the_loss_good(world: World) -> None:
    order = paid_order(world)
    keep(order, reason=FRAUD)

    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.OUT_OF_STOCK, actor=owner(), now=now()
    )

    assert fresh(order).status == OrderStatus.CANCELLED
    assert (held(order), marketplace_losses()[1]) == (0, 0)
    assert Refund.objects.get().state == "SUCCEEDED"
    assert violations() == []


def test_unsent_order_whose_money_the_bank_kept_can_be_cancelled(world: World) -> None:
    order = paid_order(world)
    keep(order)

    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.OUT_OF_STOCK, actor=owner(), now=now()
    )

    assert (fresh(order).status, Refund.objects.count()) == (OrderStatus.CANCELLED, 1)
    assert violations() == []


# Who bears it


def test_each_order_of_a_purchase_bears_its_part(world: World) -> None:
    first, second = paid_orders(world, offers=(0, 2))
    paid = payment_of(first)
    parts = dict(paid.allocations.values_list("reference_id", "amount_minor"))
    assert set(parts) == {first.id, second.id}

    row = keep(first)

    assert row.settled_at is not None
    assert dict(Refund.objects.values_list("allocation__reference_id", "amount_minor")) == parts
    assert (held(first), held(second), claims()) == (0, 0, 0)
    assert violations() == []


def test_seller_of_another_currency_gives_its_payout_back(world: World) -> None:
    order = delivered_order_of_second(world)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    before = seller_balances(order.seller_id)[0]
    assert before.currency == "RUB"

    keep(order)

    assert seller_balances(order.seller_id)[0].pending.minor == 0
    assert claims() == 0
    assert violations() == []


def delivered_order_of_second(world: World) -> Order:
    order = paid_order(world, offers=(2,))
    fulfilment.confirm_order(order_id=order.id, actor=owner(2), now=now())
    arrive(ship(order, actor=owner(2)))
    return fresh(order)


def test_loss_told_twice_is_borne_once(world: World) -> None:
    order = delivered_order(world)
    row = keep(order)

    for _time in range(2):
        chargebacks.bear(chargeback_id=row.id, now=now())
    keep(order)

    assert (Refund.objects.count(), claims()) == (1, 0)
    assert violations() == []


def test_order_whose_money_went_meanwhile_bears_what_is_left(world: World) -> None:
    """A refund that failed and one that the bank took in: the order bears no more than it has."""
    order = delivered_order(world)
    refund_goodwill(
        order_id=order.id,
        amount=Money(100_000_00, "UZS"),
        key="g",
        actor=SYSTEM,
        now=now(),
        why="X",
    )

    keep(order)

    assert (held(order), marketplace_losses()[1], claims()) == (0, 100_000_00, 0)
    assert violations() == []


# Who hears of it


def letters(kind: str) -> list[str]:
    rows = Delivery.objects.filter(kind=kind).order_by("address")
    return list(rows.values_list("address", flat=True))


def body(kind: str) -> str:
    letter = Delivery.objects.filter(kind=kind)[0]
    message = render_email(letter.kind, letter.language, letter.context)
    return f"{message.subject}\n{message.body}"


def test_those_who_see_the_money_are_told_once_at_the_beginning_and_at_the_end(
    world: World,
) -> None:
    member(world, "STOCK")
    member(world, "FINANCE")
    order = delivered_order(world)
    told = ["finance0@sellers.example", "owner1@sellers.example"]

    for _time in range(3):
        take(order)
    assert (letters("seller_chargeback"), letters("seller_chargeback_ended")) == (told, [])
    assert "125,000" in body("seller_chargeback")
    assert "The goods did not arrive" in body("seller_chargeback")
    assert "is taken from the order or from your balance" in body("seller_chargeback")

    for _time in range(3):
        give_up(order)
    assert (letters("seller_chargeback"), letters("seller_chargeback_ended")) == (told, told)
    assert "decided for you" in body("seller_chargeback_ended")


@pytest.mark.parametrize(
    ("reason", "begins", "ends"),
    [
        (FRAUD, "If it keeps the money, we bear it", "We bear it"),
        ("duplicate", "We answer for you", "was taken from the order"),
    ],
)
def test_letters_say_who_bears_it(world: World, reason: str, begins: str, ends: str) -> None:
    keep(delivered_order(world), reason=reason)

    assert begins in body("seller_chargeback")
    assert ends in body("seller_chargeback_ended")


def test_audit_of_the_order_tells_each_step(world: World) -> None:
    order = delivered_order(world)
    keep(order)

    actions = AuditEntry.objects.filter(target_type="order", target_id=str(order.id))
    found = list(actions.filter(action__contains="chargeback").values_list("action", flat=True))
    assert sorted(found) == [
        "orders.chargeback_lost",
        "orders.chargeback_opened",
        "payments.chargeback_borne",
    ]


def test_money_of_the_order_shows_it_and_its_entries(world: World) -> None:
    order = delivered_order(world)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    keep(order, Money(100_000_00, "UZS"))

    found = order_money(order.id)

    (one,) = found.chargebacks
    assert (one.part.minor, one.is_open, one.is_sellers) == (100_000_00, False, True)
    kinds = [row.entry.kind for row in found.entries]
    assert kinds == ["CAPTURE", "RELEASE", "CHARGEBACK", "CHARGEBACK_LOST"]


def test_sellers_read_their_own_chargebacks_open_ones_first(world: World) -> None:
    ended, begun = delivered_order(world), delivered_order(world, offers=(1,))
    give_up(ended)
    take(begun)

    found = seller_chargebacks(owner(), begun.seller_id)

    assert [(one.order, one.is_open) for one in found] == [(begun, True), (ended, False)]
    assert [one.chargeback for one in order_chargebacks(begun)] == [
        Chargeback.objects.get(settled_at=None)
    ]


def test_inquiry_tells_nobody(world: World) -> None:
    order = delivered_order(world)

    take(order, withdrawn=None)

    assert letters("seller_chargeback") == []
    assert order_chargebacks(order) == []


def test_evidence_holds_what_is_known_of_the_chosen_parcels(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    line = OrderLine.objects.get(order=order)
    first, second = (ship(order, {line.id: 1}) for _unit in range(2))
    arrive(first)
    row = take(order)

    parcels = parcels_of_chargeback(row)
    evidence = evidence_of("Handed over.", parcels)

    assert [(one.number, one.delivered_at is None) for one in parcels] == [
        (first.number, False),
        (second.number, True),
    ]
    assert evidence.tracking_number == f"{first.number}, {second.number}"
    assert evidence.delivered_on == f"{localdate(now())}"
    assert (evidence.text, evidence_of("X", []).tracking_number) == ("Handed over.", "")


def test_report_that_comes_back_to_life_is_not_told_again(world: World) -> None:
    order = delivered_order(world)
    give_up(order)

    apply(told_of(payment_of(order), state=S.UNDER_REVIEW), now())
    deliver_all()

    assert len(letters("seller_chargeback")) == 1
    assert Chargeback.objects.get().state == S.WON
