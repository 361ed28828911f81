"""CAT-8: a kept page never lies. Every kind of change, and then every kind of public page at once."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.core.cache import cache

from apps.catalog.models import Attribute, Brand, Stock, Warehouse
from apps.catalog.services import editing, offers, reservations, stock, tree, warehouses
from apps.core.money import Money
from apps.core.pauses import set_pause
from apps.core.services.records import keep_record
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.logistics.models import DeliveryTariff
from apps.orders.tests.services.world import place
from apps.pricing.services.keeping import publish_exchange_rate
from apps.reviews.services import answering, moderation, voting
from apps.reviews.tests.world import bought, published, seller_viewer
from apps.reviews.types import RejectReason
from apps.sellers.services import activate_seller, suspend_seller
from apps.storefront.presenting import product_url
from conftest import empty_all_tables
from marketplace.tests.api_client import session_token
from marketplace.tests.front import read, rendered
from marketplace.tests.scene import without_limits
from marketplace.tests.world import NOW, make_category, make_world, receive_units

Page = tuple[str, str]


class Shelf:
    """A small shop with a page of each kind: (address, currency)."""

    def __init__(self) -> None:
        cache.clear()
        self.world = make_world(units=9)
        self.offer = self.world.offers[0]
        self.product = self.offer.variant.product
        self.attribute = Attribute.objects.create(
            code="metal", kind=Attribute.Kind.TEXT, labels={"en": "Metal", "ru": "Металл"}
        )
        self.other_category = make_category("others")
        brand = Brand.objects.create(name="Registon", slug="registon")
        self.brand = brand
        self.edit(brand_id=brand.pk)
        bought(self.world)
        self.review = published(self.world, rating=5, text="Holds tea.")
        deliver_all()

    def edit(self, **given: Any) -> None:
        text = given.pop("title", "Thing T11"), given.pop("description", "A thing.")
        edit = editing.ProductEdit(
            category_id=given.pop("category_id", self.world.category.pk),
            brand_id=given.pop("brand_id", None) or self.brand.pk,
            tax_class=self.product.tax_class,
            attributes={"metal": "Brass"},
            texts={"en": text, "ru": ("Вещь T11", "Вещь.")},
        )
        editing.edit_product(product_id=self.product.id, edit=edit, actor=SYSTEM, reason="")

    def own(self) -> dict[str, Page]:
        slug = self.product.texts.get(language="en").slug
        address = product_url(slug, self.product.short_id)
        in_russian = product_url("x", self.product.short_id).replace("/en/", "/ru/")
        return {
            "product": (address, ""),
            "best reviews": (f"{address}?reviews=highest&stars=5", "UZS"),
            "product in Russian": (in_russian.replace("/x-", "/vesch-t11-"), ""),
        }

    def pages(self) -> dict[str, Page]:
        other = self.world.offers[1].variant.product
        slug = other.texts.get(language="en").slug
        query = urlencode({"seller": self.world.sellers[0].id, "sort": "cheap"})
        return self.own() | {
            "home": ("/uz/", "USD"),
            "category": ("/en/c/things/", "RUB"),
            "other category": ("/en/c/others/", ""),
            "filtered": (f"/en/c/things/?{query}", ""),
            "search": ("/en/search/?q=thing", ""),
            "suggestions": ("/en/search/suggest/?q=thi", ""),
            "another": (product_url(slug, other.short_id), ""),
            "menu": ("/en/catalogue/menu/", ""),
        }


@pytest.fixture(scope="module")
def shelf(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shelf]:
    with django_db_blocker.unblock():
        try:
            yield Shelf()
        finally:
            empty_all_tables()
            cache.clear()


@pytest.fixture(autouse=True)
def _no_rate_limit(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    without_limits(monkeypatch)


def _read(page: Page) -> Any:
    address, currency = page
    return read(address, **({"Cookie": f"currency={currency}"} if currency else {}))


def _warm(pages: dict[str, Page]) -> dict[str, str]:
    """Have all pages kept; return what they say."""
    for page in pages.values():
        _read(page)
    answers = {name: _read(page) for name, page in pages.items()}
    assert [name for name, answer in answers.items() if not answer.is_kept] == []
    return {name: answer.html for name, answer in answers.items()}


def _lies(pages: dict[str, Page]) -> list[str]:
    """Names of pages that are kept, and are not what a view would answer now."""
    answers = {name: _read(page) for name, page in pages.items()}
    return [
        name
        for name, answer in answers.items()
        if answer.is_kept and answer.html != rendered(*pages[name])
    ]


def _price(shelf: Shelf) -> None:
    shelf.offer.refresh_from_db()
    price = Money(shelf.offer.price_minor + 7_000_00, "UZS")
    offers.change_price(offer_id=shelf.offer.id, price=price, old_price=None, now=NOW)


def _pause_offer(shelf: Shelf) -> None:
    offers.set_active(offer_id=shelf.offer.id, is_active=False)


def _open_offer(shelf: Shelf) -> None:
    offers.set_active(offer_id=shelf.offer.id, is_active=True)


def _write_off(shelf: Shelf) -> None:
    """Three are left: "few" on the page, nothing on a card."""
    row = Stock.objects.get(item_id=shelf.offer.components.get().item_id)
    stock.move_stock(
        item_id=row.item_id,
        warehouse_id=row.warehouse_id,
        quantity=3 - (row.on_hand - row.reserved),
        kind="WRITE_OFF",
        key="few",
        actor_id=None,
    )


def _buy_the_last(shelf: Shelf) -> None:
    shelf.group = place(shelf.world, offers=(0,), quantity=3)  # type: ignore[attr-defined]


def _give_back(shelf: Shelf) -> None:
    reservations.release(group_id=shelf.group.id, now=NOW)  # type: ignore[attr-defined]


def _second_place(shelf: Shelf) -> None:
    """The fullest place is another now, which sends a week later: cards promise another day."""
    seller = shelf.world.sellers[0]
    far = Warehouse.objects.create(
        code="far",
        name="Far",
        seller=seller,
        country="RU",
        city="Moskva",
        address="1",
        time_zone="Europe/Moscow",
        working_days=[(date.today().isoweekday() + 3) % 7 + 1],  # noqa: DTZ011  any day but soon
    )
    receive_units(shelf.offer, far, 50, key="far")


def _change_warehouse(shelf: Shelf) -> None:
    row = Warehouse.objects.get(code="far")
    fields = warehouses.WarehouseFields(
        name="Near",
        country="UZ",
        city="Buxoro",
        address="1",
        time_zone="Asia/Tashkent",
        cutoff_hour=23,
        working_days=(1, 2, 3, 4, 5, 6, 7),
    )
    warehouses.change_warehouse(
        warehouse_id=row.id, fields=fields, actor=seller_viewer(shelf.world), now=NOW
    )


def _tariff(_shelf: Shelf) -> None:
    for row in DeliveryTariff.objects.all():
        row.min_days, row.max_days = 9, 12
        keeper: Any = admin.site._registry[DeliveryTariff]
        keeper.store(obj=row, form=None, actor=SYSTEM, reason="")


def _rate(_shelf: Shelf) -> None:
    for currency, rate in (("USD", 11_000), ("RUB", 120)):
        publish_exchange_rate(
            currency=currency,
            rate=Decimal(rate),
            valid_on=date(2026, 11, 20),
            actor=SYSTEM,
            reason="",
        )


def _rename_category(shelf: Shelf) -> None:
    names = {"en": "Belongings", "ru": "Пожитки", "uz": "Ashyolar"}
    tree.rename_category(
        category_id=shelf.world.category.pk, names=names, picture_kind="", actor=SYSTEM, reason=""
    )


def _move(shelf: Shelf) -> None:
    """Two facts that wait: the index follows the last one alone."""
    shelf.edit(category_id=shelf.other_category.pk)
    shelf.edit(category_id=shelf.other_category.pk, description="Of silver.")


def _show_category(*, is_visible: bool) -> Callable[[Shelf], None]:
    def change(shelf: Shelf) -> None:
        tree.set_category_visible(
            category_id=shelf.world.category.pk, is_visible=is_visible, actor=SYSTEM, reason=""
        )

    return change


def _rename_attribute(shelf: Shelf) -> None:
    shelf.attribute.labels = {"en": "Alloy", "ru": "Сплав"}
    keep_record(record=shelf.attribute, actor=SYSTEM, reason="")


def _rename_brand(shelf: Shelf) -> None:
    shelf.brand.name = "Afrosiyob"
    editing.keep_brand(brand=shelf.brand, actor=SYSTEM, reason="")


def _suspend(shelf: Shelf) -> None:
    suspend_seller(seller_id=shelf.world.sellers[0].id, actor=SYSTEM, reason="")


def _activate(shelf: Shelf) -> None:
    activate_seller(seller_id=shelf.world.sellers[0].id, actor=SYSTEM, now=NOW)


def _answer(text: str) -> Callable[[Shelf], None]:
    def change(shelf: Shelf) -> None:
        answering.answer_review(
            review_id=shelf.review.id, text=text, actor=seller_viewer(shelf.world), now=NOW
        )

    return change


def _remove_answer(shelf: Shelf) -> None:
    answering.remove_answer(review_id=shelf.review.id, actor=seller_viewer(shelf.world))


def _vote(shelf: Shelf) -> None:
    voting.set_helpful(
        review_id=shelf.review.id, is_helpful=True, actor=seller_viewer(shelf.world), now=NOW
    )


def _reject(shelf: Shelf) -> None:
    moderation.reject_review(
        review_id=shelf.review.id, code=RejectReason.OFF_TOPIC, actor=SYSTEM, reason="", now=NOW
    )


OWN = {"product", "best reviews", "product in Russian"}
GRIDS = {"home", "category", "filtered", "search"}
# The change, and the pages that must not be what they were.
CHANGES: list[tuple[str, Callable[[Shelf], None], set[str]]] = [
    ("price", _price, OWN | GRIDS | {"another"}),
    ("description", lambda shelf: shelf.edit(description="Of copper."), {"product"}),
    ("attribute", _rename_attribute, OWN),
    ("brand", _rename_brand, OWN),
    ("few left", _write_off, OWN),
    ("last units ordered", _buy_the_last, OWN | GRIDS - {"filtered"}),
    ("order cancelled", _give_back, OWN | GRIDS - {"filtered"}),
    ("offer paused", _pause_offer, OWN | GRIDS),
    ("offer open again", _open_offer, OWN | GRIDS),
    ("units in another place", _second_place, OWN | GRIDS | {"another"}),
    ("warehouse", _change_warehouse, OWN | GRIDS | {"another"}),
    ("tariffs", _tariff, OWN | GRIDS | {"another"}),
    ("rates", _rate, {"product", "home", "category", "search", "another"}),
    ("category renamed", _rename_category, OWN | {"home", "category", "filtered", "menu"}),
    ("category hidden", _show_category(is_visible=False), {"home", "search", "menu"}),
    ("category shown", _show_category(is_visible=True), {"home", "search", "menu"}),
    ("seller suspended", _suspend, OWN | GRIDS),
    ("seller active", _activate, OWN | GRIDS),
    ("answer", _answer("Thanks."), OWN),
    ("answer edited", _answer("Many thanks."), OWN),
    ("answer removed", _remove_answer, OWN),
    ("vote", _vote, OWN),
    ("review rejected", _reject, OWN | {"category"}),
    ("moved", _move, {"product", "category", "other category", "another"}),
    ("title", lambda shelf: shelf.edit(title="Samovar"), {"home", "category", "another"}),
]


@pytest.mark.timeout(600)
def test_change_shows_on_every_page_at_once(shelf: Shelf) -> None:
    """One world, one change after another: a page that lies, or that should have changed, is named."""
    wrong: dict[str, Any] = {}
    for name, change, changed in CHANGES:
        before = _warm({k: page for k, page in shelf.pages().items() if _is_there(page)})
        change(shelf)
        lies = _lies(shelf.own())
        deliver_all()
        lies += _lies(shelf.pages())
        same = [
            one for one in changed & set(before) if _read(shelf.pages()[one]).html == before[one]
        ]
        if lies or same:
            wrong[name] = {"lies": lies, "same": same}
    assert wrong == {}


def _is_there(page: Page) -> bool:
    return _read(page).status == 200


def test_page_that_was_read_before_a_change_is_not_answered_after_it(shelf: Shelf) -> None:
    """The change commits while the page is on its way to the store."""
    page = shelf.own()["product"]
    set_pause("core.keep_page", lambda: _price(shelf))
    try:
        old = _read(page).html
    finally:
        set_pause("core.keep_page", None)

    now = _read(page)
    assert (now.is_kept, now.html == old) == (False, False)
    assert _read(page).html == now.html == rendered(*page)


def test_signed_in_visitor_fills_and_reads_the_page_of_all(shelf: Shelf) -> None:
    address, _currency = shelf.own()["product"]
    signed_in = f"sessionid={session_token(shelf.world.buyer)}"

    first = read(address, Cookie=signed_in)

    assert (first.is_kept, first.html) == (False, rendered(address))
    assert (read(address).is_kept, read(address).body) == (True, first.body)
    assert read(address, Cookie=signed_in).body == first.body
