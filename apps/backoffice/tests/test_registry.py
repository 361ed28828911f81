"""Every registered list and page: opens, under one query count for one row and for three."""

from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection, connections, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.backoffice.sections import SECTIONS
from apps.backoffice.tests.world import desk_world, superuser_client
from apps.core.admin import WindowAdmin
from conftest import empty_all_tables

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any):
    """One committed world for the whole registry; the tables are emptied after the module."""
    with django_db_blocker.unblock():
        desk_world()
        superuser_client()
        yield
        connections.close_all()
        empty_all_tables()
        cache.clear()


def list_url(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(row: models.Model) -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])


def queries_of(client: Client, url: str, query: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, query)
    assert response.status_code == 200, response.headers.get("Location")
    return len(captured)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_list_of_registered_model_with_three_rows_costs_what_one_costs(
    model: Any, desk: None
) -> None:
    client = superuser_client()
    keys = [
        str(key) for key in model._default_manager.order_by("pk").values_list("pk", flat=True)[:3]
    ]
    assert len(keys) == 3, f"the world has too few rows of {model._meta.label}"
    url = list_url(model)
    queries_of(client, url, {"pk__in": keys[0]})

    one = queries_of(client, url, {"pk__in": keys[0]})
    three = queries_of(client, url, {"pk__in": ",".join(keys)})

    assert one == three
    # Session, user, count, rows; a list that prefetches texts or filters by related rows has one more.
    assert three <= 6


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_list_search_of_registered_model_answers(model: Any, desk: None) -> None:
    response = superuser_client().get(list_url(model), {"q": "nothing like this"})

    assert response.status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_page_of_registered_model_opens(model: Any, desk: None) -> None:
    row = model._default_manager.order_by("pk").first()

    response = superuser_client().get(page_url(row))

    assert response.status_code == 200
    assert b"style=" not in response.content
    assert b"<style" not in response.content


def test_every_registered_admin_is_a_window_and_has_its_place() -> None:
    placed = [label for section in SECTIONS for label in section.models]

    assert [
        m._meta.label for m, a in admin.site._registry.items() if not isinstance(a, WindowAdmin)
    ] == []
    assert sorted(placed) == [model._meta.label for model in REGISTERED]
    for window in admin.site._registry.values():
        assert window.list_editable == ()
        assert window.date_hierarchy is None
        assert not window.show_full_result_count
