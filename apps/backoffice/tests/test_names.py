"""The back office in the language of its reader: what models, fields and columns are called."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from apps.accounts.models import User
from apps.backoffice.field_labels import FIELDS
from apps.backoffice.labels import MODELS
from apps.backoffice.names import RENAMED

# The same in every language.
INTERNATIONAL = {"", "ID", "SKU", "IP", "URL", "id", "sku", "ip", "Chargeback"}


@pytest.fixture
def request_of_root(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/backoffice/")
    request.user = User(is_staff=True, is_superuser=True)
    return request


def names_on(window: Any, request: HttpRequest) -> Iterator[Any]:
    """What stands on the pages of a window: columns of its list, fields of its row."""
    if hasattr(window, "get_list_display"):
        yield from (name for name in window.get_list_display(request) if name != "__str__")
    yield from flatten_fieldsets(window.get_fieldsets(request, None))


def windows() -> Iterator[tuple[type, Any]]:
    for model, window in admin.site._registry.items():
        yield model, window
        yield from ((one.model, one(model, admin.site)) for one in window.inlines)


def label_of(model: Any, window: Any, name: Any) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)
    except (FieldDoesNotExist, AttributeError):
        pass
    try:
        return str(label_for_field(name, model, window))
    except AttributeError:  # a field of the form alone; forms have their own labels
        return ""


def test_every_label_of_a_window_is_translated(request_of_root: HttpRequest) -> None:
    untold = set()
    for model, window in windows():
        for name in names_on(window, request_of_root):
            with translation.override("en"):
                english = label_of(model, window, name)
            for language in ("ru", "uz"):
                with translation.override(language):
                    if english not in INTERNATIONAL and label_of(model, window, name) == english:
                        untold.add(f"{language} {model._meta.label} {english}")
    assert untold == set()


def test_every_field_of_what_is_shown_is_named() -> None:
    """Sums have a column that writes them: "amount", not "amount minor"."""
    untold = set()
    for model, _window in windows():
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or field.name.endswith("_minor"):
                continue
            with translation.override("en"):
                english = str(field.verbose_name)
            for language in ("ru", "uz"):
                with translation.override(language):
                    if english not in INTERNATIONAL and str(field.verbose_name) == english:
                        untold.add(f"{language} {model._meta.label} {english}")
    assert untold == set()


def test_every_model_is_named_in_every_language() -> None:
    for model in {model for model, _window in windows()}:
        with translation.override("en"):
            one, several = str(model._meta.verbose_name), str(model._meta.verbose_name_plural)
        for language in ("ru", "uz"):
            with translation.override(language):
                assert str(model._meta.verbose_name) != one, model
                assert str(model._meta.verbose_name_plural) != several, model


def test_labels_and_names_stand_for_something_that_there_is() -> None:
    shown = {model for model, _window in windows()}
    with translation.override("en"):
        named = {
            str(name)
            for model in shown
            for name in (model._meta.verbose_name, model._meta.verbose_name_plural)
        }

        assert {str(name) for name in MODELS} <= named
    assert set(RENAMED) <= {model._meta.label for model in shown}
    assert len({str(name) for name in FIELDS}) == len(FIELDS)
