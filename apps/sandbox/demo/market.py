"""Rates, taxes, commissions, delivery tariffs and pickup points of the demo."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.catalog.models import Category
from apps.logistics.models import DeliveryTariff, DeliveryZone, PickupPoint
from apps.logistics.selectors import forget_tariffs
from apps.pricing.models import CommissionRate, ExchangeRate, TaxRate
from apps.pricing.selectors import forget_rates
from apps.pricing.services import set_exchange_rates

RATES = {"USD": Decimal(12600), "RUB": Decimal(160), "EUR": Decimal(14400)}
EARLIER_RATES = {"USD": Decimal(12540), "RUB": Decimal(158), "EUR": Decimal(14310)}
SINCE = date(2026, 1, 1)

# country, tax class, code, basis points
TAXES = (
    ("UZ", "STANDARD", "UZ-VAT-12", 1200),
    ("UZ", "REDUCED", "UZ-VAT-12", 1200),
    ("UZ", "ZERO", "UZ-VAT-0", 0),
    ("RU", "STANDARD", "RU-VAT-22", 2200),
    ("RU", "REDUCED", "RU-VAT-10", 1000),
    ("RU", "ZERO", "RU-VAT-0", 0),
)

# category code ("" is the default for all), basis points
COMMISSIONS = (
    ("", 1200),
    ("electronics", 700),
    ("clothes", 1700),
    ("shoes", 1600),
    ("beauty", 1500),
    ("food", 900),
    ("furniture", 1100),
)

# zone: code, country, city
ZONES = (
    ("uz-tashkent", "UZ", "Toshkent"),
    ("uz", "UZ", ""),
    ("ru-moscow", "RU", "Москва"),
    ("ru", "RU", ""),
)
# The price of a parcel up to 1 kg in thousand soʻm and the days on the road: (origin, zone).
ROADS = {
    ("UZ", "uz-tashkent"): (18, 0, 1),
    ("UZ", "uz"): (26, 1, 3),
    ("UZ", "ru-moscow"): (95, 6, 9),
    ("UZ", "ru"): (110, 7, 12),
    ("RU", "ru-moscow"): (32, 1, 2),
    ("RU", "ru"): (48, 2, 5),
    ("RU", "uz-tashkent"): (88, 6, 9),
    ("RU", "uz"): (98, 7, 11),
}
# Chargeable grams and the factor to the first price, in percent.
STEPS = ((1_000, 100), (3_000, 130), (5_000, 165), (10_000, 240), (20_000, 380), (40_000, 640))
STEPS_HEAVY = ((80_000, 1100), (200_000, 2100), (500_000, 3900))
PICKUP_PERCENT = 60

# code, country, city, address, latitude, longitude
POINTS = (
    ("tas-chorsu", "UZ", "Toshkent", "Navoiy koʻchasi, 36", "41.3265", "69.2352"),
    ("tas-amir-temur", "UZ", "Toshkent", "Amir Temur shoh koʻchasi, 4", "41.3112", "69.2797"),
    ("tas-chilonzor", "UZ", "Toshkent", "Bunyodkor shoh koʻchasi, 21", "41.2856", "69.2040"),
    ("tas-yunusobod", "UZ", "Toshkent", "Ahmad Donish koʻchasi, 20", "41.3652", "69.2889"),
    ("sam-registon", "UZ", "Samarqand", "Registon koʻchasi, 12", "39.6547", "66.9758"),
    ("buk-lyabi-hauz", "UZ", "Buxoro", "Bahouddin Naqshband koʻchasi, 88", "39.7731", "64.4201"),
    ("fer-markaz", "UZ", "Fargʻona", "Mustaqillik koʻchasi, 30", "40.3864", "71.7864"),
    ("and-bobur", "UZ", "Andijon", "Bobur shoh koʻchasi, 17", "40.7834", "72.3507"),
    ("msk-polyanka", "RU", "Москва", "улица Большая Полянка, 28", "55.7372", "37.6187"),
    ("msk-sokolniki", "RU", "Москва", "Сокольническая площадь, 4А", "55.7891", "37.6797"),
    ("msk-yugo-zapad", "RU", "Москва", "проспект Вернадского, 86", "55.6634", "37.4828"),
    ("spb-nevsky", "RU", "Санкт-Петербург", "Невский проспект, 71", "59.9318", "30.3551"),
    ("kzn-bauman", "RU", "Казань", "улица Баумана, 44", "55.7907", "49.1145"),
    ("ekb-lenina", "RU", "Екатеринбург", "проспект Ленина, 50", "56.8404", "60.6161"),
)
# English, Russian, Uzbek
NAMES = {
    "tas-chorsu": ("Chorsu", "Чорсу", "Chorsu"),
    "tas-amir-temur": ("Amir Temur Square", "Сквер Амира Темура", "Amir Temur xiyoboni"),
    "tas-chilonzor": ("Chilanzar", "Чиланзар", "Chilonzor"),
    "tas-yunusobod": ("Yunusabad", "Юнусабад", "Yunusobod"),
    "sam-registon": ("Registan", "Регистан", "Registon"),
    "buk-lyabi-hauz": ("Lyabi-Hauz", "Ляби-Хауз", "Labi Hovuz"),
    "fer-markaz": ("Fergana Centre", "Фергана, центр", "Fargʻona markazi"),
    "and-bobur": ("Babur Avenue", "Проспект Бабура", "Bobur koʻchasi"),
    "msk-polyanka": ("Polyanka", "Полянка", "Polyanka"),
    "msk-sokolniki": ("Sokolniki", "Сокольники", "Sokolniki"),
    "msk-yugo-zapad": ("Yugo-Zapadnaya", "Юго-Западная", "Yugo-Zapadnaya"),
    "spb-nevsky": ("Nevsky Prospekt", "Невский проспект", "Nevskiy prospekti"),
    "kzn-bauman": ("Bauman Street", "Улица Баумана", "Bauman koʻchasi"),
    "ekb-lenina": ("Lenin Avenue", "Проспект Ленина", "Lenin shoh koʻchasi"),
}


def ensure_rates(*, now: datetime) -> None:
    """Set the rates of yesterday, once. After the orders: what was bought before keeps an earlier rate."""
    yesterday = (now - timedelta(days=1)).date()
    if not ExchangeRate.objects.filter(valid_on__gte=yesterday).exists():
        set_exchange_rates(rates=RATES, valid_on=yesterday)


@transaction.atomic
def ensure_market(*, now: datetime) -> None:
    """Set rates, taxes, tariffs and points; repeating changes nothing."""
    if not ExchangeRate.objects.exists():
        set_exchange_rates(
            rates=EARLIER_RATES, valid_on=max(SINCE, (now - timedelta(days=36)).date())
        )
    for country, tax_class, code, rate in TAXES:
        TaxRate.objects.get_or_create(
            country=country,
            tax_class=tax_class,
            valid_from=SINCE,
            defaults={"code": code, "rate_bps": rate},
        )
    _ensure_tariffs()
    for code, country, city, address, latitude, longitude in POINTS:
        PickupPoint.objects.get_or_create(
            code=code,
            defaults={
                "names": dict(zip(("en", "ru", "uz"), NAMES[code], strict=True)),
                "country": country,
                "city": city,
                "address": address,
                "hours": "09:00-21:00",
                "latitude": Decimal(latitude),
                "longitude": Decimal(longitude),
            },
        )


def _ensure_tariffs() -> None:
    zones = {
        code: DeliveryZone.objects.get_or_create(
            code=code, defaults={"country": country, "city": city}
        )[0]
        for code, country, city in ZONES
    }
    DeliveryTariff.objects.bulk_create(
        (
            DeliveryTariff(
                carrier="own",
                kind=kind,
                from_country=origin,
                zone=zones[zone],
                up_to_grams=grams,
                currency="UZS",
                price_minor=round(thousands * factor * share / 10_000) * 1000_00,
                min_days=days_from,
                max_days=days_to,
            )
            for (origin, zone), (thousands, days_from, days_to) in ROADS.items()
            for kind, share, steps in (
                ("COURIER", 100, STEPS + STEPS_HEAVY),
                ("PICKUP", PICKUP_PERCENT, STEPS),
            )
            for grams, factor in steps
        ),
        ignore_conflicts=True,
    )
    forget_tariffs()


@transaction.atomic
def ensure_commissions() -> None:
    """Set the default commission and those of the branches that exist."""
    categories = {row.code: row for row in Category.objects.all()}
    for code, rate in COMMISSIONS:
        if code and code not in categories:
            continue
        CommissionRate.objects.get_or_create(
            seller=None,
            category=categories.get(code),
            valid_from=SINCE,
            defaults={"rate_bps": rate},
        )
    forget_rates()
