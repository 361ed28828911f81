"""Things to show in the parts: cards in every state, steps, sums, tabs, words in two directions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import translation

from apps.catalog.types import Picture
from apps.core.money import Money
from apps.core.templatetags.formats import price
from apps.sandbox.demo.compose import Picture as Drawing
from apps.sandbox.demo.pictures import studio
from apps.storefront.presenting import ShownCard
from apps.storefront.trade.point_map import PlainMap, plain_map

# 250 characters, one word of them longer than a phone is wide.
LONG = (
    "Hand-knotted wool and silk carpet from Samarkand with a medallion and pomegranate border, "
    "madder and indigo dyes, DoublebackedAntislipUnderlayIncluded-2026/160x230, washable, "
    "rolled, wrapped in linen, with a paper signed by the weavers and care notes"
)
RIGHT_TO_LEFT = "سجادة صوف منسوجة يدويًا 160×230 سم، رقم 104233"
NOWHERE = "#cards"
SUMS = (
    Money(129_950, "RUB"),
    Money(129_950, "USD"),
    Money(12_900_00, "UZS"),
    Money(1_234_567_800, "UZS"),
    Money(-50_000, "RUB"),
    Money(0, "USD"),
    Money(1_500, "JPY"),
)
_LANGUAGES = ("ru", "en", "uz")
_DRAWINGS = (
    Drawing("carpet", "burgundy", "ikat", "front", 1),
    Drawing("carpet", "burgundy", "ikat", "use", 1),
    Drawing("teapot", "turquoise", "plain", "front", 2),
    Drawing("headphones", "black", "plain", "front", 3),
    Drawing("backpack", "green", "plain", "front", 4),
    Drawing("lamp", "yellow", "plain", "front", 5),
)


def pictures() -> list[Picture]:
    """Return the drawn pictures, which are stored when the first guide of a machine is opened."""
    stored = studio.prepare(_DRAWINGS, progress=lambda _task, _done, _total: None)
    return [
        Picture(
            content_hash=found.content_hash,
            widths=tuple(found.widths),
            width=found.width,
            height=found.height,
            preview=found.preview,
            alt="",
        )
        for found in (stored[drawing] for drawing in _DRAWINGS)
    ]


def photos() -> list[tuple[str, Picture]]:
    """Return pictures as a case has them, each with its name."""
    found = pictures()[:3]
    return [
        (f"Picture {number}", replace(one, alt=f"Picture {number}"))
        for number, one in enumerate(found, 1)
    ]


def cards() -> list[tuple[str, ShownCard, bool]]:
    """Return (state, card, whether it is a favourite)."""
    carpet, in_use, teapot, headphones, backpack, lamp = pictures()
    plain = _card("Porcelain teapot, 800 ml", Money(189_000_00, "UZS"), teapot)
    cut = replace(
        _card("Over-ear headphones with noise cancelling", Money(899_000, "RUB"), headphones),
        old_price=Money(1_299_000, "RUB"),
        lowest_30_days=Money(899_000, "RUB"),
        discount_percent=30,
    )
    return [
        ("rest", plain, False),
        ("hover, two pictures", replace(plain, title="Wool carpet", pictures=(carpet, in_use)), False),
        ("focus", plain, False),
        ("discount", cut, False),
        ("favourite on", replace(plain, title="Desk lamp", pictures=(lamp,)), True),
        ("with a choice", replace(plain, title="City backpack, 20 l", pictures=(backpack,), has_choice=True), False),
        ("sold out", replace(plain, is_in_stock=False, promise=""), False),
        ("no picture, no reviews", replace(plain, title="A thing just listed", pictures=(), rating_count=0), False),
        ("250 characters", replace(cut, title=LONG, price=Money(123_456_789_00, "UZS"), old_price=Money(176_366_841_00, "UZS"), lowest_30_days=Money(123_456_789_00, "UZS"), promise="Wed, 31 December"), False),
    ]  # fmt: skip


def card_right_to_left() -> ShownCard:
    card = _card(RIGHT_TO_LEFT, Money(899_050, "RUB"), pictures()[0])
    return replace(card, old_price=Money(1_299_000, "RUB"), discount_percent=30, promise="غدًا")


def _card(title: str, price_now: Money, picture: Picture) -> ShownCard:
    return ShownCard(
        product_id=UUID(int=1),
        short_id="styleguide",
        title=title,
        brand="Karvon Home",
        price=price_now,
        old_price=None,
        lowest_30_days=None,
        discount_percent=0,
        rating=4.7,
        rating_count=128,
        is_in_stock=True,
        has_choice=False,
        offer_id=UUID(int=1),
        seller_name="Samarkand Looms",
        pictures=(picture,),
        url=NOWHERE,
        promise="Tomorrow",
    )


def prices() -> list[tuple[str, list[str]]]:
    """Return (currency, the sum as Russian, English and Uzbek write it)."""
    rows = []
    for amount in SUMS:
        written = []
        for language in _LANGUAGES:
            with translation.override(language):
                written.append(str(price(amount)))
        rows.append((amount.currency, written))
    return rows


def steps() -> Sequence[Mapping[str, str]]:
    return [
        {"state": "done", "label": "Placed", "at": "20 Nov, 14:05"},
        {"state": "done", "label": "Paid", "at": "20 Nov, 14:07"},
        {"state": "current", "label": "Being packed", "at": "until Sun, 22 Nov"},
        {"state": "todo", "label": "On its way", "at": ""},
        {"state": "todo", "label": LONG, "at": "26 Nov 2026"},
    ]


def point_map() -> PlainMap | None:
    """Return three pickup points of Tashkent."""
    return plain_map(
        [
            ("Chorsu, Navoiy 12", "orders", 41.3265, 69.2350),
            ("Yunusobod, Amir Temur 108", "orders", 41.3646, 69.2880),
            ("Sergeli, Yangi Sergeli 4", "orders", 41.2290, 69.2200),
        ]
    )


def rows() -> list[dict[str, Any]]:
    amounts = [("Goods, 3 items", 2_598_000), ("Delivery", 39_000), ("Your saving", -400_000)]
    lines = [{"label": label, "amount": price(Money(minor, "RUB"))} for label, minor in amounts]
    total = price(Money(2_237_000, "RUB"))
    return [*lines, {"label": "To pay", "amount": total, "is_total": True}]


def papers() -> list[dict[str, Any]]:
    ready = {"is_ready": True, "size_bytes": 18_554, "number": "R-2026-000128"}
    return [
        {"label": "Receipt", **ready},
        {"label": "Statement", **ready, "number": "S-2026-000009"},
        {"label": "Refund receipt", "number": "RF-2026-000012", "is_waiting": True},
        {"label": LONG, "number": "K-100001-1-1"},
    ]


def tabs() -> list[dict[str, Any]]:
    words = [
        ("All", 128),
        ("On their way", 3),
        ("Delivered", 120),
        ("Cancelled", 0),
        ("Returned", 5),
    ]
    return [
        {"label": label, "count": count, "url": "#small", "is_current": place == 1}
        for place, (label, count) in enumerate(words)
    ]
