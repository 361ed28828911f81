"""Paid orders that are sent elsewhere, at another price of delivery."""

from typing import Any

from apps.core.services.relay import deliver_all
from apps.core.viewer import Viewer
from apps.logistics.models import DeliveryTariff, DeliveryZone
from apps.logistics.selectors.tariffs import forget_tariffs
from apps.orders.models import AddressChange, Order
from apps.orders.services import addressing
from apps.orders.services.address_quotes import quote_address
from apps.orders.services.addressing import AddressConsent
from apps.orders.tests.services.fulfilling import fresh
from apps.orders.tests.services.world import now
from apps.orders.types import AddressQuote
from apps.payments.models import PaymentAttempt
from apps.payments.services.paying import apply_report
from apps.payments.types import PaymentState, ProviderPayment
from marketplace.tests.world import ADDRESS

BUXORO = {"city": "Buxoro", "street": "Navoiy", "house": "1"}


def delivery_costs(price_minor: int, *, zone: str = "uz-rest") -> None:
    """Let a courier's way into a zone cost this from now on."""
    DeliveryTariff.objects.filter(zone__code=zone, kind="COURIER").update(price_minor=price_minor)
    forget_tariffs()


def courier_goes_to(city: str, price_minor: int) -> None:
    """Let a courier bring parcels within the country to a city of its own price."""
    zone = DeliveryZone.objects.create(code=f"uz-{city.lower()}", country="UZ", city=city)
    usual = DeliveryTariff.objects.filter(zone__code="uz-rest", kind="COURIER", from_country="UZ")
    DeliveryTariff.objects.create(
        **usual.values(
            "carrier", "kind", "from_country", "up_to_grams", "currency", "min_days", "max_days"
        )[0],
        zone=zone,
        price_minor=price_minor,
    )
    forget_tariffs()


def quoted(order: Order, viewer: Viewer, **parts: Any) -> AddressQuote:
    return quote_address(order=fresh(order), address=ADDRESS | parts, viewer=viewer, now=now())


def consent_to(quote: AddressQuote) -> AddressConsent:
    return AddressConsent(quote.digest, quote.expires_at)


def change(
    order: Order, viewer: Viewer, *, consent: AddressConsent | None = None, **parts: Any
) -> AddressChange | None:
    return addressing.change_address(
        order_id=order.id,
        address=ADDRESS | parts,
        consent=consent,
        return_url="http://shop.test/",
        viewer=viewer,
        now=now(),
    )


def move(order: Order, viewer: Viewer, **parts: Any) -> AddressChange:
    """Look at the quote and confirm it."""
    given = parts or BUXORO
    made = change(order, viewer, consent=consent_to(quoted(order, viewer, **given)), **given)
    assert made is not None
    return made


def surcharge_captured(change: AddressChange) -> None:
    """Book a surcharge as if the provider had said so, and let the fact arrive."""
    report_surcharge(change)
    deliver_all()


def report_surcharge(change: AddressChange) -> None:
    attempt = PaymentAttempt.objects.get(payment__reference_id=change.id)
    apply_report(
        provider="stripe",
        report=ProviderPayment(
            session_id=f"cs_{attempt.id}",
            intent_id=f"pi_{attempt.id}",
            attempt_id=attempt.id,
            state=PaymentState.CAPTURED,
            amount=change.difference,
            captured=change.difference,
        ),
        now=now(),
    )
