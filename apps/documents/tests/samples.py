"""Facts of every kind of document, with long titles, long addresses and every letter that can come."""

from datetime import UTC, datetime
from typing import Any

ISSUED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LONG_TITLE = {
    "en": "Hand-woven wool carpet of Bukhara, 250 by 350 centimetres, deep red with ivory medallions, "
    "dense pile, natural dyes, washed and mothproofed, with a felt underlay and a certificate of the "
    "workshop, delivered rolled in two layers of paper and one of jute",
    "ru": "Ковёр шерстяной ручной работы, Бухара, 250 × 350 см, тёмно-красный с медальонами цвета "
    "слоновой кости, плотный ворс, природные красители, выстиран и обработан от моли, с войлочной "
    "подложкой и свидетельством мастерской, поставляется свёрнутым в два слоя бумаги",
    "uz": "Qoʻlda toʻqilgan jun gilam, Buxoro, 250 × 350 sm, toʻq qizil, fil suyagi rangli naqshlar, "
    "zich pat, tabiiy boʻyoqlar, yuvilgan va kuyaga qarshi ishlov berilgan, namat taglik va ustaxona "
    "guvohnomasi bilan, ikki qavat qogʻozga oʻralgan holda yetkaziladi",
}
CUP = {"en": "Tea bowl", "ru": "Пиала Ғўзал", "uz": "Gʻoʻzal piyola"}
SELLER = {
    "name": "Registon Buyumlari",
    "legal_name": "«Registon Buyumlari» MChJ",
    "tax_id": "301234567",
    "country": "UZ",
    "city": "Toshkent",
    "is_vat_payer": True,
}
ADDRESS = {
    "recipient_name": "Азиза Каримова",
    "phone": "+998901234567",
    "country": "UZ",
    "region": "Toshkent viloyati",
    "city": "Toshkent",
    "street": "Mirzo Ulugʻbek tumani, Buyuk Ipak Yoʻli koʻchasi, 3-tor koʻcha, eski masjid yonidagi",
    "house": "128/4 B korpus",
    "apartment": "256",
    "postcode": "100077",
    "note": "Домофон 256, второй подъезд со двора; позвоните за десять минут, собака не кусается.",
}


def line(
    titles: dict[str, str], quantity: int, unit_minor: int, sku: str = "T11"
) -> dict[str, Any]:
    return {
        "titles": titles,
        "options": {"en": "Colour: red", "ru": "Цвет: красный", "uz": "Rang: qizil"},
        "sku": sku,
        "quantity": quantity,
        "unit_minor": unit_minor,
        "total_minor": quantity * unit_minor,
    }


def receipt(lines: list[dict[str, Any]] | None = None, currency: str = "UZS") -> dict[str, Any]:
    lines = lines or [line(LONG_TITLE, 1, 12_990_000_00), line(CUP, 5, 49_900_00, "T12")]
    items = sum(row["total_minor"] for row in lines)
    return {
        "order": "K-100001-1",
        "purchase": "K-100001",
        "paid_at": "2026-11-24T08:59:00+00:00",
        "currency": currency,
        "seller": SELLER,
        "lines": lines,
        "taxes": [{"rate_bps": 1200, "amount_minor": 1_418_517_86}],
        "items_minor": items,
        "delivery_minor": 25_000_00,
        "total_minor": items + 25_000_00,
    }


def refund_receipt(currency: str = "RUB") -> dict[str, Any]:
    return {
        "order": "K-100001-1",
        "purchase": "K-100001",
        "receipt": "R-2026-000001",
        "refunded_at": "2026-11-24T08:59:00+00:00",
        "currency": currency,
        "amount_minor": 1_299_50,
        "paid_minor": 12_990_00,
        "reason": "OUT_OF_STOCK",
        "seller": SELLER,
    }


def way(*, is_pickup: bool) -> dict[str, Any]:
    if not is_pickup:
        return {"kind": "COURIER", "to": ADDRESS, "point": None}
    return {
        "kind": "PICKUP",
        "to": {name: ADDRESS[name] for name in ("recipient_name", "phone")},
        "point": {
            "code": "tashkent-1",
            "names": {"en": "Point 1", "ru": "Пункт 1", "uz": "1-punkt"},
            "city": "Toshkent",
            "address": "Alisher Navoiy shoh koʻchasi, 1-uy",
            "hours": "9–21",
        },
    }


def packing_slip(*, is_pickup: bool = False) -> dict[str, Any]:
    return {
        "order": "K-100001-1",
        "parcel": "K-100001-1-1",
        "seller": SELLER["name"],
        "promised_to": "2026-11-28",
        **way(is_pickup=is_pickup),
        "lines": [line(LONG_TITLE, 1, 1), line(CUP, 5, 1, "T12")],
    }


def label(*, is_pickup: bool = False) -> dict[str, Any]:
    return {
        "order": "K-100001-1",
        "parcel": "K-100001-1-1",
        "carrier": "own",
        "seller": SELLER["name"],
        "from_city": "Toshkent",
        "weight_grams": 1234,
        "unit_count": 6,
        "promised_to": "2026-11-28",
        **way(is_pickup=is_pickup),
    }


def statement(count: int = 3, currency: str = "UZS") -> dict[str, Any]:
    rows = [
        {
            "entry": number,
            "at": f"2026-10-{1 + number % 28:02}T08:00:00+00:00",
            "kind": "RELEASE",
            "amount_minor": 90_000_00,
            "order": f"K-{100_000 + number}-1",
            "charge_currency": currency,
            "goods_minor": 100_000_00,
            "commission_minor": 8_928_57,
            "commission_vat_minor": 1_071_43,
            "delivery_minor": 25_000_00,
            "refunded_minor": 40_000_00 if number == 1 else 0,
        }
        for number in range(1, count + 1)
    ]
    rows.append(
        {
            "entry": 999,
            "at": "2026-10-29T08:00:00+00:00",
            "kind": "PAYOUT_REQUEST",
            "amount_minor": -50_000_00,
        }
    )
    moved = sum(row["amount_minor"] for row in rows)
    return {
        "currency": currency,
        "starts_at": "2026-09-30T19:00:00+00:00",
        "ends_at": "2026-10-31T19:00:00+00:00",
        "seller": SELLER,
        "opening_minor": 10_000_00,
        "closing_minor": 10_000_00 + moved,
        "closing": {"SELLER_AVAILABLE": 10_000_00, "SELLER_PENDING": moved},
        "rows": rows,
    }
