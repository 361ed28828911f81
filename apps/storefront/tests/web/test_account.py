"""The account: particulars, addresses, signing up and in, letters."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from apps.accounts.models import Address, User
from marketplace.tests.world import ADDRESS, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_user("person@people.example", full_name="Aziza Karimova")


@pytest.fixture
def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", ["me/", "me/settings/", "me/addresses/", "me/addresses/new/"])
def test_guest_is_led_to_sign_in_and_back(client: Client, path: str) -> None:
    answer = client.get(f"/en/{path}")

    assert answer["Location"] == f"/en/account/login/?next=/en/{path}"
    assert 'name="next"' in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "me/",
        "me/settings/",
        "me/addresses/",
        "me/addresses/new/",
        "account/email/",
        "account/password/change/",
        "account/logout/",
    ],
)
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_pages_of_the_account_open(signed_in: Client, path: str, language: str) -> None:
    assert signed_in.get(f"/{language}/{path}").status_code == 200


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/", "confirm-email/"])
def test_pages_of_signing_in_open(client: Client, path: str) -> None:
    assert client.get(f"/en/account/{path}").status_code == 200


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/"])
def test_fields_of_signing_in_have_labels_alone(client: Client, path: str) -> None:
    html = client.get(f"/uz/account/{path}").content.decode()

    assert "Elektron pochta" in html
    assert "placeholder" not in html.partition("<main")[2]


def test_only_address_can_be_neither_chosen_nor_removed(signed_in: Client, person: User) -> None:
    only = signed_in.get("/en/account/email/").content.decode()
    EmailAddress.objects.create(user=person, email="other@people.example", verified=False)
    several = signed_in.get("/en/account/email/").content.decode()

    for deed in ("action_primary", "action_remove", "action_send"):
        assert f'name="{deed}"' not in only
        assert f'name="{deed}"' in several


def test_profile_is_saved_and_the_pages_follow(signed_in: Client, person: User) -> None:
    answer = signed_in.post(
        "/en/me/settings/",
        {
            "full_name": "Aziza K.",
            "phone": "+998 90 123 45 67",
            "language": "ru",
            "currency": "RUB",
        },
    )

    person.refresh_from_db()
    assert answer["Location"] == "/ru/me/settings/"
    assert answer.cookies["currency"].value == "RUB"
    assert (person.full_name, person.phone) == ("Aziza K.", "+998901234567")
    assert (person.language, person.currency) == ("ru", "RUB")


def test_wrong_profile_is_named_and_changes_nothing(signed_in: Client, person: User) -> None:
    answer = signed_in.post(
        "/en/me/settings/",
        {"full_name": "", "phone": "12", "language": "xx", "currency": "XXX"},
    )

    person.refresh_from_db()
    assert answer.status_code == 422
    assert person.full_name == "Aziza Karimova"


def test_address_is_added_changed_and_deleted(signed_in: Client, person: User) -> None:
    signed_in.post("/en/me/addresses/new/", ADDRESS)
    address = Address.objects.get()
    assert (address.user_id, address.is_default) == (person.id, True)

    signed_in.post(f"/en/me/addresses/{address.id}/", ADDRESS | {"house": "14"})
    address.refresh_from_db()
    assert address.house == "14"
    signed_in.post(f"/en/me/addresses/{address.id}/delete/")
    assert Address.objects.count() == 0


def test_foreign_address_is_not_found(signed_in: Client) -> None:
    address = Address.objects.create(user=make_user("other@people.example"), **ADDRESS)

    assert signed_in.get(f"/en/me/addresses/{address.id}/").status_code == 404
    assert signed_in.post(f"/en/me/addresses/{address.id}/", ADDRESS).status_code == 404
    assert signed_in.post(f"/en/me/addresses/{address.id}/delete/").status_code == 404
    assert Address.objects.filter(id=address.id).exists()


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_sign_up_sends_a_letter_whose_link_opens_the_account(client: Client, language: str) -> None:
    # allauth sends one confirmation an address in three minutes.
    email = f"new-{language}@people.example"
    client.post(
        f"/{language}/account/signup/",
        {"email": email, "password1": "correct horse battery", "full_name": "New"},
    )

    letter = mail.outbox[0]
    html = letter.alternatives[0].content
    link = re.search(r"http://\S+/confirm-email/\S+/", letter.body)
    assert letter.to == [email]
    assert link is not None
    assert link[0] in html
    assert User.objects.get(email=email).language == language
    path = link[0].split("testserver")[-1]
    assert client.get(path).status_code == 200
    client.post(path)
    assert User.objects.get(email=email).emailaddress_set.get().verified


def test_password_letter_comes_in_the_readers_language_with_a_working_link(
    client: Client, person: User
) -> None:
    client.post("/en/account/password/reset/", {"email": person.email})

    letter = mail.outbox[0]
    link = re.search(r"http://\S+/password/reset/key/\S+/", letter.body)
    assert link is not None
    assert client.get(link[0].split("testserver")[-1], follow=True).status_code == 200
