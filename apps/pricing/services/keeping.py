"""Rates that staff set: each a new row with its first day, its reason and its audit entry."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.money import CURRENCIES
from apps.core.services import audit
from apps.core.services.records import keep_record
from apps.core.viewer import Viewer
from apps.pricing.models import CommissionRate, TaxRate
from apps.pricing.selectors import forget_rates
from apps.pricing.services import set_exchange_rates


class RateTaken(DomainError):
    code = "pricing.rate_taken"
    message = _("There is a rate from this day on already. Choose another first day.")


class CurrencyUnknown(DomainError):
    code = "pricing.currency_unknown"
    message = _("This currency has no rate here: it is unknown, or it is the base currency itself.")


@transaction.atomic
def set_commission_rate(
    *,
    rate_bps: int,
    valid_from: date,
    actor: Viewer,
    reason: str,
    seller_id: UUID | None = None,
    category_id: int | None = None,
) -> CommissionRate:
    """Set the share of a seller, of a branch, of both or (neither) of everybody from a day on.

    :raises RateTaken: the same parties have a rate from that day
    """
    rate = CommissionRate(
        seller_id=seller_id, category_id=category_id, rate_bps=rate_bps, valid_from=valid_from
    )
    taken = CommissionRate.objects.filter(valid_from=valid_from)
    if (seller_id, category_id) in taken.values_list("seller_id", "category_id"):
        raise RateTaken
    keep_record(record=rate, actor=actor, reason=reason)
    transaction.on_commit(forget_rates)
    return rate


@transaction.atomic
def set_tax_rate(
    *,
    country: str,
    tax_class: str,
    code: str,
    rate_bps: int,
    valid_from: date,
    actor: Viewer,
    reason: str,
) -> TaxRate:
    """Set the VAT of a country and tax class from a day on.

    :raises RateTaken: the same country and class have a rate from that day
    """
    same = TaxRate.objects.filter(country=country, tax_class=tax_class, valid_from=valid_from)
    if same.exists():
        raise RateTaken
    rate = TaxRate(
        country=country, tax_class=tax_class, code=code, rate_bps=rate_bps, valid_from=valid_from
    )
    keep_record(record=rate, actor=actor, reason=reason)
    transaction.on_commit(forget_rates)
    return rate


@transaction.atomic
def publish_exchange_rate(
    *, currency: str, rate: Decimal, valid_on: date, actor: Viewer, reason: str
) -> None:
    """Set what one unit of a currency is worth in the base currency from a day on.

    :raises CurrencyUnknown: no such currency, or the base currency
    """
    if currency not in CURRENCIES or currency == settings.BASE_CURRENCY:
        raise CurrencyUnknown
    set_exchange_rates(rates={currency: rate}, valid_on=valid_on)
    audit.record(
        actor=actor,
        action="pricing.exchange_rate_set",
        target_type="exchangerate",
        target_id=f"{currency}:{valid_on}",
        after={"rate": str(rate), "valid_on": str(valid_on)},
        reason=reason,
    )
