"""A shop with people of every role, and browsers signed in as them."""

from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_user


def owner_user(seller: Seller) -> User:
    member = SellerMember.objects.filter(seller=seller, role=MemberRole.OWNER).earliest("id")
    return member.user


def member_user(seller: Seller, role: MemberRole) -> User:
    user = make_user(f"{role.lower()}@{seller.slug}.example", full_name=f"{role.title()} Person")
    SellerMember.objects.create(seller=seller, user=user, role=role)
    return user


def browser(user: User | None = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def owner(world: World, index: int = 0) -> Client:
    return browser(owner_user(world.sellers[index]))


def page(client: Client, path: str, **given: Any) -> str:
    answer = client.get(path, **given)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def strangers(world: World) -> list[Client]:
    """Another buyer, another seller's owner, staff of the marketplace: nobody of this shop."""
    return [
        browser(world.buyer),
        owner(world, 1),
        browser(make_user("staff@people.example", is_staff=True, is_superuser=True)),
    ]
