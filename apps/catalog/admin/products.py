"""Products: texts and attributes are edited, publishing and archiving are actions."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.admin.particulars import ParticularsField
from apps.catalog.admin.words import (
    attributes_in_words,
    language,
    option_words,
    product_title,
    size_in_words,
    texts_in_words,
    with_option_words,
)
from apps.catalog.models import Brand, Product, ProductImage, Variant, VariantCode
from apps.catalog.selectors.asked import attributes_to_edit
from apps.catalog.selectors.attributes import attribute_label, named_attributes
from apps.catalog.selectors.desk import category_choices, product_texts
from apps.catalog.selectors.pictures import picture_of, thumb_of
from apps.catalog.services.editing import (
    AttributeRefused,
    ProductEdit,
    check_attributes,
    edit_product,
    keep_brand,
)
from apps.catalog.services.products import archive_product, publish_product
from apps.core.admin import AuditedAdmin, AuditedForm, WindowAdmin, WindowInline
from apps.core.columns import thumbs
from apps.core.deeds import ReasonedAction
from apps.core.kinds import EMPTY
from apps.core.viewer import Viewer

CODES = [code for code, _label in settings.LANGUAGES]


class ProductForm(AuditedForm):
    category_id = forms.TypedChoiceField(label=_("Category"), coerce=int)

    class Meta:
        model = Product
        fields = ("brand", "tax_class", "attributes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["category_id"]).choices = category_choices(language())
        self.fields["category_id"].initial = self.instance.category_id
        self.attributes_before = dict(self.instance.attributes)
        self.fields["attributes"] = ParticularsField(
            label=_("Particulars"),
            asked=attributes_to_edit(self.instance, language()),
            kept=self.attributes_before,
        )
        texts = product_texts(self.instance)
        for code in CODES:
            title, description = texts.get(code, ("", ""))
            self.fields[f"title_{code}"].initial = title
            self.fields[f"description_{code}"].initial = description

    def clean_attributes(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data["attributes"]
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


for _code, _language in settings.LANGUAGES:
    ProductForm.base_fields[f"title_{_code}"] = ProductForm.declared_fields[f"title_{_code}"] = (
        forms.CharField(
            label=format_lazy("{} ({})", _("Title"), _language),
            max_length=250,
            required=False,
            widget=forms.TextInput(attrs={"class": "vTextField"}),
        )
    )
    ProductForm.base_fields[f"description_{_code}"] = ProductForm.declared_fields[
        f"description_{_code}"
    ] = forms.CharField(
        label=format_lazy("{} ({})", _("Description"), _language),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
    )


class ChoosingInline(WindowInline):
    """Rows with options: what they choose, in words."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return with_option_words(super().get_queryset(request))

    @admin.display(description=pgettext_lazy("field", "options"))
    def choices(self, row: Any) -> str:
        return option_words(row)


class VariantInline(ChoosingInline):
    model = Variant
    shown_fields = ("sku", "choices", "weight_grams", "is_active")


class ImageInline(ChoosingInline):
    model = ProductImage
    show_change_link = False
    shown_fields = ("picture", "choices", "size", "position")

    @admin.display(description=_("picture"))
    def picture(self, image: ProductImage) -> str:
        return thumbs([thumb_of(picture_of(image.stored, language()))])

    @admin.display(description=_("size in pixels"))
    def size(self, image: ProductImage) -> str:
        return f"{image.width} × {image.height}"


@admin.register(Product)
class ProductAdmin(AuditedAdmin):
    form = ProductForm
    can_add = False
    related = ("category", "brand", "created_by_seller")
    prefetched = ("texts", "category__texts")
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
        "texts_shown",
        "category",
        "brand",
        "tax_class",
        "particulars",
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
        "axes",
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

    def name_of(self, row: Product) -> str:
        return product_title(row)

    @admin.display(description=_("title"))
    def title(self, product: Product) -> str:
        return product_title(product)

    @admin.display(description=pgettext_lazy("field", "variant axes"))
    def axes(self, product: Product) -> str:
        named = named_attributes(product.variant_axes)
        codes = product.variant_axes
        return (
            ", ".join(attribute_label(named.get(code), code, language()) for code in codes) or EMPTY
        )

    @admin.display(description=_("texts"))
    def texts_shown(self, product: Product) -> str:
        return texts_in_words(product_texts(product))

    @admin.display(description=_("particulars"))
    def particulars(self, product: Product) -> str:
        return attributes_in_words(product.attributes)

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
    prefetched = ("product__texts",)
    list_display = ("sku", "product", "choices", "weight_grams", "is_active")
    shown_fields = (
        "sku",
        "product",
        "choices",
        "weight_grams",
        "size",
        "position",
        "is_active",
    )
    list_filter = ("is_active",)
    search_fields = ("=sku", "=product__short_id", "=codes__gtin")
    search_help_text = _("SKU, product's short id or barcode, whole.")
    inlines = (CodeInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Variant]:
        return with_option_words(super().get_queryset(request))

    @admin.display(description=pgettext_lazy("field", "options"))
    def choices(self, variant: Variant) -> str:
        return option_words(variant)

    @admin.display(description=_("size"))
    def size(self, variant: Variant) -> str:
        return size_in_words(variant.length_mm, variant.width_mm, variant.height_mm)
