"""A stock keeper of one warehouse: sees and counts it alone; the grant goes with the role."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from apps.catalog.models import Stock, StockMovement, Warehouse, WarehouseKeeper
from apps.catalog.selectors import shop_desk
from apps.catalog.selectors.keepers import kept_warehouses
from apps.catalog.services import bulk_changes, keepers, shop
from apps.catalog.services.bulk_changes import BulkChoice, BulkWish
from apps.catalog.tests.seller_cards import viewer_in
from apps.catalog.types import BulkKind
from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.services.relay import deliver_all
from apps.core.viewer import Viewer, viewer_of
from apps.sellers.models import SellerMember
from apps.sellers.services import staff
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_world, receive_units


@pytest.fixture
def world(db: None) -> World:
    return stocked()


def stocked() -> World:
    """10 units of each offer in the first warehouse, 4 of the first offer in the second."""
    world = make_world(offers_each=2)
    second = Warehouse.objects.create(
        code="wh-x", name="Second", seller=world.sellers[0], country="UZ", city="Samarqand",
        address="1", time_zone="Asia/Tashkent",
    )  # fmt: skip
    receive_units(world.offers[0], second, 4, key="second")
    return world


def second() -> Warehouse:
    return Warehouse.objects.get(code="wh-x")


def keeper(world: World) -> SellerMember:
    viewer_in(world.sellers[0], MemberRole.STOCK)
    return SellerMember.objects.get(seller=world.sellers[0], role=MemberRole.STOCK)


def assign(world: World, *places: Warehouse, actor: Viewer | None = None) -> Viewer:
    member = keeper(world)
    keepers.set_kept_warehouses(
        seller_id=world.sellers[0].id,
        member_id=member.id,
        warehouse_ids={place.id for place in places},
        actor=actor or viewer_in(world.sellers[0]),
        now=NOW,
    )
    return viewer_of(member.user)


def count(world: World, actor: Viewer, place: Warehouse, seen: int) -> Stock:
    return shop.count_stock(
        item_id=world.offers[0].components.get().item_id,
        warehouse_id=place.id,
        on_hand=seen + 1,
        seen_on_hand=seen,
        kind=StockMovement.Kind.CORRECTION,
        key=f"k{seen}",
        actor=actor,
    )


def refused(deed: Callable[[], object]) -> type[Exception] | None:
    try:
        deed()
    except Exception as error:  # noqa: BLE001  the test says which
        return type(error)
    return None


def desk(world: World, viewer: Viewer) -> Any:
    return shop_desk.shop_offer(viewer, world.sellers[0].id, world.offers[0].id, language="en")


def test_keeper_without_a_grant_counts_everywhere(world: World) -> None:
    viewer = assign(world)

    assert [place.warehouse.code for place in desk(world, viewer).places] == ["wh-x", "wh-1"]
    assert count(world, viewer, second(), 4).on_hand == 5


def test_keeper_of_one_warehouse_sees_and_counts_it_alone(world: World) -> None:
    viewer = assign(world, second())
    first = Warehouse.objects.get(code="wh-1")
    seller_id = world.sellers[0].id

    page = desk(world, viewer)
    assert [place.warehouse.code for place in page.places] == ["wh-x"]
    assert {row.stock.warehouse_id for row in page.movements} == {second().id}
    assert page.shown.free == 4
    assert [row.code for row in shop_desk.warehouses_of(viewer, seller_id)] == ["wh-x"]
    rows = shop_desk.shop_offers(viewer, seller_id, language="en").offers
    assert sorted(row.free for row in rows) == [0, 4]
    sold_out = shop_desk.shop_offers(viewer, seller_id, language="en", tab="sold_out").offers
    assert [row.sku for row in sold_out] == ["T12"]
    assert shop_desk.sold_out_count(viewer, seller_id) == 1
    assert count(world, viewer, second(), 4).on_hand == 5
    assert refused(lambda: count(world, viewer, first, 10)) is NotFound
    for place, expected in ((first, NotFound), (second(), None)):
        wish = BulkWish(BulkKind.ADD_STOCK, 1, place.id)
        assert refused(
            lambda w=wish: bulk_changes.preview_bulk(
                seller_id=seller_id, wish=w, choice=BulkChoice(), actor=viewer, now=NOW
            )
        ) is (expected)


def test_change_of_another_warehouse_is_not_the_keepers_to_apply(world: World) -> None:
    change = bulk_changes.preview_bulk(
        seller_id=world.sellers[0].id,
        wish=BulkWish(BulkKind.ADD_STOCK, 1, Warehouse.objects.get(code="wh-1").id),
        choice=BulkChoice(),
        actor=viewer_in(world.sellers[0]),
        now=NOW,
    )
    viewer = assign(world, second())

    assert refused(lambda: bulk_changes.apply_bulk(change_id=change.id, actor=viewer, now=NOW)) is (
        NotFound
    )


def test_grant_is_taken_again_and_leaves_a_trace(world: World) -> None:
    assign(world, second())
    viewer = assign(world)

    assert len(desk(world, viewer).places) == 2
    assert WarehouseKeeper.objects.count() == 0
    assert AuditEntry.objects.filter(action="catalog.keeper_set").count() == 2


def test_owner_and_manager_assign_and_nobody_else(world: World) -> None:
    seller = world.sellers[0]
    assign(world, second(), actor=viewer_in(seller, MemberRole.MANAGER))
    for actor in (
        viewer_in(seller, MemberRole.STOCK),
        viewer_in(seller, MemberRole.FINANCE),
        viewer_in(world.sellers[1]),
        viewer_of(world.buyer),
    ):
        assert refused(lambda a=actor: assign(world, actor=a)) is NotFound
    foreign = Warehouse.objects.get(seller=world.sellers[1])
    assert refused(lambda: assign(world, foreign)) is NotFound
    assert WarehouseKeeper.objects.count() == 1


def test_only_a_stock_keeper_can_be_kept_to_a_warehouse(world: World) -> None:
    manager = viewer_in(world.sellers[0], MemberRole.MANAGER)
    member = SellerMember.objects.get(user_id=manager.user_id)

    assert refused(
        lambda: keepers.set_kept_warehouses(
            seller_id=world.sellers[0].id,
            member_id=member.id,
            warehouse_ids={second().id},
            actor=viewer_in(world.sellers[0]),
            now=NOW,
        )
    ) is (keepers.NotAStockKeeper)


@pytest.mark.parametrize("deed", ["role", "removal"])
def test_grant_ends_with_the_role(world: World, deed: str) -> None:
    assign(world, second())
    member = keeper(world)
    common = {
        "seller_id": world.sellers[0].id,
        "member_id": member.id,
        "actor": viewer_in(world.sellers[0]),
        "now": NOW,
    }

    if deed == "role":
        staff.change_member_role(role=MemberRole.MANAGER, **common)
        member.refresh_from_db()
        assert kept_warehouses(member) is None
    else:
        staff.remove_member(**common)
    deliver_all()

    assert WarehouseKeeper.objects.count() == 0


def test_sweep_takes_orphans_and_leaves_the_others(world: World) -> None:
    assign(world, second())
    assert keepers.drop_orphan_grants(now=NOW) == 0

    SellerMember.objects.filter(role=MemberRole.STOCK).delete()

    assert keepers.drop_orphan_grants(now=NOW) == 1
    assert WarehouseKeeper.objects.count() == 0


def test_grant_alone_opens_nothing(world: World) -> None:
    viewer = assign(world, second())
    SellerMember.objects.filter(role=MemberRole.STOCK).delete()

    assert refused(lambda: desk(world, viewer)) is NotFound


def swept_by_two(monkeypatch: pytest.MonkeyPatch, find: Callable[[], list[Any]]) -> list[int]:
    """Two timers strike at once: both have looked before either has written."""
    barrier = threading.Barrier(2)

    def found() -> list[Any]:
        rows = find()
        barrier.wait(20)
        return rows

    def sweep(_number: int) -> int:
        try:
            return keepers.drop_orphan_grants(now=NOW)
        finally:
            connections.close_all()

    monkeypatch.setattr(keepers, "_taken_orphans", found)
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(sweep, range(2)))


def orphan() -> None:
    assign(stocked(), second())
    SellerMember.objects.filter(role=MemberRole.STOCK).delete()


@pytest.mark.usefixtures("committed_db")
def test_orphan_of_two_sweeps_at_once_is_noted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan()

    assert swept_by_two(monkeypatch, keepers._taken_orphans) == [0, 1]
    assert AuditEntry.objects.filter(action="catalog.keeper_dropped").count() == 1


@pytest.mark.usefixtures("committed_db")
def test_orphan_of_two_sweeps_without_its_lock_is_noted_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    orphan()

    assert swept_by_two(monkeypatch, lambda: list(WarehouseKeeper.objects.all())) == [1, 1]
    assert AuditEntry.objects.filter(action="catalog.keeper_dropped").count() == 2
