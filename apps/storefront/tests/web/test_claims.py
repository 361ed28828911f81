"""The page on which a guest's orders are taken into an account."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.orders.models import OrderGroup
from apps.orders.tests.services.world import place
from marketplace.tests.world import make_user, make_world

pytestmark = pytest.mark.django_db


def test_orders_are_shown_and_taken_when_they_are_confirmed() -> None:
    group = place(make_world())
    OrderGroup.objects.filter(id=group.id).update(user=None, email="guest@people.example")
    user = make_user("guest@people.example")
    addresses = EmailAddress.objects.filter(user=user)
    addresses.update(verified=False)
    client = Client()
    client.force_login(user)

    before = client.get("/en/orders/claim/").content.decode()
    early = client.post("/en/orders/claim/", {"group": [str(group.id)]})
    addresses.update(verified=True)
    shown = client.get("/en/orders/claim/").content.decode()
    done = client.post("/en/orders/claim/", {"group": [str(group.id)]}, follow=True)

    assert "is not verified yet" in before
    assert group.number not in before
    assert early.status_code == 404
    assert group.number in shown
    assert "is not verified yet" not in shown
    html = done.content.decode()
    assert "1 order is in your account now." in html
    assert group.number in html
    assert client.post("/en/orders/claim/", {"group": ["x"]}).status_code == 404
