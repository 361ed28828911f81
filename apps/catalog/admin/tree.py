"""The category tree and the attributes, managed here: every change through its service."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.words import category_name, label_in_words
from apps.catalog.models import Attribute, AttributeOption, Category, CategoryAttribute
from apps.catalog.selectors.desk import category_choices, category_names, parent_of
from apps.catalog.services.tree import (
    add_category,
    move_category,
    rename_category,
    set_category_terms,
    set_category_visible,
    shift_category,
)
from apps.core.admin import AuditedAdmin, AuditedForm, WindowInline
from apps.core.columns import swatch
from apps.core.deeds import ReasonedAction
from apps.core.viewer import Viewer
from apps.core.web.languages import InLanguages

CODES = [code for code, _label in settings.LANGUAGES]


class CategoryForm(AuditedForm):
    """Names in every language, and the parent: another one moves the branch."""

    parent = forms.TypedChoiceField(label=_("Inside"), required=False, coerce=int, empty_value=None)

    class Meta:
        model = Category
        fields = ("code", "picture_kind", "return_days", "escrow_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = category_names(self.instance) if self.instance.pk else {}
        cast("forms.ChoiceField", self.fields["parent"]).choices = [
            ("", _("— top level —")),
            *category_choices(get_language() or "en"),
        ]
        parent = parent_of(self.instance) if self.instance.pk else None
        self.fields["parent"].initial = parent.pk if parent else ""
        for code in CODES:
            self.fields[f"name_{code}"].initial = names.get(code, "")

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{code}"] for code in CODES}


for _code, _language in settings.LANGUAGES:
    CategoryForm.base_fields[f"name_{_code}"] = CategoryForm.declared_fields[f"name_{_code}"] = (
        forms.CharField(
            label=format_lazy("{} ({})", pgettext_lazy("thing", "Name"), _language),
            max_length=120,
            required=_code == "en",
        )
    )


class CategoryAttributeInline(WindowInline):
    model = CategoryAttribute
    related = ("attribute",)
    shown_fields = ("attribute", "is_required", "is_filter", "is_variant_axis", "position")


def _shifting(*, is_up: bool) -> Any:
    return lambda deed: shift_category(
        category_id=deed.id, is_up=is_up, actor=deed.actor, reason=deed.reason
    )


def _showing(*, is_visible: bool) -> Any:
    return lambda deed: set_category_visible(
        category_id=deed.id, is_visible=is_visible, actor=deed.actor, reason=deed.reason
    )


@admin.register(Category)
class CategoryAdmin(AuditedAdmin):
    form = CategoryForm
    prefetched = ("texts",)
    list_display = ("name", "code", "is_visible", "numchild")
    list_filter = ("is_visible",)
    search_fields = ("code", "texts__name")
    ordering = ("path",)
    list_per_page = 200
    inlines = (CategoryAttributeInline,)
    edited_fields = ("code", "picture_kind", "return_days", "escrow_days")
    form_order = (
        *(f"name_{code}" for code in CODES),
        "parent",
        "code",
        "picture_kind",
        "return_days",
        "escrow_days",
    )
    shown_fields = (
        "code",
        "name",
        "is_visible",
        "numchild",
        "picture_kind",
        "return_days",
        "escrow_days",
    )
    reasoned_actions = (
        ReasonedAction(
            name="move_up",
            label=_("Move up"),
            permission="catalog.change_category",
            run=_shifting(is_up=True),
        ),
        ReasonedAction(
            name="move_down",
            label=_("Move down"),
            permission="catalog.change_category",
            run=_shifting(is_up=False),
        ),
        ReasonedAction(
            name="show",
            label=_("Show"),
            permission="catalog.change_category",
            run=_showing(is_visible=True),
            fits=lambda category: not category.is_visible,
        ),
        ReasonedAction(
            name="hide",
            label=_("Hide"),
            permission="catalog.change_category",
            run=_showing(is_visible=False),
            consequence=_("The branch and its products disappear from the shop."),
            is_dangerous=True,
            fits=lambda category: category.is_visible,
        ),
    )

    def name_of(self, row: Category) -> str:
        return category_name(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_readonly_fields(request, obj)
        # Addresses are made of the code: it is given once.
        return [*fields, "code"] if obj is not None and "code" not in fields else fields

    @admin.display(description=_("category name"), ordering="path")
    def name(self, category: Category) -> str:
        depth, name = min(category.depth, 6), category_name(category)
        return format_html('<span class="tree depth-{}">{}</span>', depth, name)

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        if obj.pk is None:
            self._add(obj, form, actor, reason)
            return
        rename_category(
            category_id=obj.pk,
            names=form.names(),
            picture_kind=form.cleaned_data["picture_kind"],
            actor=actor,
            reason=reason,
        )
        self._set_terms(obj, form, actor, reason)
        if "parent" in form.changed_data:
            parent_id = form.cleaned_data["parent"]
            move_category(category_id=obj.pk, parent_id=parent_id, actor=actor, reason=reason)

    def _add(self, obj: Category, form: Any, actor: Viewer, reason: str) -> None:
        parent_id = form.cleaned_data["parent"]
        added = add_category(
            code=obj.code,
            names=form.names(),
            parent=Category(pk=parent_id) if parent_id else None,
            picture_kind=obj.picture_kind,
            actor=actor,
            reason=reason,
        )
        obj.pk = added.pk
        self._set_terms(obj, form, actor, reason)

    def _set_terms(self, obj: Category, form: Any, actor: Viewer, reason: str) -> None:
        set_category_terms(
            category_id=obj.pk,
            return_days=form.cleaned_data["return_days"],
            escrow_days=form.cleaned_data["escrow_days"],
            actor=actor,
            reason=reason,
        )


class AttributeForm(AuditedForm):
    labels = InLanguages(label=pgettext_lazy("thing", "Name"))
    units = InLanguages(label=_("Unit where a language writes it differently"), required=False)


class OptionForm(AuditedForm):
    labels = InLanguages(label=pgettext_lazy("thing", "Name"))


class LabelledMixin:
    """Rows that are called something in each language, and have a code."""

    def name_of(self, row: Any) -> str:
        return label_in_words(row.labels, row.code)

    @admin.display(description=pgettext_lazy("field", "name"))
    def label(self, row: Any) -> str:
        return self.name_of(row)

    @admin.display(description=pgettext_lazy("field", "swatch"), ordering="swatch")
    def colour(self, row: AttributeOption) -> str:
        return swatch(row.swatch)


class OptionInline(LabelledMixin, WindowInline):
    model = AttributeOption
    shown_fields = ("label", "code", "colour", "position")


@admin.register(Attribute)
class AttributeAdmin(LabelledMixin, AuditedAdmin):
    form = AttributeForm
    list_display = ("label", "code", "kind", "unit")
    list_filter = ("kind",)
    search_fields = ("code",)
    ordering = ("code",)
    edited_fields = ("code", "kind", "unit", "units", "labels")
    inlines = (OptionInline,)


@admin.register(AttributeOption)
class AttributeOptionAdmin(LabelledMixin, AuditedAdmin):
    form = OptionForm
    related = ("attribute",)
    list_display = ("label", "code", "attribute", "colour", "position")
    search_fields = ("=attribute__code", "code")
    raw_id_fields = ("attribute",)
    edited_fields = ("attribute", "code", "labels", "swatch", "position")


@admin.register(CategoryAttribute)
class CategoryAttributeAdmin(AuditedAdmin):
    related = ("category", "attribute")
    prefetched = ("category__texts",)
    list_display = (
        "category",
        "attribute",
        "is_required",
        "is_filter",
        "is_variant_axis",
        "position",
    )
    list_filter = ("is_required", "is_filter", "is_variant_axis")
    search_fields = ("=category__code", "=attribute__code")
    raw_id_fields = ("category", "attribute")
    edited_fields = (
        "category",
        "attribute",
        "is_required",
        "is_filter",
        "is_variant_axis",
        "position",
    )
