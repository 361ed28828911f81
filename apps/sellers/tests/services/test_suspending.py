"""A shop leaves the catalogue and comes back: audited, announced once."""

import pytest

from apps.core.models import AuditEntry, OutboxEvent
from apps.core.viewer import SYSTEM
from apps.sellers.models import Seller
from apps.sellers.services import activate_seller, suspend_seller
from marketplace.tests.world import NOW, make_seller

pytestmark = pytest.mark.django_db


def _announced() -> list[str]:
    rows = OutboxEvent.objects.filter(topic="sellers.status_changed").order_by("id")
    return [row.payload["status"] for row in rows]


def test_shop_is_suspended_once_and_opened_again() -> None:
    seller, _warehouse = make_seller(1)
    assert _announced() == []

    for _ in range(2):
        suspend_seller(seller_id=seller.id, actor=SYSTEM, reason="Counterfeit goods.")

    assert Seller.objects.get(id=seller.id).status == Seller.Status.SUSPENDED
    entry = AuditEntry.objects.get(action="sellers.suspend")
    assert (entry.before, entry.after) == ({"status": "ACTIVE"}, {"status": "SUSPENDED"})
    assert entry.reason == "Counterfeit goods."
    assert _announced() == ["SUSPENDED"]

    activate_seller(seller_id=seller.id, actor=SYSTEM, now=NOW)
    assert _announced() == ["SUSPENDED", "ACTIVE"]


def test_shop_that_is_not_open_cannot_be_suspended() -> None:
    seller, _warehouse = make_seller(1)
    Seller.objects.filter(id=seller.id).update(status=Seller.Status.CLOSED)

    suspend_seller(seller_id=seller.id, actor=SYSTEM, reason="")

    assert Seller.objects.get(id=seller.id).status == Seller.Status.CLOSED
    assert _announced() == []
