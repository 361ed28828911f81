"""The viewer and its grants: what was given can be shown, not made up, and taken back."""

import uuid
from typing import Any

import pytest
from django.core import signing
from django.test import override_settings

from apps.accounts.services.roles import give_role
from apps.core.viewer import (
    ANONYMOUS,
    SYSTEM,
    Grant,
    GrantExpired,
    GrantToken,
    Viewer,
    viewer_of,
)
from apps.orders.models import OrderGroup
from apps.orders.selectors import cart_of, may_see_group, order_grant
from apps.orders.services import carts
from apps.orders.tests.services.world import place
from marketplace.tests.world import NOW, make_user, make_world

GRANT = Grant("order", uuid.UUID("0195f4a0-0000-7000-8000-000000000001"), 2)


def test_written_grant_is_read_back() -> None:
    assert GrantToken.read(GrantToken.write(GRANT), kind="order") == GRANT


def _forged() -> dict[str, str]:
    token = GrantToken.write(GRANT)
    payload, _, signature = token.rpartition(":")
    salt = GrantToken._SALT
    with override_settings(SECRET_KEY="another-key-that-opens-other-doors-and-not-these"):
        other_key = GrantToken.write(GRANT)
    return {
        "empty": "",
        "no token": "x",
        "cut": token[:-1],
        "longer": token + "A",
        "without signature": payload,
        "other payload": signing.dumps(["order", GRANT.id.hex, 3], salt="x").rpartition(":")[0]
        + ":"
        + signature,
        "other salt": signing.dumps(["order", GRANT.id.hex, 2], salt="core.other"),
        "other key": other_key,
        "no id": signing.dumps(["order", "x", 2], salt=salt),
        "no version": signing.dumps(["order", GRANT.id.hex, "x"], salt=salt),
        "too few parts": signing.dumps(["order"], salt=salt),
        "no list": signing.dumps({"kind": "order"}, salt=salt),
        "null": signing.dumps(None, salt=salt),
        "id is a number": signing.dumps(["order", 1, 2], salt=salt),
        "huge": "A" * 100_000,
    }


@pytest.mark.parametrize("name", sorted(_forged()))
def test_token_that_was_not_written_here_is_refused(name: str) -> None:
    with pytest.raises(GrantExpired) as refused:
        GrantToken.read(_forged()[name], kind="order")
    assert refused.value.http_status == 404


def test_token_of_one_kind_opens_no_other() -> None:
    with pytest.raises(GrantExpired):
        GrantToken.read(GrantToken.write(GRANT), kind="cart")


def test_token_outlives_a_rotation_of_the_key_while_the_old_one_is_known() -> None:
    from django.conf import settings

    token, old = GrantToken.write(GRANT), settings.SECRET_KEY
    with override_settings(SECRET_KEY="a-new-key-of-more-than-forty-characters-in-all"):
        with pytest.raises(GrantExpired):
            GrantToken.read(token, kind="order")
        with override_settings(SECRET_KEY_FALLBACKS=[old]):
            assert GrantToken.read(token, kind="order") == GRANT


@pytest.mark.django_db
def test_grant_is_revoked_by_raising_the_version_of_its_row() -> None:
    group = place(make_world(offers_each=1))
    holder = Viewer(grants=frozenset({order_grant(group)}))
    assert may_see_group(holder, group.id)

    OrderGroup.objects.filter(id=group.id).update(token_version=2)

    assert not may_see_group(holder, group.id)


@pytest.mark.django_db
def test_cart_token_of_a_merged_cart_opens_nothing() -> None:
    world = make_world(offers_each=1)
    line = carts.add_line(viewer=ANONYMOUS, offer_id=world.offers[0].id, quantity=1, now=NOW)
    grant = carts.grant_of(line.cart)
    holder = ANONYMOUS.with_grant(grant)
    assert cart_of(holder) == line.cart

    carts.merge_guest_cart(user_id=world.viewer().user_id, guest=grant, now=NOW)  # type: ignore[arg-type]

    assert cart_of(holder) is None


@pytest.mark.django_db
def test_permissions_are_read_for_staff_alone() -> None:
    support = make_user("s@staff.example", is_staff=True)
    former = make_user("f@people.example", is_staff=False)
    for user in (support, former):
        give_role(user=user, role="support")

    assert viewer_of(support).can("orders.view_ordergroup")
    assert not viewer_of(support).can("payments.view_posting")
    assert viewer_of(former).permissions == frozenset()
    assert not viewer_of(former).can("orders.view_ordergroup")


@pytest.mark.django_db
def test_blocked_staff_can_nothing() -> None:
    root = make_user("r@staff.example", is_staff=True, is_superuser=True, is_active=False)
    assert not viewer_of(root).can("orders.view_ordergroup")


def test_system_can_everything_and_the_anonymous_nothing() -> None:
    assert SYSTEM.can("any.thing")
    assert not ANONYMOUS.can("any.thing")
    assert not Viewer(permissions=frozenset({"any.thing"})).can("any.thing")


def test_actor_key_tells_who_acts_apart() -> None:
    key = uuid.uuid4()
    actors: list[tuple[Viewer, str]] = [
        (SYSTEM, "system"),
        (ANONYMOUS, "anonymous"),
        (Viewer(user_id=key, grants=frozenset({GRANT})), f"user:{key}"),
        (ANONYMOUS.with_grant(GRANT), f"guest:{GRANT.id}"),
    ]
    assert [viewer.actor_key for viewer, _key in actors] == [name for _viewer, name in actors]


def test_grant_is_added_to_a_copy() -> None:
    viewer: Any = Viewer(user_id=uuid.uuid4(), label="x", is_staff=True)
    richer = viewer.with_grant(GRANT)
    assert (viewer.grants, richer.grants, richer.is_staff) == (frozenset(), {GRANT}, True)
    assert (richer.holds("order"), richer.holds("cart")) == ([GRANT], [])
