"""Rates: new ones are added with their first day; those that stand are never rewritten."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.admin import AuditedAdmin, AuditedForm
from apps.core.money import CURRENCIES
from apps.core.viewer import Viewer
from apps.pricing.models import CommissionRate, ExchangeRate, TaxRate
from apps.pricing.selectors import rate_row
from apps.pricing.services.keeping import (
    publish_exchange_rate,
    set_commission_rate,
    set_tax_rate,
)


class RateAdmin(AuditedAdmin):
    can_change = False

    @admin.display(description=_("rate"), ordering="rate_bps")
    def percent(self, rate: CommissionRate | TaxRate) -> str:
        return f"{rate.rate_bps / 100:.2f} %"


@admin.register(CommissionRate)
class CommissionRateAdmin(RateAdmin):
    related = ("seller", "category")
    list_display = ("id", "seller", "category", "percent", "valid_from")
    ordering = ("-valid_from", "-id")
    search_fields = ("seller__name", "category__code")
    raw_id_fields = ("seller", "category")
    edited_fields = ("seller", "category", "rate_bps", "valid_from")

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        stored = set_commission_rate(
            seller_id=obj.seller_id,
            category_id=obj.category_id,
            rate_bps=obj.rate_bps,
            valid_from=obj.valid_from,
            actor=actor,
            reason=reason,
        )
        obj.pk = stored.pk


@admin.register(TaxRate)
class TaxRateAdmin(RateAdmin):
    list_display = ("code", "country", "tax_class", "percent", "valid_from")
    list_filter = ("country", "tax_class")
    search_fields = ("=code", "=country")
    edited_fields = ("country", "tax_class", "code", "rate_bps", "valid_from")

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        stored = set_tax_rate(
            country=obj.country,
            tax_class=obj.tax_class,
            code=obj.code,
            rate_bps=obj.rate_bps,
            valid_from=obj.valid_from,
            actor=actor,
            reason=reason,
        )
        obj.pk = stored.pk


class ExchangeRateForm(AuditedForm):
    base = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in CURRENCIES if code != settings.BASE_CURRENCY],
    )
    rate = forms.DecimalField(
        label=_("Worth in the base currency"), max_digits=18, decimal_places=8, min_value=0
    )


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RateAdmin):
    form = ExchangeRateForm
    list_display = ("base", "quote", "rate", "valid_on", "created_at")
    list_filter = ("base",)
    ordering = ("-valid_on", "base")
    edited_fields = ("base", "rate", "valid_on")

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        publish_exchange_rate(
            currency=obj.base, rate=obj.rate, valid_on=obj.valid_on, actor=actor, reason=reason
        )
        obj.pk = rate_row(currency=obj.base, valid_on=obj.valid_on).pk
