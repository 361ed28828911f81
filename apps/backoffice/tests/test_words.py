"""Pages say what they show in words: names, labels and pictures, never JSON, hashes or codes alone."""

from dataclasses import fields
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from apps.backoffice.codes import name_codes
from apps.backoffice.tests.test_actions import REASON, product_form
from apps.backoffice.tests.test_names import INTERNATIONAL, windows
from apps.backoffice.tests.test_registry import list_url
from apps.backoffice.tests.world import superuser_client
from apps.backoffice.words import MESSAGES
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    CategoryAttribute,
    Product,
    ProductImage,
)
from apps.core.events import _registry
from apps.core.models import OutboxEvent
from apps.core.readable import CODES, field_of, in_words, term
from apps.core.services import audit
from apps.core.viewer import SYSTEM
from apps.logistics.models import PickupPoint
from apps.notifications.models import Delivery
from apps.sellers.models import Seller
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db


def colour_of(product: Product) -> Attribute:
    colour = Attribute.objects.create(
        code="color", kind="CHOICE", labels={"en": "Colour", "ru": "Цвет"}
    )
    AttributeOption.objects.create(
        attribute=colour, code="red", labels={"en": "Red", "ru": "Красный"}, swatch="#cc0000"
    )
    CategoryAttribute.objects.create(category=product.category, attribute=colour)
    return colour


def looked_at(model_name: str, row: Any, language: str = "en") -> str:
    client = superuser_client()
    client.cookies["django_language"] = language
    return client.get(reverse(f"admin:{model_name}_change", args=[row.pk])).content.decode()


def test_product_shows_names_of_particulars_and_choices_and_its_pictures() -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    colour_of(product)
    Product.objects.filter(pk=product.pk).update(attributes={"color": "red"})
    product.variants.update(options={"color": "red"})
    ProductImage.objects.create(
        product=product,
        content_hash="a" * 64,
        width=800,
        height=600,
        renditions=[160, 800],
        alt={"en": "A red thing"},
        options={"color": "red"},
    )

    html = looked_at("catalog_product", product)

    assert html.count("Colour: Red") == 2
    assert '<option value="red" selected>Red</option>' in html
    assert f"{'a' * 64}-160.webp" in html
    assert 'alt="A red thing"' in html
    assert "800 × 600" in html
    variant = looked_at("catalog_variant", product.variants.get())
    assert "Colour: Red" in variant
    assert "200 × 100 × 50 mm" in variant
    assert product.texts.get(language="en").title in variant


def test_particulars_are_chosen_not_written_and_what_is_not_asked_for_stays() -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    colour_of(product)
    Attribute.objects.create(code="weight", kind="NUMBER", labels={"en": "Weight"}, unit="kg")
    Product.objects.filter(pk=product.pk).update(attributes={"old": "kept", "weight": 1})
    url = reverse("admin:catalog_product_change", args=[product.pk])
    chosen = {"attributes__color": "red", "attributes__weight": "2,5"}

    superuser_client().post(url, product_form(product, **chosen))

    product.refresh_from_db()
    assert product.attributes == {"color": "red", "weight": 2.5, "old": "kept"}


def test_names_are_written_a_language_a_line() -> None:
    make_world(offers_each=1)
    point = PickupPoint.objects.get()
    url = reverse("admin:logistics_pickuppoint_change", args=[point.pk])
    html = looked_at("logistics_pickuppoint", point)
    assert 'name="names_ru"' in html
    kept = {
        name: getattr(point, name)
        for name in ("code", "country", "city", "address", "hours", "latitude", "longitude")
    }

    superuser_client().post(
        url,
        kept | {"names_en": "Chorsu", "names_ru": "Чорсу", "is_active": "on", "reason": REASON},
    )

    point.refresh_from_db()
    assert point.names == {"en": "Chorsu", "ru": "Чорсу"}


def test_audit_says_what_was_and_what_is_by_the_fields_labels() -> None:
    seller = make_world(offers_each=1).sellers[0]
    entry = audit.record(
        actor=SYSTEM,
        action="sellers.suspend",
        target_type="seller",
        target_id=seller.id,
        before={"status": "ACTIVE", "rating_hundredths": 450},
        after={"status": "SUSPENDED", "rating_hundredths": 470},
    )

    html = looked_at("core_auditentry", entry)

    assert '<del><span title="ACTIVE">Active</span></del>' in html
    assert '<ins><span title="SUSPENDED">Suspended</span></ins>' in html
    assert "<del>4.50</del>" in html
    assert "Shop suspended" in html
    assert reverse("admin:sellers_seller_change", args=[seller.id]) in html
    assert "As it is stored" in html


def test_sums_of_the_audit_are_written_with_their_currency() -> None:
    entry = audit.record(
        actor=SYSTEM,
        action="orders.refund",
        target_type="order",
        target_id="1",
        after={"amount_minor": 125_000_00, "currency": "UZS"},
    )

    words = looked_at("core_auditentry", entry).replace("\xa0", " ")

    assert "<dt>Amount</dt><dd><ins>125,000 UZS</ins></dd>" in words


