"""A shop leaves the catalogue and comes back: audited, announced once."""

import pytest
from django.conf import settings

from apps.core.models import AuditEntry, OutboxEvent
from apps.core.viewer import SYSTEM, viewer_of
from apps.notifications.models import Delivery
from apps.notifications.services import render_email
from apps.sellers.models import Seller, SellerMember
from apps.sellers.services import activate_seller, suspend_seller
from marketplace.tests.world import NOW, make_seller, make_user

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


def test_owners_are_told_each_time_and_not_why() -> None:
    """The reason is the staff's own, for the audit."""
    seller, _warehouse = make_seller(1)
    owner = SellerMember.objects.get(seller=seller).user
    keeper = make_user("keeper@people.example")
    SellerMember.objects.create(seller=seller, user=keeper, role=SellerMember.Role.STOCK)
    moderator = viewer_of(make_user("moderator@people.example", is_staff=True))

    for _ in range(2):
        suspend_seller(seller_id=seller.id, actor=moderator, reason="Counterfeit goods.")
        suspend_seller(seller_id=seller.id, actor=moderator, reason="Counterfeit goods.")
        activate_seller(seller_id=seller.id, actor=moderator, now=NOW, reason="Mended.")

    told = Delivery.objects.order_by("id")
    assert [(row.kind, row.address) for row in told] == [
        ("seller_suspended", owner.email),
        ("seller_reopened", owner.email),
    ] * 2
    assert not any("Counterfeit" in str(row.context) for row in told)


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("kind", ["seller_suspended", "seller_reopened"])
def test_letter_names_the_shop_and_leads_to_the_seller_centre(kind: str, language: str) -> None:
    url = "http://shop.test/en/seller/1/"

    message = render_email(kind, language, {"shop": "Tea & Co", "url": url})

    assert "Tea & Co" in message.subject
    assert url in message.body
    assert "Tea &amp; Co" in message.alternatives[0].content
    if kind == "seller_suspended":
        assert settings.SUPPORT_EMAIL in message.body
