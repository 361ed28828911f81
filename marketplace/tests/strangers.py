"""People who have things of their own, and nothing to do with A's: what a stranger tries with."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from apps.accounts.models import Address, User
from apps.catalog.models import BulkChange, CardDraft, Product, Warehouse
from apps.catalog.tests.seller_cards import add_picture_row
from apps.core.viewer import GrantToken, viewer_of
from apps.documents.tests.world import receipt_of
from apps.logistics.models import Courier
from apps.logistics.tests.world import make_clerk, make_point, on_the_shelf, on_the_way
from apps.orders.models import Order
from apps.orders.selectors import order_grant
from apps.orders.services import fulfilment
from apps.orders.tests.cases.world import ask, dispute
from apps.orders.tests.services.fulfilling import arrive, fresh, paid_orders, ship
from apps.orders.tests.services.world import filled_checkout, now
from apps.payments.models import Payout
from apps.payments.tests.payouts import ask_payout, pay_in, plain_account, uzs
from apps.reviews.models import Review
from apps.sellers.models import SavedFilter, SellerMember
from marketplace.tests.access import Person
from marketplace.tests.api_client import session_token
from marketplace.tests.scene import Scene, guest_session
from marketplace.tests.world import ADDRESS, World, make_user

WEAK = ("STOCK", "FINANCE")


@dataclass
class Stranger:
    """`theirs`: the ids that the scene has of A, of the stranger's own things of that kind."""

    person: Person
    theirs: dict[str, Any] = field(default_factory=dict)
    paths: str = "/"

    def tries(self, address: str) -> bool:
        return self.paths in address


@dataclass
class Strangers:
    """`clerk` is whose shelf A's parcel `shelved_id` lies on; the others are strangers to A's things."""

    people: dict[str, Stranger]
    clerk: Person
    shelved_id: UUID


def make_strangers(scene: Scene) -> Strangers:
    world, customer = scene.world, scene.people["other_customer"]
    theirs = replace(world, buyer=User.objects.get(email="other_customer@matrix.example"))
    seller = world.sellers[1]
    paid = paid_orders(theirs, offers=(2,))[0]
    bought, sold = _bought(theirs, paid), _sold(world, paid)
    token = GrantToken.write(order_grant(paid.group))
    guest = Person("link_holder", guest_session(token), token)
    people = {
        "other customer": Stranger(customer, bought),
        "guest of another order": Stranger(guest, {k: bought[k] for k in ("group_id", "order_id")}),
        "other seller": Stranger(scene.people["other_seller"], sold),
        "other courier": Stranger(_courier(), paths="/courier/"),
    }
    for role in WEAK:
        user = make_user(f"{role.lower()}@matrix.example")
        SellerMember.objects.create(seller=world.sellers[0], user=user, role=role)
        people[role] = Stranger(_person(user), {"seller_id": world.sellers[0].id}, "/seller/")
    assert sold["seller_id"] == seller.id
    point, other = make_point("scene-point"), make_point("another-point")
    clerk = make_clerk(point, 81)
    people["other clerk"] = Stranger(_person(make_clerk(other, 82)), paths="/pickup/")
    shelved = on_the_shelf(clerk, point, "K-81-1-1")
    return Strangers(people, _person(clerk), shelved.id)


def _person(user: User) -> Person:
    return Person("other_customer", session_token(user))


def _courier() -> Person:
    user = make_user("other-courier@matrix.example")
    Courier.objects.create(user=user, country="UZ", city="Toshkent", phone="+998901112244")
    on_the_way(user, "K-82-1-1")
    return _person(user)


def _delivered(world: World) -> Order:
    order = paid_orders(world, offers=(2,))[0]
    actor = viewer_of(User.objects.get(email="owner2@sellers.example"))
    fulfilment.confirm_order(order_id=order.id, actor=actor, now=now())
    arrive(ship(order, actor=actor))
    return fresh(order)


def _bought(world: World, paid: Order) -> dict[str, Any]:
    """What the other customer bought of the second seller, returns and argues about."""
    buyer = world.buyer
    assert buyer is not None
    returned, argued = _delivered(world), _delivered(world)
    cases = {
        "return_id": ask(world, returned).id,
        "dispute_id": dispute(world, argued, 1_000_00).id,
    }
    # The last of all: placing an order empties the cart.
    checkout, quote = filled_checkout(world, offers=(3,))
    review = Review.objects.create(
        product=world.offers[2].variant.product,
        author_id=buyer.id,
        author_name="B",
        rating=4,
        language="en",
        submitted_at=now(),
    )
    return {
        "group_id": paid.group_id,
        "paid_group_id": paid.group_id,
        "order_id": paid.id,
        "paid_order_id": paid.id,
        "document_id": receipt_of(paid).id,
        "checkout_id": checkout.id,
        "digest": quote.digest,
        "line_id": checkout.cart.lines.get().id,
        "address_id": Address.objects.create(user=buyer, **ADDRESS).id,
        "review_id": review.id,
        **cases,
    }


def _sold(world: World, paid: Order) -> dict[str, Any]:
    """What the second seller has."""
    seller = world.sellers[1]
    owner = SellerMember.objects.get(seller=seller, role="OWNER")
    draft = CardDraft.objects.create(
        seller=seller, texts={"en": {"title": "Pot", "description": ""}}, variants=[{"key": "a"}]
    )
    product = world.offers[2].variant.product
    Product.objects.filter(pk=product.pk).update(created_by_seller=seller)
    keeper = SellerMember.objects.create(
        seller=seller, user=make_user("keeper2@matrix.example"), role="STOCK"
    )
    return {
        "seller_id": seller.id,
        "offer_id": world.offers[2].id,
        "order_id": paid.id,
        "paid_order_id": paid.id,
        "document_id": receipt_of(paid).id,
        "warehouse_id": Warehouse.objects.get(seller=seller).id,
        "member_id": keeper.id,
        "payout_id": _payout(seller.id).id,
        "draft_id": draft.id,
        "picture_id": add_picture_row(draft, "b" * 64).pk,
        "change_id": BulkChange.objects.create(seller=seller, kind="HANDLING_DAYS", value=2).id,
        "filter_id": SavedFilter.objects.create(member=owner, page="offers", name="F", query="").pk,
        "own_product_id": product.pk,
    }


def _payout(payee_id: UUID) -> Payout:
    pay_in(payee_id, uzs(1_000_000))
    plain_account(payee_id)
    return ask_payout(payee_id, uzs(50_000))


def not_there(value: Any) -> str:
    """An id of the same kind that nothing has."""
    return "2000000000" if str(value).isdigit() else str(uuid4())
