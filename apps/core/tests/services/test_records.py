"""Reference rows kept by staff: the row and its trace are one step."""

from datetime import date

import pytest
from django.db import IntegrityError

from apps.core.models import AuditEntry
from apps.core.services.records import keep_record
from apps.core.viewer import Viewer
from apps.logistics.models import DeliveryZone
from apps.pricing.models import TaxRate

pytestmark = pytest.mark.django_db
STAFF = Viewer(label="Nodira")


def test_new_record_is_noted_with_all_its_values() -> None:
    zone = DeliveryZone(code="uz-tashkent", country="UZ", city="Toshkent")

    kept = keep_record(record=zone, actor=STAFF, reason="New depot")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_type, entry.target_id, entry.reason, entry.actor_label) == (
        "logistics.deliveryzone_added",
        "deliveryzone",
        str(kept.pk),
        "New depot",
        "Nodira",
    )
    assert entry.before is None
    assert entry.after["code"] == "uz-tashkent"
    assert set(entry.after) == {field.name for field in DeliveryZone._meta.concrete_fields}


def test_changed_record_is_noted_with_what_changed_alone() -> None:
    zone = DeliveryZone.objects.create(code="uz-tashkent", country="UZ", city="Toshkent")
    zone.city = "Samarqand"

    keep_record(record=zone, actor=STAFF, reason="Moved")

    entry = AuditEntry.objects.get()
    assert entry.action == "logistics.deliveryzone_changed"
    assert (entry.before, entry.after) == ({"city": "Toshkent"}, {"city": "Samarqand"})


def test_refused_record_leaves_no_trace(committed_db: None) -> None:
    given = {
        "country": "UZ",
        "tax_class": "STANDARD",
        "code": "VAT",
        "valid_from": date(2026, 1, 1),
    }
    TaxRate.objects.create(rate_bps=1200, **given)

    with pytest.raises(IntegrityError):
        keep_record(record=TaxRate(rate_bps=1500, **given), actor=STAFF, reason="x")

    assert AuditEntry.objects.count() == 0
    assert TaxRate.objects.count() == 1
