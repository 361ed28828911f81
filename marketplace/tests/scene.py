"""Customer A's things and everybody who may come by, for the tests that walk all routes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connections

from apps.accounts.models import Address, User
from apps.accounts.services.roles import give_role
from apps.backoffice.tests.world import desk_world
from apps.catalog.models import BulkChange, CardDraft, DraftPicture, Product, Warehouse
from apps.catalog.services.images import rendition_key, store_picture
from apps.catalog.tests.seller_cards import add_picture_row, png
from apps.core import clock
from apps.core.viewer import GrantToken, viewer_of
from apps.core.web.middleware import ORDER_GRANTS_SESSION_KEY
from apps.documents.services.filing import render
from apps.documents.tests.world import receipt_of
from apps.logistics.models import Courier
from apps.logistics.tests.world import on_the_way
from apps.orders.models import CasePhoto, Order
from apps.orders.selectors import order_grant
from apps.orders.services.evidence import private_storage
from apps.orders.services.settling import confirm_receipt
from apps.orders.tests.cases.world import ask, dispute
from apps.orders.tests.services.fulfilling import delivered_order, paid_order
from apps.orders.tests.services.world import filled_checkout, pay, place
from apps.payments.models import Payout, Settlement
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.payouts import ask_payout, plain_account, uzs
from apps.reviews.models import Review
from apps.reviews.tests.world import published
from apps.sellers.models import SavedFilter, SellerMember
from conftest import empty_all_tables
from marketplace.tests.access import ACTORS, Person
from marketplace.tests.api_client import session_token
from marketplace.tests.world import ADDRESS, World, make_user

OFFICE = ("support", "arbiter", "moderator", "analyst", "superadmin")


class Scene:
    """Customer A's things, and everybody who may come by."""

    def __init__(self) -> None:
        self.world = world = desk_world()
        buyer = world.buyer
        assert buyer is not None
        group = place(world, offers=(0,))
        pay(world, group)
        paid, settled = paid_order(world, offers=(0,)), delivered_order(world, offers=(0, 1))
        confirm_receipt(order_id=settled.id, viewer=viewer_of(buyer), now=clock.now())
        review = published(world, rating=5, text="Holds tea.")
        # Signed with another name: pages that caches keep are searched for the customer's.
        Review.objects.filter(id=review.id).update(author_name="Somebody S.")
        cases = _cases(world)
        checkout, quote = filled_checkout(world, offers=(1,))
        address = Address.objects.create(user=buyer, **ADDRESS)
        product = world.offers[0].variant.product
        token = GrantToken.write(order_grant(group))
        self.values: dict[str, Any] = {
            "group_id": group.id,
            "order_id": group.orders.get().id,
            "paid_order_id": paid.id,
            "payout_id": _payout_of(world.sellers[0].id).id,
            "paid_group_id": paid.group_id,
            "document_id": _printed_receipt(paid),
            "settlement_id": Settlement.objects.get(reference_id=settled.id).id,
            "checkout_id": checkout.id,
            "digest": quote.digest,
            "line_id": checkout.cart.lines.get().id,
            "address_id": address.id,
            "product_id": product.id,
            "bought_product_id": world.offers[1].variant.product_id,
            "review_id": review.id,
            "short_id": product.short_id,
            "slug": product.texts.get(language="en").slug,
            "code": "things",
            "offer_id": world.offers[1].id,
            "item_id": world.offers[1].components.get().item_id,
            "seller_id": world.sellers[0].id,
            "page": "about",
            "token": token,
            "key": "made-up",
            "uidb36": "1",
            "url": "made-up",
            "app_label": "orders",
            "content_type_id": "1",
            "object_id": "1",
        } | cases
        self.people = {name: self._person(name, world, token) for name in ACTORS}
        self.values |= _things_of_the_trade(world)

    def _person(self, name: str, world: World, token: str) -> Person:
        if name == "anonymous":
            return Person(name)
        if name == "link_holder":
            return Person(name, guest_session(token), token)
        user = self._user(name, world)
        person = Person(name, session_token(user))
        if name == "inactive":
            User.objects.filter(pk=user.pk).update(is_active=False)
        return person

    def _user(self, name: str, world: World) -> User:
        if name == "customer":
            assert world.buyer is not None
            return world.buyer
        if name in {"seller_owner", "other_seller"}:
            seller = world.sellers[0 if name == "seller_owner" else 1]
            return User.objects.get(seller_memberships__seller=seller)
        is_staff, is_root = name in OFFICE, name == "superadmin"
        email = f"{name}@matrix.example"
        user = make_user(email, full_name=name, is_staff=is_staff, is_superuser=is_root)
        if name in {"courier", *OFFICE}:
            give_role(user=user, role=name)
        if name == "courier":
            Courier.objects.create(user=user, country="UZ", city="Toshkent", phone="+998901112233")
        if name == "seller_staff":
            SellerMember.objects.create(seller=world.sellers[0], user=user, role="MANAGER")
        return user


