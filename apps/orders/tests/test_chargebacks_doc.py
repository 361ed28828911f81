"""docs/money.md: who bears a chargeback, before and after the release, whatever was refunded."""

from pathlib import Path

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.orders.services import settling
from apps.orders.services.refunding import refund_goodwill
from apps.orders.tests.charged_back import give_up, keep, take
from apps.orders.tests.services.fulfilling import delivered_order, fresh
from apps.orders.tests.services.world import now
from apps.payments.models import Posting, Settlement
from apps.payments.selectors import escrow_balance, seller_balances
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.chargebacks import FEE, claims, marketplace_losses, own
from apps.payments.tests.releases import spend
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[3] / "docs/money.md").read_text(encoding="utf-8")
PART = PAGE[PAGE.index("\n## Chargebacks") :].split("\n## ")[1]


def table(header: str) -> list[list[str]]:
    rows = PART[PART.index(f"\n| {header} |") :].split("\n\n")[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


ROWS = {number: rest for number, *rest in table("# | Case")}


def money(cell: str) -> Money:
    return Money.from_major(cell.replace(",", "").replace("−", "-"), "UZS")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("number", ROWS)
def test_chargeback_as_the_page_says(world: World, number: str) -> None:
    _case, reason, taken, refunded, where, paid_out, bank, *promised = ROWS[number]
    order = delivered_order(world, quantity=2)
    if money(refunded):
        refund_goodwill(
            order_id=order.id, amount=money(refunded), key="g", actor=SYSTEM, now=now(), why="Late"
        )
    if where != "in escrow":
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    if where == "available":
        make_due_available(now=Settlement.objects.get().available_at)
    spend(order.seller_id, money(paid_out))

    outcome = {"gives it back": give_up, "keeps it": keep}[bank]
    take(order, money(taken), reason=reason)
    row = outcome(order, money(taken), reason=reason)
    assert row.settled_at is not None
    if where == "in escrow":
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())

    balances = [*seller_balances(order.seller_id)]
    has = sum(one.pending.minor + one.available.minor for one in balances)
    owed = sum(one.owed.minor for one in balances)
    earned = sum(own(kind) for kind in ("COMMISSION", "DELIVERY", "VAT_PAYABLE"))
    fee, loss = marketplace_losses()
    assert [has, owed, earned, loss] == [money(cell).minor for cell in promised]
    assert (fee, claims()) == (FEE.minor, 0)
    assert escrow_balance(order.id, "UZS").minor == 0
    assert fresh(order).released_at is not None
    if not money(paid_out):
        assert violations() == []


def test_page_has_its_cases() -> None:
    assert len(ROWS) == 10


def test_booked_case_stands_as_the_page_says(world: World) -> None:
    _case, reason, taken, *_rest = ROWS["c"]
    order = delivered_order(world, quantity=2)

    take(order, money(taken), reason=reason)
    keep(order, money(taken), reason=reason)

    found = Posting.objects.filter(entry__kind__startswith="CHARGEBACK").order_by("id")
    assert [
        (entry, account, money(amount.removesuffix(" UZS")).minor)
        for entry, account, amount in table("Entry | Account")
    ] == list(found.values_list("entry__kind", "account__kind", "amount_minor"))
