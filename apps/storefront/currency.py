"""The currency in which a visitor sees prices: the account's or the cookie's, else the language's."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from apps.core.money import Money
from apps.pricing.selectors import in_currency

COOKIE = "currency"


def currency_of(request: HttpRequest) -> str:
    """Return a code of settings.SHOP_CURRENCIES; anything else in the cookie is ignored."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in settings.SHOP_CURRENCIES:
        return chosen
    fallback = settings.SHOP_CURRENCIES[0]
    return settings.DEFAULT_CURRENCY_BY_LANGUAGE.get(get_language() or "", fallback)


def shown(amount: Money, currency: str) -> Money:
    """Convert for showing; a sum whose currency has no rate stays as it is."""
    try:
        return in_currency(amount, currency)
    except LookupError:
        return amount
