"""Set exchange, commission and tax rates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from apps.catalog.services.cards import set_comparison_rates
from apps.core.page_store import EVERYTHING, forget_pages
from apps.pricing.models import ExchangeRate
from apps.pricing.selectors import base_rates, forget_rates


@transaction.atomic
def set_exchange_rates(*, rates: Mapping[str, Decimal], valid_on: date) -> None:
    """Store what one unit of each currency is worth in the base currency, and tell the catalogue."""
    for currency, rate in rates.items():
        ExchangeRate.objects.update_or_create(
            base=currency,
            quote=settings.BASE_CURRENCY,
            valid_on=valid_on,
            defaults={"rate": rate},
        )
    forget_rates()
    set_comparison_rates(rates={code: rate.value for code, rate in base_rates().items()})
    forget_pages(EVERYTHING)
