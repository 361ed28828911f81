"""Many offers at once: what is shown is what is done, what is undone is what nobody touched since."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.models import BulkChange, Offer, OfferPrice, Stock, StockMovement, Warehouse
from apps.catalog.rules import changed_by_percent
from apps.catalog.services import bulk_changes, shop
from apps.catalog.services.bulk_changes import BulkChoice, BulkWish
from apps.catalog.tests.seller_cards import viewer_in
from apps.catalog.types import BulkKind
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_world

SOON = NOW + timedelta(minutes=5)
LATE = NOW + timedelta(minutes=11)


@pytest.fixture
def world(db: None) -> World:
    return make_world(offers_each=3)


def own(world: World) -> list[Offer]:
    return list(Offer.objects.filter(seller=world.sellers[0]).order_by("id"))


def preview(world: World, kind: BulkKind, value: int = 0, **more: Any) -> BulkChange:
    ids = more.get("ids", [offer.id for offer in own(world)])
    place = (
        Warehouse.objects.get(seller=world.sellers[0]).id if kind == BulkKind.ADD_STOCK else None
    )
    return bulk_changes.preview_bulk(
        seller_id=world.sellers[0].id,
        wish=BulkWish(kind, value, more.get("place", place)),
        choice=more.get("choice", BulkChoice(offer_ids=ids)),
        actor=more.get("actor") or viewer_in(world.sellers[0]),
        now=NOW,
    )


def do(change: BulkChange, deed: Any = bulk_changes.apply_bulk, now: Any = NOW) -> BulkChange:
    return deed(change_id=change.id, actor=viewer_in(change.seller), now=now)


def prices(world: World) -> list[int]:
    return [offer.price_minor for offer in own(world)]


def outcomes(change: BulkChange) -> list[tuple[str, str]]:
    return list(change.rows.order_by("offer_id").values_list("outcome", "refusal"))


def refused(deed: Callable[[], object]) -> type[Exception] | None:
    try:
        deed()
    except Exception as error:  # noqa: BLE001  the test says which
        return type(error)
    return None


def test_preview_changes_nothing_and_apply_does_what_it_showed(world: World) -> None:
    before = prices(world)
    change = preview(world, BulkKind.PRICE_PERCENT, -1000)
    shown = list(change.rows.order_by("offer_id").values_list("after__price_minor", flat=True))
    assert prices(world) == before

    do(change)

    assert prices(world) == shown == [9_000_000, 18_000_000, 27_000_000]
    assert outcomes(change) == [("DONE", "")] * 3
    assert AuditEntry.objects.filter(action="catalog.offer_bulk_changed").count() == 3
    assert AuditEntry.objects.filter(action="catalog.bulk_applied").count() == 1
    assert violations() == []


def test_applying_twice_applies_once(world: World) -> None:
    change = preview(world, BulkKind.PRICE_PERCENT, 1000)

    for _ in range(2):
        do(change)

    assert prices(world) == [11_000_000, 22_000_000, 33_000_000]
    assert OfferPrice.objects.filter(offer__seller=world.sellers[0]).count() == 6


def test_row_that_changed_after_the_preview_stays(world: World) -> None:
    change = preview(world, BulkKind.PRICE_AMOUNT, 5_000_000)
    first = own(world)[0]
    shop.set_price(
        offer_id=first.id, price=Money(7_000_000, "UZS"), old_price=None, seen_version=1,
        actor=viewer_in(world.sellers[0]), now=NOW,
    )  # fmt: skip

    do(change)

    assert prices(world) == [7_000_000, 5_000_000, 5_000_000]
    assert outcomes(change)[0] == ("REFUSED", "changed_meanwhile")


def test_undo_restores_what_is_unchanged_and_leaves_the_rest(world: World) -> None:
    before = prices(world)
    change = do(preview(world, BulkKind.PRICE_PERCENT, -5000))
    second = own(world)[1]
    shop.set_price(
        offer_id=second.id, price=Money(1_234_500, "UZS"), old_price=None,
        seen_version=second.version, actor=viewer_in(world.sellers[0]), now=SOON,
    )  # fmt: skip

    for _ in range(2):
        do(change, bulk_changes.undo_bulk, SOON)

    assert prices(world) == [before[0], 1_234_500, before[2]]
    assert [row[0] for row in outcomes(change)] == ["RESTORED", "KEPT", "RESTORED"]
    assert violations() == []


def test_undo_is_possible_for_ten_minutes_and_only_of_what_was_done(world: World) -> None:
    change = preview(world, BulkKind.OFF_SALE)
    assert refused(lambda: do(change, bulk_changes.undo_bulk)) is bulk_changes.NotApplied
    do(change)

    assert refused(lambda: do(change, bulk_changes.undo_bulk, LATE)) is bulk_changes.UndoTooLate
    assert [offer.is_active for offer in own(world)] == [False] * 3
    old = preview(world, BulkKind.ON_SALE)
    assert refused(lambda: do(old, now=NOW + timedelta(hours=2))) is bulk_changes.PreviewTooOld


def test_sale_and_days_are_set_and_what_is_so_already_is_told(world: World) -> None:
    shop.set_on_sale(offer_id=own(world)[0].id, is_active=False, actor=viewer_in(world.sellers[0]))
    change = do(preview(world, BulkKind.OFF_SALE))
    assert outcomes(change)[0] == ("REFUSED", "same")
    do(change, bulk_changes.undo_bulk, SOON)
    assert [offer.is_active for offer in own(world)] == [False, True, True]

    do(preview(world, BulkKind.HANDLING_DAYS, 4))

    assert [offer.handling_days for offer in own(world)] == [4, 4, 4]


def test_old_price_that_is_not_above_any_more_goes_and_comes_back(world: World) -> None:
    first = own(world)[0]
    shop.set_price(
        offer_id=first.id, price=Money(10_000_000, "UZS"), old_price=Money(11_000_000, "UZS"),
        seen_version=1, actor=viewer_in(world.sellers[0]), now=NOW,
    )  # fmt: skip

    change = do(preview(world, BulkKind.PRICE_PERCENT, 2000, ids=[first.id]))
    assert own(world)[0].old_price_minor is None
    do(change, bulk_changes.undo_bulk, SOON)

    assert (own(world)[0].price_minor, own(world)[0].old_price_minor) == (10_000_000, 11_000_000)


def test_price_below_the_smallest_coin_is_refused_row_by_row(world: World) -> None:
    Offer.objects.filter(id=own(world)[0].id).update(price_minor=1)

    change = preview(world, BulkKind.PRICE_PERCENT, -9_000)

    assert outcomes(change) == [("REFUSED", "price_too_low"), ("READY", ""), ("READY", "")]


def test_units_are_received_and_taken_back_where_nothing_moved(world: World) -> None:
    change = do(preview(world, BulkKind.ADD_STOCK, 5))
    rows = Stock.objects.filter(item__seller=world.sellers[0]).order_by("item__seller_sku")
    assert [row.on_hand for row in rows] == [15, 15, 15]
    first = rows[0]
    shop.count_stock(
        item_id=first.item_id, warehouse_id=first.warehouse_id, on_hand=14, seen_on_hand=15,
        kind=StockMovement.Kind.CORRECTION, key="c", actor=viewer_in(world.sellers[0]),
    )  # fmt: skip

    do(change, bulk_changes.undo_bulk, SOON)

    assert [row.on_hand for row in rows.all()] == [14, 10, 10]
    assert violations() == []


def test_units_held_for_orders_are_not_taken_back(world: World) -> None:
    change = do(preview(world, BulkKind.ADD_STOCK, 5))
    Stock.objects.filter(item__seller=world.sellers[0]).update(reserved=12)

    do(change, bulk_changes.undo_bulk, SOON)

    assert [row[0] for row in outcomes(change)] == ["KEPT"] * 3


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BulkKind.PRICE_PERCENT, 0),
        (BulkKind.PRICE_PERCENT, -10_000),
        (BulkKind.PRICE_AMOUNT, 0),
        (BulkKind.PRICE_AMOUNT, 10**15),
        (BulkKind.HANDLING_DAYS, 31),
        (BulkKind.ADD_STOCK, 0),
    ],
)
def test_change_that_cannot_be_is_refused(world: World, kind: BulkKind, value: int) -> None:
    assert refused(lambda: preview(world, kind, value)) is bulk_changes.BulkValueRefused


def test_filter_chooses_all_that_fit_and_too_many_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = preview(world, BulkKind.OFF_SALE, choice=BulkChoice(text="T12"))
    assert change.rows.get().offer.variant.sku == "T12"
    assert refused(
        lambda: preview(world, BulkKind.OFF_SALE, choice=BulkChoice(text="nothing"))
    ) is (bulk_changes.NothingChosen)
    monkeypatch.setattr(bulk_changes, "MAX_ROWS", 2)
    assert refused(lambda: preview(world, BulkKind.OFF_SALE, choice=BulkChoice())) is (
        bulk_changes.TooManyRows
    )


def test_strangers_and_roles_without_the_power_find_nothing(world: World) -> None:
    seller = world.sellers[0]
    keeper = viewer_in(seller, MemberRole.STOCK)
    strangers: list[Viewer] = [
        ANONYMOUS,
        viewer_of(world.buyer),
        viewer_in(world.sellers[1]),
        viewer_in(seller, MemberRole.FINANCE),
    ]
    change = preview(world, BulkKind.OFF_SALE)
    for actor in [*strangers, keeper]:
        for deed in (bulk_changes.apply_bulk, bulk_changes.undo_bulk):
            given = {"change_id": change.id, "actor": actor, "now": NOW}
            assert refused(lambda d=deed, g=given: d(**g)) is NotFound
        assert refused(lambda a=actor: preview(world, BulkKind.OFF_SALE, actor=a)) is NotFound
    assert preview(world, BulkKind.ADD_STOCK, 1, actor=keeper).rows.count() == 3
    foreign = [world.offers[3].id]
    assert refused(lambda: preview(world, BulkKind.OFF_SALE, ids=foreign)) is NotFound
    other = Warehouse.objects.get(seller=world.sellers[1]).id
    assert refused(lambda: preview(world, BulkKind.ADD_STOCK, 1, place=other)) is NotFound
    assert [offer.is_active for offer in own(world)] == [True] * 3


@given(price=st.integers(1, 10**14), hundredths=st.integers(-9_999, 100_000))
def test_percent_is_off_by_half_a_minor_unit_at_most(price: int, hundredths: int) -> None:
    changed = changed_by_percent(price, hundredths)

    assert abs(changed * 20_000 - 2 * price * (10_000 + hundredths)) <= 10_000


@pytest.mark.parametrize(
    ("price", "hundredths", "expected"),
    [(10_000, -1250, 8_750), (25, -1000, 22), (35, -1000, 32), (1, -5000, 0), (3, 5000, 4)],
)
def test_percent_rounds_half_to_even(price: int, hundredths: int, expected: int) -> None:
    assert changed_by_percent(price, hundredths) == expected


@pytest.mark.parametrize("rival", ["apply", "edit"])
def test_two_at_once_never_both_write_a_price(committed_db: None, rival: str) -> None:
    world = make_world(offers_each=2)
    change = preview(world, BulkKind.PRICE_AMOUNT, 5_000_000)
    actor, first, barrier = viewer_in(world.sellers[0]), own(world)[0], Barrier(2)

    def run(number: int) -> str:
        barrier.wait()
        try:
            if number == 0 or rival == "apply":
                do(change)
            else:
                shop.set_price(
                    offer_id=first.id, price=Money(7_000_000, "UZS"), old_price=None,
                    seen_version=1, actor=actor, now=NOW,
                )  # fmt: skip
        except shop.OfferChanged:
            return "late"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(run, range(2)))

    rows = OfferPrice.objects.filter(offer=first).count()
    if rival == "apply":
        assert (results, rows, prices(world)) == (["done", "done"], 2, [5_000_000, 5_000_000])
    else:
        won_edit = results == ["done", "done"]
        assert prices(world) == [7_000_000 if won_edit else 5_000_000, 5_000_000]
        assert rows == 2
    assert violations() == []
