"""What staff do: each deed asks for a reason, goes through its service and leaves an audit entry."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.catalog.models import Attribute, Brand, Category, CategoryAttribute, Product
from apps.core.models import AuditEntry, OutboxEvent
from apps.payments.models import Incident
from apps.pricing.models import CommissionRate, ExchangeRate
from apps.sellers.models import Seller
from marketplace.tests.world import NOW, make_category, make_rates, make_world

pytestmark = pytest.mark.django_db
REASON = "Checked by phone"


def do(client: Client, name: str, action: str, row: Any, **extra: str) -> Any:
    return client.post(
        reverse(f"admin:{name}_changelist"),
        {"action": action, "_selected_action": str(row.pk), **extra},
    )


def confirm(
    client: Client, name: str, action: str, row: Any, reason: str = REASON, **extra: str
) -> Any:
    return do(client, name, action, row, confirmed="1", reason=reason, **extra)


def make_incident() -> Incident:
    return Incident.objects.create(kind="CONTRADICTION", key="i1")


def make_dead_letter() -> OutboxEvent:
    return OutboxEvent.objects.create(
        aggregate="x",
        aggregate_id="1",
        seq=1,
        partition=0,
        topic="x.y",
        payload={},
        dead_at=NOW,
        attempts=12,
    )


def entry_of(action: str) -> AuditEntry:
    return AuditEntry.objects.get(action=action)


def test_action_without_a_reason_asks_for_it_and_changes_nothing() -> None:
    client, incident = superuser_client(), make_incident()

    asked = do(client, "payments_incident", "resolve", incident)
    empty = confirm(client, "payments_incident", "resolve", incident, reason="  ")

    assert asked.status_code == 200
    assert b"No money moves by this." in asked.content
    assert empty.context["form"].errors == {"reason": ["This field is required."]}
    incident.refresh_from_db()
    assert incident.resolved_at is None
    assert not AuditEntry.objects.exists()


def test_incident_resolved_with_a_reason_leaves_the_queue_and_an_entry() -> None:
    client, incident = superuser_client(), make_incident()

    response = confirm(client, "payments_incident", "resolve", incident)

    assert response.status_code == 302
    incident.refresh_from_db()
    assert incident.resolved_at is not None
    entry = entry_of("payments.incident_resolved")
    assert (entry.actor_label, entry.target_id, entry.reason) == ("Root", str(incident.pk), REASON)


def test_incident_resolved_twice_is_refused_with_one_entry() -> None:
    client, incident = superuser_client(), make_incident()

    confirm(client, "payments_incident", "resolve", incident)
    confirm(client, "payments_incident", "resolve", incident)

    assert AuditEntry.objects.filter(action="payments.incident_resolved").count() == 1


def test_action_without_the_right_does_nothing() -> None:
    client = client_of(staff("viewer@staff.example", "payments.view_incident"))
    incident = make_incident()

    confirm(client, "payments_incident", "resolve", incident)

    incident.refresh_from_db()
    assert incident.resolved_at is None
    page = client.get(reverse("admin:payments_incident_change", args=[incident.pk]))
    assert page.context["reasoned_actions"] == []


def test_dead_letter_replayed_waits_again() -> None:
    client, event = superuser_client(), make_dead_letter()

    confirm(client, "core_outboxevent", "replay", event)

    event.refresh_from_db()
    assert (event.dead_at, event.attempts) == (None, 0)
    assert entry_of("core.event_replayed").reason == REASON


def test_seller_activated_with_a_reason_is_active() -> None:
    make_world(offers_each=1)
    seller = Seller.objects.order_by("pk").first()
    Seller.objects.filter(pk=seller.pk).update(status="SUSPENDED")

    confirm(superuser_client(), "sellers_seller", "activate", seller)

    seller.refresh_from_db()
    assert seller.status == Seller.Status.ACTIVE
    entry = AuditEntry.objects.filter(action="sellers.activate").latest("id")
    assert (entry.before, entry.reason) == ({"status": "SUSPENDED"}, REASON)


def test_product_archived_and_published_again_keeps_both_reasons() -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    client = superuser_client()

    confirm(client, "catalog_product", "archive", product, reason="Recalled")
    product.refresh_from_db()
    archived = product.status
    confirm(client, "catalog_product", "publish", product, reason="Safe after all")

    product.refresh_from_db()
    assert (archived, product.status) == ("ARCHIVED", "PUBLISHED")
    assert entry_of("catalog.product_archived").reason == "Recalled"
    latest = AuditEntry.objects.filter(action="catalog.product_published").latest("id")
    assert latest.reason == "Safe after all"


def product_form(product: Product, **changes: Any) -> dict[str, Any]:
    form = {
        "category_id": product.category_id,
        "tax_class": "STANDARD",
        "title_en": "Better thing",
        "description_en": "Much better.",
        "reason": REASON,
    }
    inlines = {
        f"{prefix}-{name}": 0
        for prefix in ("variants", "images")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return form | inlines | changes


def test_product_edited_changes_texts_and_announces_the_card() -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    events = OutboxEvent.objects.filter(topic="catalog.card_source_changed", sent_at=None)
    url = reverse("admin:catalog_product_change", args=[product.pk])

    response = superuser_client().post(url, product_form(product))

    assert response.status_code == 302
    assert dict(product.texts.values_list("language", "title")) == {"en": "Better thing"}
    assert product.texts.get().slug == "better-thing"
    assert events.filter(aggregate_id=str(product.pk)).count() == 1
    entry = entry_of("catalog.product_edited")
    assert entry.after["titles"] == {"en": "Better thing"}
    assert entry.reason == REASON


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"title_en": ""}, "title_en"),
        ({"attributes__weight": "many"}, "attributes"),
        ({"attributes__weight": "9" * 400}, "attributes"),
        ({"attributes__weight": "nan"}, "attributes"),
        ({"attributes__made": "a\x00b"}, "attributes"),
        ({"attributes__tone": "loud"}, "attributes"),
    ],
)
def test_product_edit_with_a_wrong_value_says_where_and_changes_nothing(
    changes: dict[str, Any], field: str
) -> None:
    product = make_world(offers_each=1).offers[0].variant.product
    for code, kind in (("weight", "NUMBER"), ("tone", "CHOICE"), ("made", "TEXT")):
        attribute = Attribute.objects.create(code=code, kind=kind, labels={"en": code})
        CategoryAttribute.objects.create(category=product.category, attribute=attribute)
    before = list(product.texts.values())

    response = superuser_client().post(
        reverse("admin:catalog_product_change", args=[product.pk]), product_form(product, **changes)
    )

    assert list(response.context["adminform"].form.errors) == [field]
    assert list(product.texts.values()) == before
    assert not AuditEntry.objects.filter(action="catalog.product_edited").exists()


def test_category_added_renamed_moved_and_hidden_through_the_form() -> None:
    root, other = make_category("root"), make_category("other")
    client = superuser_client()
    inline = {"attributes-TOTAL_FORMS": 0, "attributes-INITIAL_FORMS": 0}
    form = {"code": "lamps", "name_en": "Lamps", "parent": root.pk, "reason": REASON} | inline

    client.post(reverse("admin:catalog_category_add"), form)
    lamps = Category.objects.get(code="lamps")
    client.post(
        reverse("admin:catalog_category_change", args=[lamps.pk]),
        form | {"name_en": "Lights", "name_ru": "Свет", "parent": other.pk},
    )
    confirm(client, "catalog_category", "hide", lamps)

    lamps.refresh_from_db()
    assert dict(lamps.texts.values_list("language", "name")) == {"en": "Lights", "ru": "Свет"}
    assert lamps.path.startswith(other.path)
    assert not lamps.is_visible
    for verb in ("added", "renamed", "moved", "hidden"):
        entry = AuditEntry.objects.filter(
            action=f"catalog.category_{verb}", target_id=str(lamps.pk)
        ).get()
        assert entry.reason == REASON


def test_category_moved_into_its_own_branch_is_refused() -> None:
    root = make_category("root")
    client = superuser_client()
    inline = {"attributes-TOTAL_FORMS": 0, "attributes-INITIAL_FORMS": 0}
    form = {"code": "lamps", "name_en": "Lamps", "parent": root.pk, "reason": REASON} | inline
    client.post(reverse("admin:catalog_category_add"), form)
    lamps = Category.objects.get(code="lamps")

    response = client.post(
        reverse("admin:catalog_category_change", args=[root.pk]),
        {"name_en": "Other name", "parent": lamps.pk, "reason": REASON} | inline,
        follow=True,
    )

    assert "A category cannot be moved into its own branch." in response.content.decode()
    root.refresh_from_db()
    assert root.depth == 1
    assert root.texts.get(language="en").name == "Things"


def test_brand_renamed_keeps_what_it_was() -> None:
    brand = Brand.objects.create(name="Old", slug="old")
    url = reverse("admin:catalog_brand_change", args=[brand.pk])

    superuser_client().post(url, {"name": "New", "slug": "old", "reason": REASON})

    entry = entry_of("catalog.brand_changed")
    assert (entry.before, entry.after, entry.reason) == ({"name": "Old"}, {"name": "New"}, REASON)


def test_rates_are_added_and_never_rewritten() -> None:
    make_rates()
    client = superuser_client()
    standing = CommissionRate.objects.get()

    client.post(
        reverse("admin:pricing_commissionrate_add"),
        {"rate_bps": 700, "valid_from": "2026-12-01", "reason": REASON},
    )
    client.post(
        reverse("admin:pricing_exchangerate_add"),
        {"base": "USD", "rate": "13000", "valid_on": "2026-11-20", "reason": REASON},
    )
    rewritten = client.post(
        reverse("admin:pricing_commissionrate_change", args=[standing.pk]),
        {"rate_bps": 1, "reason": REASON},
    )

    added = CommissionRate.objects.exclude(pk=standing.pk).get()
    assert (added.rate_bps, added.valid_from) == (700, date(2026, 12, 1))
    assert ExchangeRate.objects.get(base="USD", valid_on="2026-11-20").rate == Decimal(13000)
    assert rewritten.status_code == 403
    standing.refresh_from_db()
    assert standing.rate_bps == 1000
    assert entry_of("pricing.commissionrate_added").reason == REASON
    assert entry_of("pricing.exchange_rate_set").after == {
        "rate": "13000",
        "valid_on": "2026-11-20",
    }


def test_commission_rate_of_a_taken_day_is_refused() -> None:
    make_rates()

    superuser_client().post(
        reverse("admin:pricing_commissionrate_add"),
        {"rate_bps": 700, "valid_from": "2026-01-01", "reason": REASON},
    )

    assert CommissionRate.objects.get().rate_bps == 1000
    assert not AuditEntry.objects.exists()
