"""One more of everything that people look at in lists."""

from datetime import timedelta

from django.db.models import F

from apps.accounts.models import Address, User
from apps.catalog.models import CardDraft, Offer, Stock, Warehouse
from apps.catalog.services.shelves import note_viewed, set_favorite
from apps.catalog.tests.seller_cards import add_picture_row
from apps.core import clock
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.logistics.tests.world import make_point, on_the_way
from apps.orders.services import carts, disputing
from apps.orders.services.settling import confirm_receipt
from apps.orders.tests.cases.world import ask, dispute
from apps.orders.tests.services.fulfilling import delivered_order, paid_order
from apps.orders.types_returns import Words
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.payouts import ask_payout, uzs
from apps.reviews.tests.world import another_buyer, published
from apps.sellers.models import SavedFilter, SellerMember
from marketplace.tests.scene import Scene
from marketplace.tests.world import ADDRESS, make_category, make_offer, make_seller, make_user


def grow(scene: Scene, number: int) -> None:
    Stock.objects.update(on_hand=F("on_hand") + 100)
    _window(scene, number)
    _orders_of_the_buyer(scene, number)
    _shop(scene, number)
    make_point(f"growth-{number}")
    on_the_way(User.objects.get(email="courier@matrix.example"), f"K-79-{number}-1")
    _shelves_of_the_buyer(scene)
    deliver_all()


def _window(scene: Scene, number: int) -> None:
    """A category, and two products of the first seller: one to be reviewed, one that is not."""
    world = scene.world
    make_category(f"things-{number}")
    warehouse = Warehouse.objects.filter(seller=world.sellers[0]).earliest("id")
    for kind in ("A", "B"):
        world.offers.append(
            make_offer(
                seller=world.sellers[0],
                warehouse=warehouse,
                category=world.category,
                sku=f"G{kind}{number}",
                price=Money(60_000_00, "UZS"),
                units=500,
            )
        )
    deliver_all()


def _orders_of_the_buyer(scene: Scene, number: int) -> None:
    world, buyer = scene.world, scene.world.viewer()
    reviewed, unreviewed = len(world.offers) - 2, len(world.offers) - 1
    paid_order(world, offers=(0, 1))
    settled = delivered_order(world, offers=(0, reviewed, unreviewed))
    confirm_receipt(order_id=settled.id, viewer=buyer, now=clock.now())
    published(world, reviewed, rating=5, text="Holds tea too.")
    published(world, actor=another_buyer(world, number), rating=4, text="Pours well.")
    ask(world, delivered_order(world, offers=(0,)))
    dispute(world, delivered_order(world, offers=(0,)))
    words = Words(f"Look at it once more, {number}.", str(number), ())
    disputing.say(dispute_id=scene.values["dispute_id"], words=words, actor=buyer, now=clock.now())
    Address.objects.create(user=world.buyer, **ADDRESS)


def _shop(scene: Scene, number: int) -> None:
    seller = scene.world.sellers[0]
    make_due_available(now=clock.now() + timedelta(days=30))
    ask_payout(seller.id, uzs(50_000), now=clock.now())
    draft = CardDraft.objects.create(
        seller=seller, texts={"en": {"title": f"Lamp {number}", "description": ""}}
    )
    add_picture_row(draft)
    add_picture_row(CardDraft.objects.get(id=scene.values["draft_id"]), f"{number}" * 64)
    owner = SellerMember.objects.get(seller=seller, role="OWNER")
    SavedFilter.objects.create(member=owner, page="offers", name=f"F{number}", query="")
    person = make_user(f"keeper{number}@matrix.example")
    SellerMember.objects.create(seller=seller, user=person, role="STOCK")
    other, warehouse = make_seller(10 + number)
    Warehouse.objects.filter(id=warehouse.id).update(seller=seller)
    SellerMember.objects.create(seller=other, user=owner.user, role="MANAGER")


def _shelves_of_the_buyer(scene: Scene) -> None:
    """Placing an order emptied the cart: fill it with what is new, and keep as much for later."""
    viewer, buyer = scene.world.viewer(), scene.world.buyer
    assert buyer is not None
    for offer in Offer.objects.filter(id__in=[one.id for one in scene.world.offers[4:]]):
        line = carts.add_line(viewer=viewer, offer_id=offer.id, quantity=1, now=clock.now())
        is_kept = offer.variant.sku.startswith("GB")
        carts.save_for_later(viewer=viewer, line_id=line.id, is_saved=is_kept, now=clock.now())
        set_favorite(user_id=buyer.id, product_id=offer.variant.product_id, is_favorite=True)
        note_viewed(user_id=buyer.id, product_id=offer.variant.product_id, now=clock.now())
