"""One thin line through everything: cart, quote, order, captured money, escrow."""

import pytest

from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.orders.services import carts, checkouts, paying, placing
from apps.orders.types import GroupStatus, OrderStatus
from apps.payments.models import LedgerAccount
from apps.payments.services import ledger
from apps.payments.services.paying import apply_report
from apps.payments.types import PaymentState, ProviderPayment
from marketplace.tests.world import ADDRESS, NOW, make_world


@pytest.mark.django_db
def test_purchase_from_two_sellers_ends_in_escrow_per_order() -> None:
    world = make_world()
    viewer = world.viewer()
    for offer in (world.offers[0], world.offers[2]):
        carts.add_line(viewer=viewer, offer_id=offer.id, quantity=2, now=NOW)
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=NOW)
    checkouts.update_checkout(
        viewer=viewer,
        checkout_id=checkout.id,
        given=checkouts.CheckoutInput(email="buyer@people.example", address=ADDRESS),
    )
    checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=NOW)

    group = placing.place_order(
        viewer=viewer, checkout_id=checkout.id, quote_digest=quote.digest, now=NOW
    )
    attempt = paying.pay(
        viewer=viewer, group_id=group.id, return_url="https://shop.example/", now=NOW
    )
    apply_report(
        provider="stripe",
        report=ProviderPayment(
            session_id="cs_1",
            intent_id="pi_1",
            attempt_id=attempt.id,
            state=PaymentState.CAPTURED,
            amount=group.total,
            captured=group.total,
        ),
        now=NOW,
    )
    deliver_all()

    group.refresh_from_db()
    # 2 x 100,000 soʻm + 2 x 990 roubles at 150 soʻm + two deliveries of 25,000 soʻm.
    assert group.total == Money((200_000 + 297_000 + 50_000) * 100, "UZS")
    assert group.status == GroupStatus.PAID
    orders = list(group.orders.order_by("number"))
    assert [order.status for order in orders] == [OrderStatus.PAID, OrderStatus.PAID]
    assert [ledger.balance(ledger.escrow(order.id), "UZS") for order in orders] == [
        order.total for order in orders
    ]
    assert ledger.balance(ledger.clearing("stripe"), "UZS") == -group.total
    assert LedgerAccount.objects.filter(kind="ESCROW").count() == 2
    assert violations() == []
