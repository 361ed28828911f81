"""Rows for every list of the back office: three of each kind at least."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.test import Client

from apps.accounts.models import Address, User
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    Brand,
    CategoryAttribute,
    Reservation,
)
from apps.catalog.services.tree import add_category
from apps.catalog.tests.seller_cards import desk_rows
from apps.core.models import AuditEntry, NumberSeries, OutboxEvent, Seal
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.logistics.models import PickupPoint
from apps.logistics.tests.world import make_clerk, make_courier, on_the_way
from apps.notifications.models import Delivery
from apps.orders.models import Dispute, DisputeMessage, OrderGroup, Return, ReturnLine
from apps.orders.services import carts, checkouts, paying, placing
from apps.payments.models import (
    Incident,
    Payment,
    PaymentEvent,
    PayoutSchedule,
    ProviderEvent,
    ReconciliationRun,
)
from apps.payments.services.holds import hold_escrow
from apps.payments.services.paying import apply_report
from apps.payments.services.payout_schedules import set_schedule
from apps.payments.services.refunds import issue_refund
from apps.payments.services.releasing import release_escrow
from apps.payments.tests.chargebacks import FRAUD, apply, given_back, told_of
from apps.payments.tests.payouts import ask_payout, plain_account, reported, rich_payee, uzs
from apps.payments.types import PaymentState, ProviderPayment, Release, Split
from apps.payments.types_chargebacks import ChargebackState
from apps.payments.types_payouts import PayoutRhythm, TransferOutcome
from apps.pricing.models import CommissionRate, TaxRate
from apps.reviews.models import Review
from apps.search.models import SearchDocument, SearchTerm
from marketplace.tests.world import (
    ADDRESS,
    NOW,
    World,
    make_offer,
    make_seller,
    make_user,
    make_world,
)


def staff(email: str, *permissions: str, **extra: Any) -> User:
    user = make_user(email, is_staff=True, **extra)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def superuser_client() -> Client:
    user = User.objects.filter(email="root@staff.example").first() or make_user(
        "root@staff.example", is_staff=True, is_superuser=True, full_name="Root"
    )
    return client_of(user)


def buy(world: World, number: int, *, is_paid: bool = True) -> OrderGroup:
    """Order one unit of a UZS and of a RUB offer, pay it, and let the relay run."""
    viewer = world.viewer()
    for offer in (world.offers[0], world.offers[2]):
        carts.add_line(viewer=viewer, offer_id=offer.id, quantity=1, now=NOW)
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
    if is_paid:
        attempt = paying.pay(
            viewer=viewer, group_id=group.id, return_url="https://shop.example/", now=NOW
        )
        apply_report(
            provider="stripe",
            report=ProviderPayment(
                session_id=f"cs_{number}",
                intent_id=f"pi_{number}",
                attempt_id=attempt.id,
                state=PaymentState.CAPTURED,
                amount=group.total,
                captured=group.total,
            ),
            now=NOW,
        )
    deliver_all()
    group.refresh_from_db()
    return group


def desk_world() -> World:
    world = make_world()
    seller, warehouse = make_seller(3)
    world.sellers.append(seller)
    world.offers.append(
        make_offer(
            seller=seller,
            warehouse=warehouse,
            category=world.category,
            sku="T31",
            price=Money(50_000_00, "UZS"),
            units=5,
        )
    )
    groups = [buy(world, number) for number in (1, 2, 3)]
    for group in groups:
        order = group.orders.order_by("number").first()
        issue_refund(
            key=f"desk:{order.id}",
            reference_id=order.id,
            amount=Money(1_000_00, "UZS"),
            reason="GOODWILL",
            actor=SYSTEM,
            now=NOW,
        )
    _settled_rows(groups)
    _charged_back(groups)
    _cases(groups)
    _payout_rows()
    _reference_rows(world)
    _machine_rows(world)
    desk_rows(world)
    _reconciled_rows()
    return world


def _cases(groups: list[OrderGroup]) -> None:
    """A withdrawn return and a withdrawn dispute of each group's first order."""
    for index, group in enumerate(groups):
        order = group.orders.order_by("number").first()
        assert order is not None
        case = Return.objects.create(
            number=f"R-{index}",
            order=order,
            key="desk",
            state="CANCELLED",
            reason="FAULTY",
            code="000000",
            currency=order.currency,
            requested_at=NOW,
            cancelled_at=NOW,
        )
        ReturnLine.objects.create(return_case=case, line=order.lines.first(), quantity=1)
        found = Dispute.objects.create(
            number=f"D-{index}",
            order=order,
            return_case=case,
            key="desk",
            state="WITHDRAWN",
            reason="NOT_RECEIVED",
            currency=order.currency,
            wanted_minor=100,
            open_at=NOW,
            withdrawn_at=NOW,
        )
        DisputeMessage.objects.create(dispute=found, key="desk", side="BUYER", text="No.", at=NOW)


def _settled_rows(groups: list[OrderGroup]) -> None:
    """Each group's first order is on hold, its second is released."""
    for group in groups:
        first, second = group.orders.order_by("number")
        hold_escrow(reference_id=first.id, actor=SYSTEM, reason="Doubt", now=NOW)
        nothing = Money.zero(second.currency)
        release = Release(
            reference_id=second.id,
            payee_id=second.seller_id,
            split=Split(
                commission=nothing,
                commission_vat=nothing,
                delivery=second.delivery_price,
                delivery_vat=nothing,
                seller=second.total - second.delivery_price,
                payout=second.total - second.delivery_price,
            ),
            available_at=NOW,
        )
        release_escrow(release=release, actor=SYSTEM, now=NOW)


