"""Applying to sell: who may, what is refused, what the approval tells."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connections

from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS, SYSTEM, Viewer, viewer_of
from apps.notifications.models import Delivery
from apps.sellers.models import Contract, Seller, SellerMember
from apps.sellers.services import activate_seller, applying
from apps.sellers.types import SellerDetails
from marketplace.tests.world import NOW, make_seller, make_user

DETAILS = SellerDetails(
    name="Samarqand Qogʻozi",
    slug="samarqand-qogozi",
    legal_name="Samarqand Qogʻozi MChJ",
    legal_kind="COMPANY",
    country="UZ",
    city="Samarqand",
    tax_id="305 118 241",
    currency="UZS",
)


@pytest.fixture
def person() -> Viewer:
    return viewer_of(make_user("new@people.example"))


def apply(actor: Viewer, **changes: str) -> Seller:
    return applying.apply_to_sell(details=replace(DETAILS, **changes), actor=actor, now=NOW)


@pytest.mark.django_db
def test_application_makes_a_seller_that_waits_and_its_owner(person: Viewer) -> None:
    seller = apply(person)

    assert (seller.status, seller.tax_id, seller.activated_at) == ("APPLIED", "305118241", None)
    member = SellerMember.objects.get(seller=seller)
    assert (member.user_id, member.role) == (person.user_id, "OWNER")
    assert not Contract.objects.exists()


@pytest.mark.django_db
def test_application_of_a_guest_is_not_taken() -> None:
    with pytest.raises(NotFound):
        apply(ANONYMOUS)
    assert not Seller.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": "shop 1"}, applying.ShopNameTaken),
        ({"slug": "shop-1"}, applying.ShopNameTaken),
        ({"tax_id": "300000001"}, applying.TaxNumberTaken),
        ({"tax_id": "12"}, applying.TaxNumberInvalid),
        ({"country": "RU"}, applying.TaxNumberInvalid),
    ],
)
def test_application_that_collides_or_is_malformed_names_the_field(
    person: Viewer, changes: dict[str, str], refusal: type[applying.ApplicationRefused]
) -> None:
    make_seller(1)

    with pytest.raises(refusal) as raised:
        apply(person, **changes)

    assert raised.value.field in {"name", "tax_id"}
    assert Seller.objects.count() == 1


@pytest.mark.django_db
def test_application_waits_for_the_one_before(person: Viewer) -> None:
    first = apply(person)
    other = {"name": "Second", "slug": "second", "tax_id": "305118242"}

    with pytest.raises(applying.ApplicationWaiting):
        apply(person, **other)
    activate_seller(seller_id=first.id, actor=SYSTEM, now=NOW)
    apply(person, **other)

    assert Seller.objects.count() == 2


@pytest.mark.django_db
def test_approval_by_staff_tells_the_owner_once(person: Viewer) -> None:
    seller = apply(person)
    moderator = viewer_of(make_user("moderator@people.example", is_staff=True))

    activate_seller(seller_id=seller.id, actor=moderator, now=NOW, reason="papers are in order")
    activate_seller(seller_id=seller.id, actor=moderator, now=NOW, reason="again")

    assert [(row.kind, row.address) for row in Delivery.objects.all()] == [
        ("seller_activated", "new@people.example")
    ]
    assert Contract.objects.filter(seller=seller, version=1).exists()


@pytest.mark.usefixtures("committed_db")
def test_two_applications_at_once_of_one_tax_number_make_one_seller() -> None:
    people = [viewer_of(make_user(f"racer{number}@people.example")) for number in range(4)]
    start = Barrier(4)

    def race(person: Viewer) -> str:
        try:
            start.wait()
            name = person.label.partition("@")[0]
            apply(person, name=name, slug=name)
        except applying.TaxNumberTaken:
            return "taken"
        else:
            return "made"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(race, people))

    assert sorted(outcomes) == ["made", "taken", "taken", "taken"]
    assert Seller.objects.count() == 1
