"""The people of the demo: sellers with staff, buyers, a courier, a pickup clerk, the marketplace's staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.accounts.models import Address, User
from apps.accounts.services.roles import ensure_roles, give_role
from apps.catalog.models import Warehouse
from apps.core.viewer import SYSTEM
from apps.logistics.models import Courier, PickupClerk, PickupPoint
from apps.sellers.models import Seller, SellerMember
from apps.sellers.services import SellerDetails, activate_seller, register_seller

PASSWORD = "karvon-demo"  # noqa: S105  known to everybody, of the demo alone
TASHKENT, MOSCOW = "registon-savdo", "severny-bazar"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    role: str
    language: str = "en"
    currency: str = "UZS"
    seller: str = ""

    @property
    def is_staff(self) -> bool:
        return self.role in {"support", "arbiter", "moderator", "analyst", "superadmin"}


PEOPLE = (
    Person("olivia@karvon.example", "Olivia Bennett", "customer", "en", "USD"),
    Person("ivan@karvon.example", "Иван Соколов", "customer", "ru", "RUB"),
    Person("aziza@karvon.example", "Aziza Karimova", "customer", "uz", "UZS"),
    Person("owner.tashkent@karvon.example", "Jasur Rahimov", "OWNER", "uz", seller=TASHKENT),
    Person("manager.tashkent@karvon.example", "Dilnoza Yusupova", "MANAGER", "uz", seller=TASHKENT),
    Person("stock.tashkent@karvon.example", "Bobur Tursunov", "STOCK", "uz", seller=TASHKENT),
    Person("finance.tashkent@karvon.example", "Malika Saidova", "FINANCE", "ru", seller=TASHKENT),
    Person("owner.moscow@karvon.example", "Елена Орлова", "OWNER", "ru", "RUB", MOSCOW),
    Person("manager.moscow@karvon.example", "Павел Лебедев", "MANAGER", "ru", "RUB", MOSCOW),
    Person("stock.moscow@karvon.example", "Руслан Ахметов", "STOCK", "ru", "RUB", MOSCOW),
    Person("finance.moscow@karvon.example", "Вера Макарова", "FINANCE", "ru", "RUB", MOSCOW),
    Person("courier@karvon.example", "Sardor Aliyev", "courier", "uz"),
    Person("clerk@karvon.example", "Nargiza Ismoilova", "pickup_clerk", "uz"),
    Person("support@karvon.example", "Nodira Hasanova", "support", "ru"),
    Person("arbiter@karvon.example", "Rustam Qodirov", "arbiter", "uz"),
    Person("moderator@karvon.example", "Timur Nazarov", "moderator", "ru"),
    Person("analyst@karvon.example", "Grace Miller", "analyst", "en"),
    Person("admin@karvon.example", "Kamola Ergasheva", "superadmin", "en"),
)

SELLERS = (
    SellerDetails(
        name="Registon Savdo",
        slug=TASHKENT,
        legal_name="Registon Savdo MChJ",
        legal_kind=Seller.LegalKind.COMPANY,
        country="UZ",
        city="Toshkent",
        tax_id="305118240",
        currency="UZS",
        is_vat_payer=True,
    ),
    SellerDetails(
        name="Северный базар",
        slug=MOSCOW,
        legal_name="ООО «Северный базар»",
        legal_kind=Seller.LegalKind.COMPANY,
        country="RU",
        city="Москва",
        tax_id="7701234563",
        currency="RUB",
        is_vat_payer=True,
    ),
)

# code, seller, name, city, address, hour until which an order leaves the same day
WAREHOUSES = (
    ("tashkent-sergeli", TASHKENT, "Sergeli", "Toshkent", "Yangi Sergeli koʻchasi, 14", 17),
    ("samarkand", TASHKENT, "Samarqand", "Samarqand", "Gagarin koʻchasi, 61", 15),
    ("moscow-south", MOSCOW, "Москва Юг", "Москва", "Варшавское шоссе, 170", 16),
    ("kazan", MOSCOW, "Казань", "Казань", "улица Техническая, 23", 14),
)

# e-mail, country, region, city, street, house, apartment, postcode, phone
ADDRESSES = (
    ("olivia@karvon.example", "UZ", "", "Toshkent", "Shota Rustaveli", "45", "12", "100070"),
    ("ivan@karvon.example", "RU", "", "Москва", "Профсоюзная улица", "58к2", "117", "117335"),
    ("aziza@karvon.example", "UZ", "", "Samarqand", "Mirzo Ulugʻbek", "8", "3", "140100"),
)
# Where the courier carries, and the point at whose counter the clerk stands.
COURIER, COURIER_CITY, COURIER_PHONE = "courier@karvon.example", "Toshkent", "+998935550011"
CLERK = "clerk@karvon.example"
PHONES = {
    "olivia@karvon.example": "+998901112233",
    "ivan@karvon.example": "+79161234567",
    "aziza@karvon.example": "+998937654321",
}


@transaction.atomic
def ensure_people(*, now: datetime) -> None:
    """Make everybody who is not there yet, with verified e-mails; sellers are open for a year."""
    ensure_roles()
    users = {person.email: _ensure_person(person) for person in PEOPLE}
    for details in SELLERS:
        _ensure_seller(details, users, now - timedelta(days=400))
    for code, seller, name, city, address, cutoff in WAREHOUSES:
        owner = Seller.objects.get(slug=seller)
        Warehouse.objects.get_or_create(
            code=code,
            defaults={
                "seller": owner,
                "name": name,
                "country": owner.country,
                "city": city,
                "address": address,
                "cutoff_hour": cutoff,
                "time_zone": "Asia/Tashkent" if owner.country == "UZ" else "Europe/Moscow",
                "working_days": [1, 2, 3, 4, 5, 6],
            },
        )
    for email, country, region, city, street, house, apartment, postcode in ADDRESSES:
        Address.objects.get_or_create(
            user=users[email],
            is_default=True,
            defaults={
                "recipient_name": users[email].full_name,
                "phone": PHONES[email],
                "country": country,
                "region": region,
                "city": city,
                "street": street,
                "house": house,
                "apartment": apartment,
                "postcode": postcode,
            },
        )


@transaction.atomic
def ensure_carriers(*, point_code: str) -> None:
    """Give the courier a city and the clerk a counter; the points are there by now."""
    Courier.objects.get_or_create(
        user=User.objects.get(email=COURIER),
        defaults={"country": "UZ", "city": COURIER_CITY, "phone": COURIER_PHONE},
    )
    PickupClerk.objects.get_or_create(
        user=User.objects.get(email=CLERK),
        defaults={"point": PickupPoint.objects.get(code=point_code)},
    )


def _ensure_person(person: Person) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email,
            PASSWORD,
            full_name=person.name,
            phone=PHONES.get(person.email, ""),
            language=person.language,
            currency=person.currency,
            is_staff=person.is_staff,
            is_superuser=person.role == "superadmin",
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        give_role(user=user, role="customer" if person.seller else person.role)
    return user


def _ensure_seller(details: SellerDetails, users: dict[str, User], since: datetime) -> None:
    if Seller.objects.filter(slug=details.slug).exists():
        return
    staff = [person for person in PEOPLE if person.seller == details.slug]
    owner = next(person for person in staff if person.role == SellerMember.Role.OWNER)
    seller = register_seller(details=details, owner_id=users[owner.email].id, now=since)
    activate_seller(seller_id=seller.id, actor=SYSTEM, now=since)
    SellerMember.objects.bulk_create(
        SellerMember(seller=seller, user=users[person.email], role=person.role)
        for person in staff
        if person is not owner
    )
    SellerMember.objects.filter(seller=seller).update(added_at=since)
