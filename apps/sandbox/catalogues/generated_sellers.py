"""The sellers of a generated catalogue: a dozen shops in two countries beside the demo's two."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.catalog.models import Warehouse
from apps.core.viewer import SYSTEM
from apps.sandbox.demo import compose
from apps.sandbox.demo.people import MOSCOW, TASHKENT
from apps.sellers.models import Seller
from apps.sellers.services import SellerDetails, activate_seller, register_seller

# slug, name, city of the main warehouse, city of the other
UZBEK = (
    ("anhor-market", "Anhor Market", "Toshkent", "Samarqand"),
    ("buxoro-bozori", "Buxoro Bozori", "Buxoro", "Toshkent"),
    ("chorsu-savdo", "Chorsu Savdo", "Toshkent", "Andijon"),
    ("fargona-uyi", "Fargʻona Uyi", "Fargʻona", "Toshkent"),
    ("ipak-yoli", "Ipak Yoʻli", "Samarqand", "Toshkent"),
    ("namangan-gul", "Namangan Gul", "Namangan", "Toshkent"),
    ("xiva-sovgalari", "Xiva Sovgʻalari", "Xiva", "Toshkent"),
)
RUSSIAN = (
    ("dom-i-sad", "Дом и сад", "Москва", "Казань"),
    ("nevsky-dvor", "Невский двор", "Санкт-Петербург", "Москва"),
    ("uralskie-tovary", "Уральские товары", "Екатеринбург", "Москва"),
    ("volga-torg", "Волга Торг", "Казань", "Москва"),
    ("sibirskaya-lavka", "Сибирская лавка", "Новосибирск", "Москва"),
)
COUNTRIES = {
    "UZ": ("UZS", "Asia/Tashkent", "owner.tashkent@karvon.example", UZBEK),
    "RU": ("RUB", "Europe/Moscow", "owner.moscow@karvon.example", RUSSIAN),
}
# As compose.SELLERS has them.
SELLERS: dict[str, tuple[str, tuple[str, str]]] = {
    slug: (currency, (f"{slug}-1", f"{slug}-2"))
    for currency, _zone, _owner, shops in COUNTRIES.values()
    for slug, *_names in shops
}
BY_CURRENCY = {
    "UZS": (TASHKENT, *(row[0] for row in UZBEK)),
    "RUB": (MOSCOW, *(row[0] for row in RUSSIAN)),
}
ALL = compose.SELLERS | SELLERS


@transaction.atomic
def ensure_sellers(*, now: datetime) -> None:
    """Open the shops that are not there yet; the demo's own owners keep them."""
    known = set(Seller.objects.values_list("slug", flat=True))
    for country, (currency, zone, owner, shops) in COUNTRIES.items():
        owner_id = User.objects.get(email=owner).id
        for number, (slug, name, *cities) in enumerate(shops):
            if slug in known:
                continue
            details = SellerDetails(
                name=name,
                slug=slug,
                legal_name=name,
                legal_kind=Seller.LegalKind.COMPANY,
                country=country,
                city=cities[0],
                tax_id=f"{305_118_300 + number}"
                if country == "UZ"
                else f"{7_701_234_600 + number}",
                currency=currency,
                is_vat_payer=True,
            )
            since = now - timedelta(days=400)
            seller = register_seller(details=details, owner_id=owner_id, now=since)
            activate_seller(seller_id=seller.id, actor=SYSTEM, now=since)
            _ensure_warehouses(seller, cities, zone)


def _ensure_warehouses(seller: Seller, cities: list[str], zone: str) -> None:
    _currency, codes = SELLERS[seller.slug]
    for code, city in zip(codes, cities, strict=True):
        Warehouse.objects.get_or_create(
            code=code,
            defaults={
                "seller": seller,
                "name": city,
                "country": seller.country,
                "city": city,
                "address": city,
                "time_zone": zone,
                "working_days": [1, 2, 3, 4, 5, 6],
            },
        )
