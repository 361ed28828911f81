"""docs/money.md: each example of another address is bought, moved, delivered and released."""

from pathlib import Path

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.orders.services import settling
from apps.orders.tests.services.fulfilling import arrive, confirmed_order, ship
from apps.orders.tests.services.moving import delivery_costs, move, surcharge_captured
from apps.orders.tests.services.world import now
from apps.payments.models import Payment, Refund, Settlement
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[3] / "docs/money.md").read_text(encoding="utf-8")
TABLE = PAGE[PAGE.index("\n| # | Change |") :].split("\n\n")[0].strip().splitlines()[2:]
ROWS = {
    cells[0]: cells[2:]
    for cells in ([c.strip() for c in row.strip("|").split("|")] for row in TABLE)
}


@pytest.mark.parametrize("number", ROWS)
def test_another_address_as_the_page_says(number: str) -> None:
    here, there, pays, back, released, delivery, vat, seller = (
        Money.from_major(cell.replace(",", ""), "UZS").minor for cell in ROWS[number]
    )
    world = make_world()
    order = confirmed_order(world)
    delivery_costs(here, zone="uz-toshkent")
    delivery_costs(there)

    made = move(order, world.viewer())
    if pays:
        surcharge_captured(made)
    arrive(ship(order))
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    settled = Settlement.objects.get(reference_id=order.id)
    paid = Payment.objects.filter(reference_type="address_change")
    assert sum(paid.values_list("amount_minor", flat=True)) == pays
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == back
    assert settled.parts[0].minor + settled.parts[1].minor == 10_000_00
    assert (settled.delivery_minor, settled.delivery_vat_minor) == (delivery, vat)
    assert (settled.seller_minor, sum(part.minor for part in settled.parts)) == (seller, released)
    assert violations() == []