def _charged_back(groups: list[OrderGroup]) -> None:
    """A bank takes each group's payment back: one waits for an answer, one is lost for fraud, one won."""
    asked, kept, given = (Payment.objects.get(reference_id=group.id) for group in groups)
    apply(told_of(asked), NOW)
    apply(told_of(kept, reason=FRAUD, state=ChargebackState.LOST), NOW)
    apply(given_back(told_of(given)), NOW)


def _payout_rows() -> None:
    """Three payees with an account and a schedule; one payout waits for staff, one is paid, one waits."""
    payees = [rich_payee(uzs(100_000_000)) for _ in range(3)]
    for payee_id in payees:
        plain_account(payee_id)
        row = PayoutSchedule(payee_id=payee_id, currency="UZS", rhythm=PayoutRhythm.DAILY)
        set_schedule(schedule=row, actor=SYSTEM, now=NOW)
    ask_payout(payees[0], uzs(60_000_000))
    reported(ask_payout(payees[0], uzs(100_000)), TransferOutcome.PAID)
    ask_payout(payees[0], uzs(100_000))


def _reference_rows(world: World) -> None:
    parent = world.category
    for index in range(1, 4):
        brand = Brand.objects.create(name=f"Brand {index}", slug=f"brand-{index}")
        child = add_category(code=f"child-{index}", names={"en": f"Child {index}"}, parent=parent)
        attribute = Attribute.objects.create(
            code=f"attribute-{index}", kind="CHOICE", labels={"en": f"Attribute {index}"}
        )
        AttributeOption.objects.create(attribute=attribute, code="red", labels={"en": "Red"})
        CategoryAttribute.objects.create(category=child, attribute=attribute)
        product = world.offers[index - 1].variant.product
        product.brand = brand
        product.save(update_fields=["brand"])
        Review.objects.create(
            product=product,
            author_name="A",
            rating=5,
            language="en",
            submitted_at=NOW,
        )
        CommissionRate.objects.create(
            seller=world.sellers[index - 1], rate_bps=500, valid_from=date(2026, 2, index)
        )
        TaxRate.objects.create(
            country=f"X{index}", tax_class="STANDARD", code="X", rate_bps=1, valid_from=NOW.date()
        )
        PickupPoint.objects.create(
            code=f"point-{index}",
            country="UZ",
            city="Toshkent",
            address="A",
            hours="9-21",
            latitude=Decimal(41),
            longitude=Decimal(69),
        )
        make_clerk(PickupPoint.objects.get(code=f"point-{index}"), index)
        on_the_way(make_courier(index), f"K-9-1-{index}")
        Group.objects.get_or_create(name=f"Role {index}")
        user = make_user(f"person{index}@people.example", full_name=f"Person {index}")
        Address.objects.create(
            user=user,
            recipient_name="P",
            phone="+998",
            country="UZ",
            city="Toshkent",
            street="S",
            house="1",
        )
    from apps.pricing.services import set_exchange_rates

    for day in (2, 3):
        set_exchange_rates(rates={"USD": Decimal(12500)}, valid_on=date(2026, 11, day))


def _reconciled_rows() -> None:
    """Three days; a charge of each is not on the provider's statement."""
    for index in range(1, 4):
        day = NOW - timedelta(days=index)
        run = ReconciliationRun.objects.create(
            provider="stripe",
            period_from=day,
            period_to=day + timedelta(days=1),
            statement_count=3,
            book_count=4,
            difference_count=1,
            new_count=1,
            state="DIFFERS",
            at=NOW,
        )
        run.items.create(
            provider="stripe",
            key=f"MISSING:{index}",
            kind="MISSING",
            movement="CHARGE",
            our_reference=f"pi_{index}",
            our_amount_minor=100_000_00,
            our_currency="UZS",
            our_at=day,
            found_at=NOW,
        )


def _machine_rows(world: World) -> None:
    payment = Payment.objects.first()
    for index in range(1, 4):
        NumberSeries.objects.create(name=f"series-{index}")
        Seal.objects.create(
            journal="x",
            number=index,
            from_id=1,
            to_id=2,
            row_count=2,
            previous_hash=bytes(32),
            hash=bytes(32),
        )
        AuditEntry.objects.create(
            area="x", action="x.y", actor_label="A", target_type="t", target_id=str(index)
        )
        Incident.objects.create(kind="CONTRADICTION", key=f"i{index}", payment=payment)
        ProviderEvent.objects.create(
            provider="stripe",
            event_id=f"evt_{index}",
            kind="payment_intent.succeeded",
            object_id="pi",
            raw=b'{"id": "evt"}',
        )
        PaymentEvent.objects.create(
            payment=payment, kind="NOTE", provider_reference=f"r{index}", currency="UZS"
        )
        OutboxEvent.objects.create(
            aggregate="desk",
            aggregate_id=str(index),
            seq=1,
            partition=0,
            topic="desk.dead",
            payload={},
            dead_at=NOW,
            last_error="LookupError: nobody",
        )
        Delivery.objects.create(
            kind="order_paid",
            key=f"d{index}",
            address=f"person{index}@people.example",
            language="en",
            state="FAILED",
        )
        SearchTerm.objects.get_or_create(word=f"word{index}", defaults={"document_count": index})
    for index, offer in enumerate(world.offers[:3]):
        SearchDocument.objects.get_or_create(
            product_id=offer.variant.product_id,
            defaults={
                "version": 1,
                "vector": "",
                "category_path": world.category.path,
                "price_base_minor": 100 + index,
                "published_at": NOW + timedelta(hours=index),
            },
        )
    assert Reservation.objects.count() >= 3
    assert EmailAddress.objects.count() >= 3
