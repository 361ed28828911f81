"""Warehouses of sellers: who opens them, what they must say."""

from dataclasses import replace
from typing import Any

import pytest

from apps.catalog.models import Warehouse
from apps.catalog.services import warehouses
from apps.catalog.services.warehouses import WarehouseFields
from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, make_seller, make_user

pytestmark = pytest.mark.django_db

FIELDS = WarehouseFields(
    name="Chilonzor",
    country="UZ",
    city="Toshkent",
    address="Bunyodkor 5",
    time_zone="Asia/Tashkent",
    cutoff_hour=16,
    working_days=(3, 1, 2),
)


@pytest.fixture
def seller() -> Seller:
    return make_seller(1)[0]


def owner(seller: Seller) -> Viewer:
    return viewer_of(SellerMember.objects.get(seller=seller, role=MemberRole.OWNER).user)


def test_warehouse_is_opened_and_changed_with_audit(seller: Seller) -> None:
    made = warehouses.add_warehouse(
        seller_id=seller.id, fields=FIELDS, actor=owner(seller), now=NOW
    )
    warehouses.change_warehouse(
        warehouse_id=made.id,
        fields=replace(FIELDS, cutoff_hour=18),
        actor=owner(seller),
        now=NOW,
    )

    made.refresh_from_db()
    assert (made.seller_id, made.cutoff_hour, made.working_days) == (seller.id, 18, [1, 2, 3])
    assert AuditEntry.objects.filter(action__startswith="catalog.warehouse_").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"city": ""},
        {"address": "a\x00b"},
        {"country": "DE"},
        {"time_zone": "Europe/Moscow"},
        {"cutoff_hour": 24},
        {"cutoff_hour": -1},
        {"working_days": ()},
        {"working_days": (0, 1)},
    ],
)
def test_warehouse_that_says_nonsense_is_refused(seller: Seller, wrong: dict[str, Any]) -> None:
    with pytest.raises(warehouses.WarehouseInvalid):
        warehouses.add_warehouse(
            seller_id=seller.id, fields=replace(FIELDS, **wrong), actor=owner(seller), now=NOW
        )
    assert Warehouse.objects.count() == 1


def test_warehouse_is_the_business_of_owners_and_managers(seller: Seller) -> None:
    other = make_seller(2)[0]
    people = [ANONYMOUS, owner(other), viewer_of(make_user("buyer@people.example"))]
    for role in (MemberRole.STOCK, MemberRole.FINANCE):
        person = make_user(f"{role.lower()}@people.example")
        SellerMember.objects.create(seller=seller, user=person, role=role)
        people.append(viewer_of(person))
    own = Warehouse.objects.get(seller=seller)

    for actor in people:
        with pytest.raises(NotFound):
            warehouses.add_warehouse(seller_id=seller.id, fields=FIELDS, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            warehouses.change_warehouse(warehouse_id=own.id, fields=FIELDS, actor=actor, now=NOW)
    own.refresh_from_db()
    assert own.name == "Warehouse 1"


def test_marketplaces_own_warehouse_is_not_found(seller: Seller) -> None:
    own = Warehouse.objects.get(seller=seller)
    Warehouse.objects.filter(id=own.id).update(seller=None)

    with pytest.raises(NotFound):
        warehouses.change_warehouse(
            warehouse_id=own.id, fields=FIELDS, actor=owner(seller), now=NOW
        )


def test_warehouse_beyond_the_greatest_number_is_refused(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouses, "MAX_WAREHOUSES", 1)
    with pytest.raises(warehouses.TooManyWarehouses):
        warehouses.add_warehouse(seller_id=seller.id, fields=FIELDS, actor=owner(seller), now=NOW)
