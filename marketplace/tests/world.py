"""A small shop for tests of flows: two sellers, a few offers, tariffs, rates, a buyer."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.accounts.models import User
from apps.catalog.models import Category, Offer, StockMovement, Warehouse
from apps.catalog.services import offers, products, stock
from apps.catalog.services.tree import add_category
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.logistics.models import DeliveryTariff, DeliveryZone, PickupPoint
from apps.pricing.models import CommissionRate, TaxRate
from apps.pricing.services import set_exchange_rates
from apps.sellers.models import Seller
from apps.sellers.services import SellerDetails, activate_seller, register_seller

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

ADDRESS = {
    "recipient_name": "Aziza Karimova",
    "phone": "+998901234567",
    "country": "UZ",
    "region": "",
    "city": "Toshkent",
    "street": "Bobur",
    "house": "12",
    "apartment": "4",
    "postcode": "",
    "note": "",
}


@dataclass
class World:
    sellers: list[Seller] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    buyer: User | None = None
    category: Any = None
    pickup: PickupPoint | None = None

    def viewer(self, user: User | None = None) -> Viewer:
        return viewer_of(user or self.buyer)


def make_user(email: str, **extra: Any) -> User:
    """A person with a verified e-mail and the password "correct horse battery"."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(email, "correct horse battery", **extra)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_seller(
    number: int, *, country: str = "UZ", currency: str = "UZS", is_vat_payer: bool = True
) -> tuple[Seller, Warehouse]:
    owner = make_user(f"owner{number}@sellers.example", full_name=f"Owner {number}")
    seller = register_seller(
        details=SellerDetails(
            name=f"Shop {number}",
            slug=f"shop-{number}",
            legal_name=f"Shop {number} LLC",
            legal_kind=Seller.LegalKind.COMPANY,
            country=country,
            city="Toshkent" if country == "UZ" else "Москва",
            tax_id=f"30000000{number}",
            currency=currency,
            is_vat_payer=is_vat_payer,
        ),
        owner_id=owner.id,
        now=NOW,
    )
    seller = activate_seller(seller_id=seller.id, actor=SYSTEM, now=NOW)
    warehouse = Warehouse.objects.create(
        code=f"wh-{number}",
        name=f"Warehouse {number}",
        seller=seller,
        country=country,
        city=seller.city,
        address="Industrial 1",
        time_zone="Asia/Tashkent" if country == "UZ" else "Europe/Moscow",
        working_days=[1, 2, 3, 4, 5, 6],
    )
    return seller, warehouse


def make_offer(
    *,
    seller: Seller,
    warehouse: Warehouse,
    category: Any,
    sku: str,
    price: Money,
    units: int,
    title: str = "",
) -> Offer:
    product = products.create_product(
        draft=products.ProductDraft(
            category=category,
            texts={"en": (title or f"Thing {sku}", "A thing."), "ru": (f"Вещь {sku}", "Вещь.")},
            variants=[
                products.VariantDraft(sku=sku, options={}, weight_grams=500, size_mm=(200, 100, 50))
            ],
        )
    )
    variant = product.variants.get()
    offer = offers.create_offer(
        seller_id=seller.id,
        variant_id=variant.id,
        seller_sku=f"S-{sku}",
        terms=offers.OfferTerms(price=price),
        now=NOW,
    )
    if units:
        receive_units(offer, warehouse, units, key=f"receipt:{sku}")
    products.publish_product(product_id=product.id, actor=SYSTEM, now=NOW)
    return offer


def receive_units(offer: Offer, warehouse: Warehouse, units: int, *, key: str) -> None:
    stock.move_stock(
        item_id=offer.components.get().item_id,
        warehouse_id=warehouse.id,
        quantity=units,
        kind=StockMovement.Kind.RECEIPT,
        key=key,
        actor_id=None,
    )


def make_category(code: str = "things") -> Category:
    return add_category(code=code, names={"en": "Things", "ru": "Вещи", "uz": "Buyumlar"})


def make_tariffs() -> PickupPoint:
    for country, city in (("UZ", "Toshkent"), ("UZ", ""), ("RU", "")):
        zone = DeliveryZone.objects.create(
            code=f"{country}-{city or 'rest'}".lower(), country=country, city=city
        )
        for kind, price in (("COURIER", 25_000_00), ("PICKUP", 12_000_00)):
            for origin in ("UZ", "RU"):
                DeliveryTariff.objects.create(
                    carrier="own",
                    kind=kind,
                    from_country=origin,
                    zone=zone,
                    up_to_grams=30_000,
                    currency="UZS",
                    price_minor=price,
                    min_days=1,
                    max_days=3,
                )
    return PickupPoint.objects.create(
        code="tashkent-1",
        names={"en": "Point 1"},
        country="UZ",
        city="Toshkent",
        address="Navoiy 1",
        hours="9-21",
        latitude=Decimal("41.31"),
        longitude=Decimal("69.24"),
    )


def make_rates() -> None:
    set_exchange_rates(
        rates={"USD": Decimal(12500), "RUB": Decimal(150)}, valid_on=date(2026, 11, 1)
    )
    CommissionRate.objects.create(rate_bps=1000, valid_from=date(2026, 1, 1))
    TaxRate.objects.create(
        country="UZ",
        tax_class="STANDARD",
        code="UZ-VAT-12",
        rate_bps=1200,
        valid_from=date(2026, 1, 1),
    )


def make_world(*, units: int = 10, offers_each: int = 2) -> World:
    """Two sellers (UZS, RUB) with offers, a buyer, rates, tariffs; cards are built."""
    world = World()
    make_rates()
    world.pickup = make_tariffs()
    world.category = make_category()
    for number, currency in ((1, "UZS"), (2, "RUB")):
        seller, warehouse = make_seller(number, currency=currency)
        world.sellers.append(seller)
        for index in range(1, offers_each + 1):
            price = (
                Money(100_000_00 * index, "UZS")
                if currency == "UZS"
                else Money(990_00 * index, "RUB")
            )
            world.offers.append(
                make_offer(
                    seller=seller,
                    warehouse=warehouse,
                    category=world.category,
                    sku=f"T{number}{index}",
                    price=price,
                    units=units,
                )
            )
    world.buyer = make_user("buyer@people.example", full_name="Aziza Karimova")
    deliver_all(now=datetime.now(UTC))
    return world


def offer_ids(world: World) -> list[UUID]:
    return [offer.id for offer in world.offers]
