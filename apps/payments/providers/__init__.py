"""Payment providers by their code."""

from functools import cache

from apps.payments.providers.base import PaymentProvider, PayoutProvider
from apps.payments.providers.stripe_provider import StripeProvider


@cache
def provider_of(code: str) -> PaymentProvider:
    """:raises LookupError: no such provider"""
    match code:
        case "stripe":
            return StripeProvider()
    raise LookupError(f"no payment provider {code!r}")


def payout_provider_of(code: str) -> PayoutProvider:
    """Return the provider where it pays out too.

    :raises LookupError: no such provider, or it takes money only
    """
    provider = provider_of(code)
    if isinstance(provider, StripeProvider):
        return provider
    raise LookupError(f"{code!r} pays nothing out")
