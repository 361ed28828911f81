"""Applying to sell, and the staff of a shop."""

import re

import pytest
from django.test import Client

from apps.seller_centre.tests.shop import browser, member_user, owner_user, page
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import make_seller, make_user

pytestmark = pytest.mark.django_db

APPLICATION = {
    "name": "Samarqand Qogʻozi",
    "legal_kind": "COMPANY",
    "legal_name": "Samarqand Qogʻozi MChJ",
    "country": "UZ",
    "city": "Samarqand",
    "tax_id": "305 118 241",
    "currency": "UZS",
    "is_vat_payer": "on",
}


@pytest.fixture
def seller() -> Seller:
    return make_seller(1)[0]


@pytest.fixture
def client(seller: Seller) -> Client:
    return browser(owner_user(seller))


def staff_url(seller: Seller, deed: str = "") -> str:
    return f"/en/seller/{seller.id}/staff/{deed}"


def test_guest_signs_in_before_applying() -> None:
    assert Client().get("/en/seller/apply/")["Location"] == (
        "/en/account/login/?next=/en/seller/apply/"
    )


def test_application_is_sent_and_waits() -> None:
    client = browser(make_user("person@people.example"))

    answer = client.post("/en/seller/apply/", APPLICATION, follow=True)

    seller = Seller.objects.get()
    assert (seller.status, seller.slug, seller.tax_id) == (
        "APPLIED",
        "samarqand-qogozi",
        "305118241",
    )
    assert seller.is_vat_payer
    html = answer.content.decode()
    assert "The application is sent." in html
    assert "We check the papers" in html


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "Shop 1"}, "name", "Another shop has this name."),
        ({"tax_id": "12"}, "tax_id", "This is not a tax number of this country"),
        ({"tax_id": "300000001"}, "tax_id", "A shop with this tax number exists."),
        ({"country": "DE"}, "country", "Select a valid choice."),
        ({"currency": "EUR"}, "currency", "Select a valid choice."),
    ],
)
def test_wrong_application_is_told_beside_the_field_and_keeps_what_was_typed(
    seller: Seller, given: dict[str, str], field: str, words: str
) -> None:
    client = browser(make_user("person@people.example"))

    answer = client.post("/en/seller/apply/", APPLICATION | given)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}_error">.*?{words}', html, re.DOTALL)
    assert 'value="Samarqand Qogʻozi MChJ"' in html
    assert Seller.objects.count() == 1


def test_second_application_waits_for_the_first() -> None:
    client = browser(make_user("person@people.example"))
    client.post("/en/seller/apply/", APPLICATION)

    answer = client.post(
        "/en/seller/apply/", APPLICATION | {"name": "Other", "tax_id": "305118242"}
    )

    assert answer.status_code == 422
    assert "Your application is being looked at." in answer.content.decode()


def test_person_is_added_by_email_with_a_role(seller: Seller, client: Client) -> None:
    person = make_user("new@people.example", full_name="New Person")

    answer = client.post(
        staff_url(seller, "add/"), {"email": "New@people.example", "role": "STOCK"}, follow=True
    )

    assert SellerMember.objects.get(seller=seller, user=person).role == "STOCK"
    assert "New Person works for the shop now." in answer.content.decode()
    assert browser(person).get(f"/en/seller/{seller.id}/").status_code == 200


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("nobody@people.example", "Nobody has an account with this e-mail yet."),
        ("owner1@sellers.example", "This person is in your staff already."),
        ("not an address", "Enter a valid email address."),
    ],
)
def test_person_who_cannot_be_added_is_told_beside_the_field(
    seller: Seller, client: Client, email: str, words: str
) -> None:
    answer = client.post(staff_url(seller, "add/"), {"email": email, "role": "STOCK"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="id_email_error">.*?{words}', html, re.DOTALL)
    assert SellerMember.objects.filter(seller=seller).count() == 1


def test_role_is_changed_and_the_person_removed(seller: Seller, client: Client) -> None:
    user = member_user(seller, MemberRole.STOCK)
    member = SellerMember.objects.get(user=user)

    client.post(staff_url(seller, f"{member.id}/role/"), {"role": "FINANCE"})
    member.refresh_from_db()
    assert member.role == "FINANCE"
    client.post(staff_url(seller, f"{member.id}/remove/"))

    assert not SellerMember.objects.filter(user=user).exists()
    assert browser(user).get(f"/en/seller/{seller.id}/").status_code == 404


def test_last_owner_stays_and_is_told_why(seller: Seller, client: Client) -> None:
    member = SellerMember.objects.get(seller=seller)

    for deed, form in (("role/", {"role": "MANAGER"}), ("remove/", {})):
        answer = client.post(staff_url(seller, f"{member.id}/{deed}"), form, follow=True)
        assert "A shop needs an owner." in answer.content.decode()

    member.refresh_from_db()
    assert member.role == "OWNER"
    html = page(client, staff_url(seller))
    assert f"/{member.id}/role/" not in html
    assert f"/{member.id}/remove/" not in html
    member_user(seller, MemberRole.OWNER)
    assert f"/{member.id}/role/" in page(client, staff_url(seller))


def test_owner_who_steps_down_is_led_away_from_the_staff(seller: Seller, client: Client) -> None:
    member_user(seller, MemberRole.OWNER)
    member = SellerMember.objects.get(user=owner_user(seller))

    answer = client.post(staff_url(seller, f"{member.id}/role/"), {"role": "STOCK"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/en/seller/{seller.id}/"
    assert client.get(staff_url(seller)).status_code == 404


def test_unknown_role_and_member_change_nothing(seller: Seller, client: Client) -> None:
    member = SellerMember.objects.get(seller=seller)

    client.post(staff_url(seller, f"{member.id}/role/"), {"role": "GOD"})
    assert client.post(staff_url(seller, "999999/remove/")).status_code == 404

    member.refresh_from_db()
    assert member.role == "OWNER"


def test_staff_page_costs_the_same_for_one_person_and_three(
    seller: Seller, client: Client, django_assert_num_queries: object
) -> None:
    page(client, staff_url(seller))
    for roles in ((), (MemberRole.STOCK, MemberRole.FINANCE)):
        for role in roles:
            member_user(seller, role)
        with django_assert_num_queries(4):  # type: ignore[operator]
            page(client, staff_url(seller))
