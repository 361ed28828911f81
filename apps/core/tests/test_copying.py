"""COPY writes what bulk_create would: defaults, JSON, keys taken beforehand, and no broken row."""

import pytest
from django.db import IntegrityError, transaction

from apps.catalog.models import Brand, Product, StockMovement
from apps.core.copying import copy_rows, new_ids
from marketplace.tests.world import make_category


@pytest.mark.django_db
def test_copy_rows_fills_defaults_and_writes_documents() -> None:
    category = make_category("shelf")
    first, second = new_ids(Product, 2)
    rows = [(first, category.id, {"note": 'tab\t "quoted" ё'}), (second, category.id, {})]
    written = copy_rows(Product, ("id", "category_id", "attributes"), iter(rows))

    assert written == 2
    made = Product.objects.get(id=first)
    assert made.attributes == {"note": 'tab\t "quoted" ё'}
    assert made.variant_axes == []
    assert (made.status, made.source, made.brand_id) == ("DRAFT", "", None)
    assert made.created_at is not None
    assert len({made.short_id, Product.objects.get(id=second).short_id}) == 2


@pytest.mark.django_db
def test_new_ids_are_not_given_to_anybody_else() -> None:
    taken = new_ids(Brand, 3)
    copy_rows(Brand, ("id", "name", "slug"), [(taken[1], "Anor", "anor")])
    assert Brand.objects.create(name="Gulob", slug="gulob").id > max(taken)
    assert len(set(new_ids(StockMovement, 3))) == 3


@pytest.mark.django_db
def test_copy_rows_a_broken_constraint_writes_nothing() -> None:
    rows = [("Anor", "anor"), ("Anor", "anor-1")]
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Brand, ("name", "slug"), rows)
    assert Brand.objects.count() == 0