def _payout_of(seller_id: UUID) -> Payout:
    """The first seller has an account, and asked for a part of what is available."""
    make_due_available(now=clock.now() + timedelta(days=30))
    plain_account(seller_id)
    return ask_payout(seller_id, uzs(50_000), now=clock.now())


def _things_of_the_trade(world: World) -> dict[str, Any]:
    """The courier's stop; a paid order of the first seller, a settled one, its warehouse and staff."""
    carrier = User.objects.get(email="courier@matrix.example")
    return {
        "shipment_id": on_the_way(carrier, "K-77-1-1").id,
        "warehouse_id": Warehouse.objects.filter(seller=world.sellers[0]).values_list("id")[0][0],
        "member_id": SellerMember.objects.get(user__email="seller_staff@matrix.example").id,
        **_cards(world),
    }


def _cards(world: World) -> dict[str, Any]:
    """A draft of the first seller with a picture, a change of many offers, its owner's saved filter."""
    draft = CardDraft.objects.create(
        seller=world.sellers[0],
        texts={"en": {"title": "Lamp of Gijduvon", "description": ""}},
        variants=[{"key": "a"}],
    )
    picture, stored = add_picture_row(draft), store_picture(png(), is_own=True)
    DraftPicture.objects.update(content_hash=stored.content_hash, renditions=stored.widths)
    owner = SellerMember.objects.get(seller=world.sellers[0], role="OWNER")
    product = world.offers[1].variant.product
    Product.objects.filter(pk=product.pk).update(created_by_seller=world.sellers[0])
    return {
        "draft_id": draft.id,
        "picture_id": picture.pk,
        "change_id": BulkChange.objects.earliest("id").id,
        "filter_id": SavedFilter.objects.create(member=owner, page="offers", name="F", query="").pk,
        "own_product_id": product.pk,
    }


def _cases(world: World) -> dict[str, Any]:
    """A return with a picture and a dispute, both of A and of the first seller."""
    case = ask(world, delivered_order(world, offers=(0,)))
    photo = CasePhoto.objects.create(
        return_case=case, content_hash="0" * 64, width=8, height=8, widths=[8]
    )
    private_storage().save(rendition_key(photo.content_hash, 8), ContentFile(b"picture"))
    found = dispute(world, delivered_order(world, offers=(0,)))
    return {"return_id": case.id, "dispute_id": found.id, "photo_id": photo.id}


def _printed_receipt(order: Order) -> UUID:
    receipt = receipt_of(order)
    render(rendering_id=receipt.renderings.get().id, now=clock.now())
    return receipt.id


def guest_session(token: str) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[ORDER_GRANTS_SESSION_KEY] = [token]
    session.create()
    return str(session.session_key)


@contextmanager
def committed_scene(blocker: Any) -> Iterator[Scene]:
    """One committed world for a whole module; the tables are emptied afterwards."""
    with blocker.unblock():
        try:
            yield Scene()
        finally:
            connections.close_all()
            empty_all_tables()
            cache.clear()


def without_limits(monkeypatch: Any) -> None:
    """Let one address ask without end: the limits have tests of their own."""
    limits = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    monkeypatch.setattr(settings, "RATE_LIMITS", limits)
    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", False, raising=False)
