"""Payment providers by their code."""

from functools import cache

from apps.payments.providers.base import PaymentProvider
from apps.payments.providers.stripe_provider import StripeProvider


@cache
def provider_of(code: str) -> PaymentProvider:
    """:raises LookupError: no such provider"""
    match code:
        case "stripe":
            return StripeProvider()
    raise LookupError(f"no payment provider {code!r}")
