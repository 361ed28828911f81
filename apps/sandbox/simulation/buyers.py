"""Simulated buyers: they fill carts, pay or do not, cancel, and take what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from apps.accounts.models import User
from apps.catalog.models import Offer
from apps.core.errors import DomainError
from apps.core.money import Money
from apps.core.viewer import Viewer, viewer_of
from apps.orders.models import OrderGroup
from apps.orders.rules import ADDRESS_FIELDS
from apps.orders.services import carts, checkouts, paying, placing
from apps.orders.types import GroupStatus
from apps.payments.models import PaymentAttempt
from apps.payments.services.paying import apply_report
from apps.payments.types import PaymentState, ProviderPayment
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda

NAMES = ("Aziza", "Bekzod", "Dilnoza", "Farhod", "Gulnora", "Ivan", "Jasur", "Kamola")
CITIES = ("Toshkent", "Samarqand", "Buxoro", "Andijon")
ACCOUNTS = 8
DOMAIN = "@simulated.example"


@dataclass(frozen=True, slots=True)
class Buyer:
    user: User
    viewer: Viewer
    address: dict[str, str]
    currency: str


def ensure_buyers() -> list[Buyer]:
    """Return the simulated accounts; made once, without a password, so that nobody signs in as them."""
    return [_ensure(number) for number in range(ACCOUNTS)]


def has_bought() -> bool:
    return OrderGroup.objects.filter(user__email__endswith=DOMAIN).exists()


def _ensure(number: int) -> Buyer:
    email = f"buyer-{number + 1}{DOMAIN}"
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, None, full_name=NAMES[number], language="uz"
    )
    address = dict.fromkeys(ADDRESS_FIELDS, "") | {
        "recipient_name": NAMES[number],
        "phone": f"+99890111220{number}",
        "country": "UZ",
        "city": CITIES[number % len(CITIES)],
        "street": "Navoiy",
        "house": str(number + 1),
    }
    return Buyer(user, viewer_of(user), address, ("UZS", "USD", "RUB")[number % 3])


def place(agenda: Agenda, buyer: Buyer, offers: Sequence[Offer]) -> OrderGroup | None:
    """Buy some offers; None where the shop refuses, as it may when something is sold out."""
    for offer in offers:
        try:
            carts.add_line(
                viewer=buyer.viewer,
                offer_id=offer.id,
                quantity=agenda.chance.choice((1, 1, 1, 2, 3)),
                now=agenda.now,
            )
        except DomainError:
            agenda.tally["offer refused"] += 1
    try:
        checkout = checkouts.open_checkout(
            viewer=buyer.viewer, language="uz", currency=buyer.currency, now=agenda.now
        )
        checkouts.update_checkout(
            viewer=buyer.viewer,
            checkout_id=checkout.id,
            given=checkouts.CheckoutInput(email=buyer.user.email, address=buyer.address),
        )
        checkout, quote = checkouts.refresh_quote(
            viewer=buyer.viewer, checkout_id=checkout.id, now=agenda.now
        )
        return placing.place_order(
            viewer=buyer.viewer,
            checkout_id=checkout.id,
            quote_digest=quote.digest,
            now=agenda.now,
        )
    except DomainError as refusal:
        agenda.tally[f"placing refused: {refusal.code}"] += 1
        _empty_cart(agenda, buyer)
        return None


def _empty_cart(agenda: Agenda, buyer: Buyer) -> None:
    for line in carts.cart_for_writing(viewer=buyer.viewer).lines.all():
        carts.remove_line(viewer=buyer.viewer, line_id=line.id, now=agenda.now)


def pay(agenda: Agenda, buyer: Buyer, group: OrderGroup) -> str:
    """Pay as the provider's report would say; sometimes twice, sometimes after the hold is over."""
    group.refresh_from_db()
    if group.status == GroupStatus.CANCELLED:
        return "too late to pay"
    try:
        attempt = paying.pay(
            viewer=buyer.viewer,
            group_id=group.id,
            return_url="http://127.0.0.1:8000/",
            now=agenda.now,
        )
    except DomainError as refusal:
        return f"paying refused: {refusal.code}"
    _report(attempt, group.total, agenda)
    if agenda.happens(habits.PAYMENT_IS_TOLD_AGAIN):
        agenda.within(2, lambda: _repeat(attempt, group.total, agenda))
    return "paid"


def _repeat(attempt: PaymentAttempt, amount: Money, agenda: Agenda) -> str:
    _report(attempt, amount, agenda)
    return "payment told again"


def _report(attempt: PaymentAttempt, amount: Money, agenda: Agenda) -> None:
    apply_report(
        provider=attempt.provider,
        report=ProviderPayment(
            session_id=f"cs_sim_{attempt.id.hex}",
            intent_id=f"pi_sim_{attempt.id.hex}",
            attempt_id=attempt.id,
            state=PaymentState.CAPTURED,
            amount=amount,
            captured=amount,
        ),
        now=agenda.now,
    )


def late() -> timedelta:
    """When a forgetful buyer pays: after the hold on the goods is over."""
    return timedelta(minutes=40)