def test_event_is_read_as_a_list_of_terms_with_links() -> None:
    seller = Seller.objects.first() or make_world(offers_each=1).sellers[0]
    event = OutboxEvent.objects.create(
        aggregate="seller",
        aggregate_id=str(seller.id),
        seq=1_000,
        partition=0,
        topic="sellers.status_changed",
        payload={
            "seller_id": str(seller.id),
            "amount": {"minor": 500_00, "currency": "RUB"},
            "language": "ru",
            "at": "2026-11-24T08:59:00+00:00",
            "is_late": False,
        },
    )

    html = looked_at("core_outboxevent", event)

    assert html.count(reverse("admin:sellers_seller_change", args=[seller.id])) == 2
    assert "<dt>Amount</dt><dd>500.00\xa0₽</dd>" in html or "500\xa0₽" in html
    assert '<span title="ru">Russian</span>' in html
    assert '<time datetime="2026-11-24T08:59:00+00:00"' in html
    assert "<dd>No</dd>" in html


def test_what_lies_within_takes_the_currency_and_the_readers_language() -> None:
    told = in_words(
        {
            "currency": "UZS",
            "lines": [{"titles": {"en": "Bowl", "ru": "Пиала"}, "unit_minor": 500_00}],
            "total_minor": 1_000_00,
        }
    )

    assert "<dt>Titles</dt><dd>Bowl</dd>" in told
    assert "<dt>Unit</dt><dd>500\xa0UZS</dd>" in told
    assert "<dt>Total</dt><dd>1,000\xa0UZS</dd>" in told
    assert "Currency" not in told


def test_colour_of_an_option_is_shown() -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    colour_of(product)

    html = superuser_client().get(reverse("admin:catalog_attributeoption_changelist")).content

    assert b'fill="#cc0000"' in html


def test_every_choice_that_is_shown_is_translated() -> None:
    untold = set()
    for model in {model for model, _window in windows()}:
        for field in model._meta.concrete_fields:
            for code, label in field.flatchoices:
                with translation.override("en"):
                    english = str(label)
                for language in ("ru", "uz"):
                    with translation.override(language):
                        if english not in INTERNATIONAL and str(label) == english:
                            untold.add(f"{language} {model._meta.label}.{field.name} {code}")
    assert untold == set()


def test_every_fact_of_an_event_has_a_label() -> None:
    # Tests of the outbox have events of their own.
    events = [event for event in _registry.values() if ".tests." not in event.__module__]
    facts = {field.name for event in events for field in fields(event)}
    untold = set()
    for name in facts:
        with translation.override("en"):
            english = term(name)
        for language in ("ru", "uz"):
            with translation.override(language):
                if english != "ID" and term(name) == english:
                    untold.add(f"{language} {name}")
    assert untold == set()


def test_every_code_in_words_is_of_a_field_that_there_is() -> None:
    name_codes()
    models = {model._meta.label: model for model, _window in windows()}

    for place in CODES:
        label, _dot, name = place.rpartition(".")
        assert field_of(models.get(label), name) is not None, place


def test_every_letter_has_a_name(settings: Any) -> None:
    folder = settings.BASE_DIR / "templates" / "emails"
    kinds = {file.stem for file in folder.glob("*.txt")}

    assert {kind for kind in kinds if not kind.endswith("base")} - {"base"} == set(MESSAGES)


def test_empty_list_says_what_would_stand_there_and_when_it_comes() -> None:
    client = superuser_client()

    for model, window in admin.site._registry.items():
        if model._default_manager.exists():
            continue
        html = client.get(list_url(model)).content.decode()
        assert "and there are none yet" in html, model
        assert escape(str(window.when_empty)) in html, model  # type: ignore[attr-defined]


def test_list_that_filters_make_empty_says_so() -> None:
    make_world(offers_each=1)
    url = reverse("admin:catalog_product_changelist")

    html = superuser_client().get(url, {"status__exact": "ARCHIVED"}).content.decode()

    assert "Nothing fits the search and the filters" in html
    assert '<a class="desk-button" href="?">' in html


def test_page_without_rows_of_a_kind_says_so() -> None:
    product = make_world(offers_each=1).offers[0].variant.product

    html = looked_at("catalog_product", product)

    assert html.count("None yet") == 1
    assert "images-group" in html


def test_letters_and_states_are_named_in_the_readers_language() -> None:
    Delivery.objects.create(kind="order_paid", key="k", address="a@b.example", language="ru")
    client = superuser_client()
    client.cookies["django_language"] = "ru"

    html = client.get(reverse("admin:notifications_delivery_changelist")).content.decode()

    assert '<span title="order_paid">Заказ оплачен</span>' in html
    assert '<span title="QUEUED">В очереди</span>' in html
