"""Who gets in, what each right opens, and what stays shut to superusers too."""

import re

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services.roles import ROLES, give_role
from apps.backoffice.tests.test_registry import list_url
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.catalog.models import Stock
from apps.core.models import AuditEntry
from apps.orders.models import Order
from apps.payments.models import JournalEntry, LedgerAccount, Payment
from marketplace.tests.world import make_user, make_world

pytestmark = pytest.mark.django_db
INDEX = "/backoffice/"


def test_backoffice_anonymous_is_sent_to_the_shops_sign_in() -> None:
    client = Client()

    first = client.get(INDEX)
    second = client.get(first["Location"])

    assert first["Location"] == "/backoffice/login/?next=/backoffice/"
    assert second.status_code == 302
    assert second["Location"] == f"{reverse('account_login')}?next=/backoffice/"


def test_backoffice_login_with_foreign_next_leads_to_the_index() -> None:
    response = Client().get("/backoffice/login/", {"next": "https://evil.example/"})

    assert response["Location"] == f"{reverse('account_login')}?next=/backoffice/"


def test_backoffice_signed_in_buyer_is_refused_without_a_loop() -> None:
    client = client_of(make_user("buyer@people.example"))
    client.raise_request_exception = False

    first = client.get(INDEX)
    second = client.get(first["Location"])

    assert first.status_code == 302
    assert second.status_code == 403


def test_backoffice_sign_out_needs_a_post_and_ends_the_session() -> None:
    client = superuser_client()

    assert client.get("/backoffice/logout/").status_code == 405
    assert client.get(INDEX).status_code == 200
    assert client.post("/backoffice/logout/").status_code == 302
    assert client.get(INDEX).status_code == 302


@pytest.mark.parametrize("role", sorted(ROLES))
def test_lists_answer_only_to_the_roles_that_may_view_them(role: str) -> None:
    user = staff("someone@staff.example")
    give_role(user=user, role=role)
    client = client_of(user)
    client.raise_request_exception = False

    open_lists = {
        model._meta.label_lower
        for model in admin.site._registry
        if client.get(list_url(model)).status_code == 200
    }

    registered = {model._meta.label_lower for model in admin.site._registry}
    named = {re.sub(r"\.(view|change)_", ".", right) for right in ROLES[role]}
    expected = registered if "*" in named else registered & named
    assert open_lists == expected
    shown = client.get(INDEX).context["available_apps"]
    assert {
        m["model"]._meta.label_lower for section in shown for m in section["models"]
    } == expected


@pytest.mark.parametrize(
    ("role", "offered"),
    [("moderator", ["archive"]), ("superadmin", ["archive"]), ("support", []), ("analyst", [])],
)
def test_deeds_on_a_published_product_are_offered_by_role(role: str, offered: list[str]) -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    user = staff("someone@staff.example")
    give_role(user=user, role=role)

    page = client_of(user).get(reverse("admin:catalog_product_change", args=[product.pk]))

    assert [deed.name for deed in page.context["reasoned_actions"]] == offered
    assert (b'name="title_en"' in page.content) == bool(offered)


@pytest.mark.parametrize(
    "name",
    [
        "payments_ledgeraccount",
        "payments_journalentry",
        "payments_payment",
        "catalog_stock",
        "orders_order",
    ],
)
def test_money_stock_and_orders_refuse_changes_of_a_superuser(name: str) -> None:
    world = make_world(offers_each=1)
    client = superuser_client()
    pk = str(Stock.objects.get(item__seller_sku="S-T11").pk) if name == "catalog_stock" else "1"
    if name in {"payments_payment", "orders_order"}:
        pk = str(world.offers[0].id)
    before = (list(Stock.objects.values()), LedgerAccount.objects.count(), Order.objects.count())

    add = client.post(reverse(f"admin:{name}_add"), {"on_hand": 9})
    delete = client.post(reverse(f"admin:{name}_delete", args=[pk]), {"post": "yes"})
    change = client.post(reverse(f"admin:{name}_change", args=[pk]), {"on_hand": 9})

    assert add.status_code == 403
    assert delete.status_code in (302, 403)
    assert change.status_code in (302, 403)
    if name == "catalog_stock":
        assert (delete.status_code, change.status_code) == (403, 403)
    after = (list(Stock.objects.values()), LedgerAccount.objects.count(), Order.objects.count())
    assert before == after
    assert JournalEntry.objects.count() == 0
    assert Payment.objects.count() == 0


def test_no_list_offers_to_delete() -> None:
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_superuser=True)

    for window in admin.site._registry.values():
        offered = set(window.get_actions(request))
        assert offered == {one.name for one in window.reasoned_actions if not one.is_single}
        assert "delete_selected" not in offered


def test_user_page_shows_no_hash_and_is_noted_in_the_audit() -> None:
    person = make_user("person@people.example", full_name="Person")
    client = superuser_client()

    page = client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    listed = client.get(reverse("admin:accounts_user_changelist")).content.decode()

    assert "person@people.example" in page
    assert "person@people.example" not in listed
    assert "p•••@people.example" in listed
    person.refresh_from_db()
    for html in (page, listed):
        assert person.password not in html
        assert "md5$" not in html
    entry = AuditEntry.objects.get(action="accounts.user_viewed")
    assert (entry.target_type, entry.target_id, entry.actor_label) == (
        "user",
        str(person.pk),
        "Root",
    )


def test_password_cannot_be_changed_from_the_backoffice() -> None:
    person = make_user("person@people.example")
    before = person.password

    response = superuser_client().post(
        reverse("admin:accounts_user_change", args=[person.pk]), {"password": "x", "is_staff": "on"}
    )

    assert response.status_code == 403
    person.refresh_from_db()
    assert (person.password, person.is_staff) == (before, False)
