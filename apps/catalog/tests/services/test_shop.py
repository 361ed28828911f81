"""What a seller's staff do with offers and stock: who may, what is refused, what remains in the books."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from apps.catalog.models import Offer, OfferPrice, Stock, StockMovement, VariantCode, Warehouse
from apps.catalog.services import shop
from apps.catalog.services.offers import OfferTerms, PriceNotPositive
from apps.catalog.services.stock import StockBelowReserved
from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_user, make_world

KINDS = StockMovement.Kind


@pytest.fixture
def world(db: None) -> World:
    return make_world(units=10, offers_each=2)


def owner(world: World, index: int = 0) -> Viewer:
    member = SellerMember.objects.get(seller=world.sellers[index], role=MemberRole.OWNER)
    return viewer_of(member.user)


def member(seller: Seller, role: MemberRole) -> Viewer:
    person = make_user(f"{role.lower()}@people.example")
    SellerMember.objects.create(seller=seller, user=person, role=role)
    return viewer_of(person)


def price(world: World, actor: Viewer, amount: Money, **given: Any) -> Offer:
    return shop.set_price(
        offer_id=world.offers[0].id,
        price=amount,
        old_price=given.get("old"),
        seen_version=given.get("version", 1),
        actor=actor,
        now=NOW,
    )


def count(world: World, actor: Viewer, on_hand: int, **given: Any) -> Stock:
    return shop.count_stock(
        item_id=world.offers[0].components.get().item_id,
        warehouse_id=given.get("warehouse") or Warehouse.objects.get(code="wh-1").id,
        on_hand=on_hand,
        seen_on_hand=given.get("seen", 10),
        kind=given.get("kind", KINDS.CORRECTION),
        key=given.get("key", "k"),
        actor=actor,
    )


def strangers(world: World) -> list[Viewer]:
    return [
        ANONYMOUS,
        viewer_of(world.buyer),
        owner(world, 1),
        viewer_of(make_user("staff@people.example", is_staff=True)),
        member(world.sellers[0], MemberRole.FINANCE),
    ]


def test_price_changed_by_the_owner_keeps_both_prices_and_an_audit_row(world: World) -> None:
    offer = price(world, owner(world), Money(90_000_00, "UZS"), old=Money(100_000_00, "UZS"))

    assert (offer.price_minor, offer.old_price_minor, offer.version) == (9_000_000, 10_000_000, 2)
    rows = OfferPrice.objects.filter(offer=offer).order_by("id")
    assert [row.price_minor for row in rows] == [10_000_000, 9_000_000]
    entry = AuditEntry.objects.get(action="catalog.offer_price_changed")
    assert (entry.before["price_minor"], entry.after["price_minor"]) == (10_000_000, 9_000_000)


def test_price_of_an_offer_that_was_changed_meanwhile_is_refused(world: World) -> None:
    price(world, owner(world), Money(90_000_00, "UZS"))

    with pytest.raises(shop.OfferChanged):
        price(world, owner(world), Money(80_000_00, "UZS"), version=1)

    assert Offer.objects.get(id=world.offers[0].id).price_minor == 9_000_000


@pytest.mark.parametrize(
    ("amount", "old", "refusal"),
    [
        (0, None, PriceNotPositive),
        (100, 100, PriceNotPositive),
        (10**14 + 1, None, shop.PriceTooHigh),
        (100, 10**14 + 1, shop.PriceTooHigh),
    ],
)
def test_price_out_of_range_is_refused_and_changes_nothing(
    world: World, amount: int, old: int | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        price(
            world,
            owner(world),
            Money(amount, "UZS"),
            old=Money(old, "UZS") if old else None,
        )
    assert Offer.objects.get(id=world.offers[0].id).version == 1


def test_strangers_and_roles_without_the_power_change_nothing(world: World) -> None:
    for stranger in [*strangers(world), member(world.sellers[0], MemberRole.STOCK)]:
        with pytest.raises(NotFound):
            price(world, stranger, Money(1_00, "UZS"))
        with pytest.raises(NotFound):
            shop.set_on_sale(offer_id=world.offers[0].id, is_active=False, actor=stranger)
        with pytest.raises(NotFound):
            shop.offer_variant(
                seller_id=world.sellers[0].id,
                code="T21",
                seller_sku="X",
                terms=OfferTerms(price=Money(1_00, "UZS")),
                actor=stranger,
                now=NOW,
            )
    offer = Offer.objects.get(id=world.offers[0].id)
    assert (offer.version, offer.is_active) == (1, True)
    assert Offer.objects.count() == 4


def test_strangers_do_not_count_stock(world: World) -> None:
    for stranger in strangers(world):
        with pytest.raises(NotFound):
            count(world, stranger, 3)
    assert Stock.objects.get(item__seller_sku="S-T11").on_hand == 10


def test_offer_paused_and_opened_again_is_noted_once_each(world: World) -> None:
    for is_active in (False, False, True):
        shop.set_on_sale(offer_id=world.offers[0].id, is_active=is_active, actor=owner(world))

    entries = AuditEntry.objects.filter(action="catalog.offer_set_on_sale").order_by("id")
    assert [entry.after["is_active"] for entry in entries] == [False, True]


@pytest.mark.parametrize(
    ("on_hand", "kind", "quantity"),
    [
        (25, KINDS.RECEIPT, 15),
        (4, KINDS.WRITE_OFF, -6),
        (11, KINDS.CORRECTION, 1),
        (0, KINDS.CORRECTION, -10),
    ],
)
def test_count_becomes_a_movement_of_the_difference(
    world: World, on_hand: int, kind: StockMovement.Kind, quantity: int
) -> None:
    actor = member(world.sellers[0], MemberRole.STOCK)

    stock = count(world, actor, on_hand, kind=kind)

    assert stock.on_hand == on_hand
    movement = StockMovement.objects.latest("id")
    assert (movement.kind, movement.quantity, movement.actor_id) == (kind, quantity, actor.user_id)


def test_count_sent_twice_counts_once(world: World) -> None:
    count(world, owner(world), 25)
    again = count(world, owner(world), 25)

    assert again.on_hand == 25
    assert StockMovement.objects.filter(quantity=15).count() == 1


def test_count_equal_to_what_is_there_leaves_no_movement(world: World) -> None:
    before = StockMovement.objects.count()
    assert count(world, owner(world), 10).on_hand == 10
    assert StockMovement.objects.count() == before


@pytest.mark.parametrize(
    ("on_hand", "given", "refusal"),
    [
        (-1, {}, shop.CountOutOfRange),
        (1_000_001, {}, shop.CountOutOfRange),
        (5, {"seen": 11}, shop.StockMoved),
        (5, {"kind": KINDS.RECEIPT}, shop.KindDoesNotFit),
        (15, {"kind": KINDS.WRITE_OFF}, shop.KindDoesNotFit),
        (15, {"kind": KINDS.SALE}, shop.KindDoesNotFit),
        (2, {}, StockBelowReserved),
    ],
)
def test_count_that_cannot_be_is_refused_and_changes_nothing(
    world: World, on_hand: int, given: dict[str, Any], refusal: type[Exception]
) -> None:
    Stock.objects.filter(item=world.offers[0].components.get().item).update(reserved=3)
    before = StockMovement.objects.count()

    with pytest.raises(refusal):
        count(world, owner(world), on_hand, **given)

    assert StockMovement.objects.count() == before


def test_count_in_another_sellers_warehouse_is_not_found(world: World) -> None:
    other = Warehouse.objects.get(code="wh-2")

    with pytest.raises(NotFound):
        count(world, owner(world), 5, warehouse=other.id, seen=0)

    assert not Stock.objects.filter(warehouse=other, item=world.offers[0].components.get().item)


def test_variant_is_offered_by_its_article_or_its_barcode(world: World) -> None:
    VariantCode.objects.create(variant=world.offers[3].variant, gtin="4780000000016")
    made = [
        shop.offer_variant(
            seller_id=world.sellers[0].id,
            code=code,
            seller_sku=f"MY-{code}",
            terms=OfferTerms(price=Money(5_000_00, "UZS"), handling_days=2),
            actor=owner(world),
            now=NOW,
        )
        for code in ("T21", "4780000000016")
    ]

    assert [offer.variant_id for offer in made] == [row.variant_id for row in world.offers[2:]]
    assert made[0].components.get().item.seller_sku == "MY-T21"
    assert AuditEntry.objects.filter(action="catalog.offer_created").count() == 2


@pytest.mark.parametrize(
    ("code", "sku", "refusal"),
    [
        ("nothing", "X", shop.VariantUnknown),
        ("T11", "X", shop.OfferExists),
        ("T21", "S-T11", shop.SellerSkuTaken),
    ],
)
def test_variant_that_cannot_be_offered_is_refused(
    world: World, code: str, sku: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        shop.offer_variant(
            seller_id=world.sellers[0].id,
            code=code,
            seller_sku=sku,
            terms=OfferTerms(price=Money(1_00, "UZS")),
            actor=owner(world),
            now=NOW,
        )
    assert Offer.objects.count() == 4


@pytest.mark.usefixtures("committed_db")
def test_two_counts_at_once_from_one_sight_make_one_movement() -> None:
    """Without the lock on the stock row both would pass the check of what was seen."""
    world = make_world(units=10, offers_each=1)
    actor, start = owner(world), Barrier(4)

    def race(number: int) -> str:
        try:
            start.wait()
            count(world, actor, 10 + number, key=f"race-{number}")
        except shop.StockMoved:
            return "refused"
        else:
            return "counted"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(race, range(1, 5)))

    stock = Stock.objects.get(item=world.offers[0].components.get().item)
    movements = StockMovement.objects.filter(stock=stock).values_list("quantity", flat=True)
    assert sorted(outcomes) == ["counted", "refused", "refused", "refused"]
    assert stock.on_hand == sum(movements)
    assert len(movements) == 2
