"""docs/money.md: what a lost parcel costs, and whom; told twice it is paid once."""

from pathlib import Path

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.logistics.models import Shipment
from apps.logistics.services.shipping import report_lost
from apps.orders.models import Order, OrderLine
from apps.orders.selectors_statement import statement, statement_entry
from apps.orders.services import cancelling, settling
from apps.orders.services.refunding import refund_goodwill
from apps.orders.tests.services.fulfilling import arrive, confirmed_order, fresh, owner, ship
from apps.orders.tests.services.world import now
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.models import LedgerAccount, Refund, Settlement
from apps.payments.selectors import seller_balances
from apps.payments.services import ledger
from apps.payments.services.releasing import make_due_available
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[3] / "docs/money.md").read_text(encoding="utf-8")
TABLE = PAGE[PAGE.index("\n| # | Lost |") :].split("\n\n")[0].strip().splitlines()[2:]
ROWS = {
    cells[0]: cells[2:]
    for cells in ([c.strip() for c in row.strip("|").split("|")] for row in TABLE)
}


@pytest.fixture
def world() -> World:
    return make_world()


def lose(shipment: Shipment) -> None:
    report_lost(shipment_id=shipment.id, actor=SYSTEM, now=now(), reason="The van burnt.")
    deliver_all()


def booked(kind: LedgerAccount.Kind, currency: str = "UZS") -> int:
    return ledger.balance(ledger.own(kind), currency).minor


@pytest.mark.parametrize("number", ROWS)
def test_loss_as_the_page_says(world: World, number: str) -> None:
    units, lost = (int(cell) for cell in ROWS[number][:2])
    goodwill, back, loss, seller, marketplace = (
        Money.from_major(cell.replace(",", ""), "UZS") for cell in ROWS[number][2:]
    )
    order = confirmed_order(world, quantity=units)
    if goodwill:
        refund_goodwill(
            order_id=order.id, amount=goodwill, key="g", actor=SYSTEM, now=now(), why="Late"
        )
    line = OrderLine.objects.get(order=order)
    parcels = [ship(order, {line.id: 1}) for _unit in range(units)]

    for parcel in parcels[:lost]:
        lose(parcel)
    for parcel in parcels[lost:]:
        arrive(parcel)
    if fresh(order).status == OrderStatus.DELIVERED:
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    kinds = LedgerAccount.Kind
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == back.minor
    assert booked(kinds.CARRIER_LOSS) == -loss.minor
    assert seller_balances(order.seller_id)[0].pending == seller
    earned = sum(booked(kind) for kind in (kinds.COMMISSION, kinds.DELIVERY, kinds.VAT_PAYABLE))
    assert earned == marketplace.minor
    assert violations() == []


def test_loss_that_is_told_twice_is_paid_once_and_becomes_available(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    lose(shipment)

    cancelling.take_back(
        order_id=order.id,
        shipment_id=shipment.id,
        reason=CancelReason.LOST,
        actor=SYSTEM,
        now=now(),
    )
    made = Settlement.objects.get()
    make_due_available(now=made.available_at)

    (balance,) = seller_balances(order.seller_id)
    assert (balance.pending.minor, balance.available.minor) == (0, 90_000_00)
    assert violations() == []


def test_seller_of_another_currency_gets_its_own_price_less_the_commission(world: World) -> None:
    order = confirmed_order_of(world, 2)
    own = OrderLine.objects.get(order=order)
    lose(ship(order, actor=owner(2)))

    made = Settlement.objects.get()
    assert made.payout_currency == own.offer_currency
    assert made.payout_minor == own.offer_unit_minor * 9 // 10
    assert booked(LedgerAccount.Kind.CARRIER_LOSS) == -made.seller_minor
    assert violations() == []


def confirmed_order_of(world: World, offer: int) -> Order:
    from apps.orders.services import fulfilment
    from apps.orders.tests.services.fulfilling import paid_order

    order = paid_order(world, offers=(offer,))
    return fulfilment.confirm_order(order_id=order.id, actor=owner(2), now=now())


def test_seller_reads_the_loss_in_its_statement(world: World) -> None:
    order = confirmed_order(world)
    lose(ship(order))

    (row,) = statement(owner(), order.seller_id).rows
    again, entries = statement_entry(owner(), order.seller_id, row.settlement.id)

    assert (row.order, row.is_loss, again.is_loss) == (order, True, True)
    assert [entry.kind for entry in entries] == ["LOSS"]
