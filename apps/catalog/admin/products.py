"""Products: texts and attributes are edited, publishing and archiving are actions."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Brand, Product, ProductImage, Variant, VariantCode
from apps.catalog.selectors.desk import category_choices, product_texts
from apps.catalog.selectors.texts import in_language
from apps.catalog.services.editing import (
    AttributeRefused,
    ProductEdit,
    check_attributes,
    edit_product,
    keep_brand,
)
from apps.catalog.services.products import archive_product, publish_product
from apps.core.admin import AuditedAdmin, AuditedForm, WindowAdmin, WindowInline
from apps.core.columns import pretty
from apps.core.deeds import ReasonedAction
from apps.core.viewer import Viewer

CODES = [code for code, _label in settings.LANGUAGES]


class ProductForm(AuditedForm):
    category_id = forms.TypedChoiceField(label=_("Category"), coerce=int)

    class Meta:
        model = Product
        fields = ("brand", "tax_class", "attributes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["category_id"]).choices = category_choices(
            get_language() or "en"
        )
        self.fields["category_id"].initial = self.instance.category_id
        self.attributes_before = dict(self.instance.attributes)
        texts = product_texts(self.instance)
        for code in CODES:
            title, description = texts.get(code, ("", ""))
            self.fields[f"title_{code}"].initial = title
            self.fields[f"description_{code}"].initial = description

    def clean_attributes(self) -> dict[str, Any]:
        given = self.cleaned_data["attributes"]
        if not isinstance(given, dict):
            raise forms.ValidationError(_("Write an object: {“code”: value}."))
        before = self.attributes_before
        try:
            check_attributes({key: new for key, new in given.items() if before.get(key) != new})
        except AttributeRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return given

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if not any(given.get(f"title_{code}") for code in CODES):
            self.add_error("title_en", _("A product needs a title in one language at least."))

    def edit(self) -> ProductEdit:
        given = self.cleaned_data
        return ProductEdit(
            category_id=given["category_id"],
            brand_id=given["brand"].pk if given["brand"] else None,
            tax_class=given["tax_class"],
            attributes=given["attributes"],
            texts={code: (given[f"title_{code}"], given[f"description_{code}"]) for code in CODES},
        )


for _code in CODES:
    ProductForm.base_fields[f"title_{_code}"] = ProductForm.declared_fields[f"title_{_code}"] = (
        forms.CharField(
            label=format_lazy("{} ({})", _("Title"), _code),
            max_length=250,
            required=False,
            widget=forms.TextInput(attrs={"class": "vTextField"}),
        )
    )
    ProductForm.base_fields[f"description_{_code}"] = ProductForm.declared_fields[
        f"description_{_code}"
    ] = forms.CharField(
        label=format_lazy("{} ({})", _("Description"), _code),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
    )


class VariantInline(WindowInline):
    model = Variant
    shown_fields = ("sku", "options", "weight_grams", "is_active")


class ImageInline(WindowInline):
    model = ProductImage
    show_change_link = False
    shown_fields = ("content_hash", "options", "width", "height", "position")


@admin.register(Product)
class ProductAdmin(AuditedAdmin):
    form = ProductForm
    can_add = False
    related = ("category", "brand", "created_by_seller")
    list_display = (
        "title",
        "status",
        "category",
        "brand",
        "rating_count",
        "sales_count",
        "created_at",
    )
    list_filter = ("status", "tax_class")
    search_fields = ("texts__title", "=short_id", "=source_id", "=variants__sku")
    search_help_text = _("A part of the title; short id, source id or SKU, whole.")
    raw_id_fields = ("brand",)
    inlines = (VariantInline, ImageInline)
    edited_fields = ("brand", "tax_class", "attributes")
    shown_fields = (
        "short_id",
        "status",
        "texts",
        "category",
        "brand",
        "tax_class",
        pretty("attributes"),
        "created_by_seller",
        "source",
        "source_id",
        "rating_hundredths",
        "rating_count",
        "sales_count",
        "created_at",
        "published_at",
    )
    form_order = (
        *(f"{part}_{code}" for code in CODES for part in ("title", "description")),
        "category_id",
        "brand",
        "tax_class",
        "attributes",
    )
    fixed_fields = (
        "short_id",
        "status",
        "created_by_seller",
        "source",
        "variant_axes",
        "published_at",
    )
    reasoned_actions = (
        ReasonedAction(
            name="publish",
            label=_("Publish"),
            permission="catalog.change_product",
            run=lambda deed: publish_product(
                product_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_("The product appears in the shop."),
            fits=lambda product: product.status != Product.Status.PUBLISHED,
        ),
        ReasonedAction(
            name="archive",
            label=_("Archive"),
            permission="catalog.change_product",
            run=lambda deed: archive_product(
                product_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The product leaves the shop. Orders keep their copies."),
            is_dangerous=True,
            fits=lambda product: product.status != Product.Status.ARCHIVED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Product]:
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=_("title"))
    def title(self, product: Product) -> str:
        text = in_language(product_texts(product), get_language() or "en")
        return text[0] if text else product.short_id

    @admin.display(description=_("texts"))
    def texts(self, product: Product) -> str:
        lines = ((language, *text) for language, text in sorted(product_texts(product).items()))
        return format_html_join("", "<p><b>{}</b> {}<br>{}</p>", lines)

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        edit_product(product_id=obj.pk, edit=form.edit(), actor=actor, reason=reason)


@admin.register(Brand)
class BrandAdmin(AuditedAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    ordering = ("name",)
    edited_fields = ("name", "slug")

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        keep_brand(brand=obj, actor=actor, reason=reason)


class CodeInline(WindowInline):
    model = VariantCode
    show_change_link = False
    shown_fields = ("gtin",)


@admin.register(Variant)
class VariantAdmin(WindowAdmin):
    related = ("product",)
    list_display = ("sku", "product", "options", "weight_grams", "is_active")
    list_filter = ("is_active",)
    search_fields = ("=sku", "=product__short_id", "=codes__gtin")
    search_help_text = _("SKU, product's short id or barcode, whole.")
    inlines = (CodeInline,)
