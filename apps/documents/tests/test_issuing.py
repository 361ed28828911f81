"""Receipts by the facts of payments: once, numbered without gaps, saying what was true."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.catalog.models import Product
from apps.core.invariants import violations
from apps.core.models import OutboxEvent
from apps.core.services.relay import deliver_all
from apps.documents import tasks
from apps.documents.models import Document, Rendering
from apps.documents.rules import STORAGE
from apps.documents.services import issuing
from apps.documents.services.filing import ASK_AGAIN, request_rendering
from apps.documents.tests.world import of_kind, receipt_of, refunded
from apps.documents.types import DocumentKind
from apps.orders.tests.services.fulfilling import paid_order, paid_orders
from apps.orders.tests.services.world import now, place
from apps.payments.models import Payment
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_captured_payment_gives_each_sellers_order_its_receipt(world: World) -> None:
    first, second = paid_orders(world, offers=(0, 2), quantity=2)

    receipts = of_kind(DocumentKind.RECEIPT)

    year = timezone.localtime().year
    assert [row.number for row in receipts] == [f"R-{year}-000001", f"R-{year}-000002"]
    assert [(row.order_id, row.seller_id) for row in receipts] == [
        (first.id, first.seller_id),
        (second.id, second.seller_id),
    ]
    assert [row.language for row in receipts] == ["en", "en"]
    facts = receipts[0].facts
    assert facts["lines"][0]["quantity"] == 2
    assert facts["items_minor"] == 200_000_00
    assert facts["total_minor"] == first.total_minor
    assert facts["taxes"] == [{"rate_bps": 1200, "amount_minor": 21_428_57}]
    assert facts["seller"]["tax_id"] == "300000001"
    assert "Aziza" not in str(facts)
    assert list(Rendering.objects.values_list("document_id", "language")) == [
        (row.id, "en") for row in receipts
    ]
    assert violations() == []


def test_order_that_waits_for_money_has_no_receipt(world: World) -> None:
    place(world)
    deliver_all()

    assert not Document.objects.exists()


def test_fact_told_again_issues_nothing_more(world: World) -> None:
    order = paid_order(world)
    payment = Payment.objects.get()

    again = issuing.issue_receipts(payment_id=payment.id, now=now())

    assert [row.id for row in again] == [receipt_of(order).id]
    assert Document.objects.count() == 1


def test_receipt_keeps_what_was_true_when_the_world_changes(world: World) -> None:
    order = paid_order(world)
    before = receipt_of(order).facts
    seller = order.seller
    seller.name, seller.tax_id = "Another name", "999999999"
    seller.save()
    Product.objects.update(status="ARCHIVED")

    issuing.issue_receipts(payment_id=Payment.objects.get().id, now=now())

    assert receipt_of(order).facts == before
    assert before["seller"]["name"] == "Shop 1"


def test_refund_that_was_paid_out_gets_a_receipt_of_its_own_series(world: World) -> None:
    order = paid_order(world)

    refund = refunded(order)

    (paper,) = of_kind(DocumentKind.REFUND_RECEIPT)
    assert paper.number == f"RF-{timezone.localtime().year}-000001"
    assert paper.subject_id == refund.id
    assert paper.facts["amount_minor"] == 40_000_00
    assert paper.facts["paid_minor"] == order.total_minor
    assert paper.facts["receipt"] == receipt_of(order).number
    assert paper.facts["reason"] == "OUT_OF_STOCK"
    assert issuing.issue_refund_receipt(refund_id=refund.id, now=now()).id == paper.id
    assert violations() == []


def test_year_begins_anew_by_the_local_calendar(world: World) -> None:
    """At 19:30 in UTC of 31 December it is half past midnight of January in Tashkent."""
    orders = [paid_order(world) for _ in range(2)]
    with transaction.atomic():
        papers = [
            issuing.write_numbered(
                kind=DocumentKind.REFUND_RECEIPT,
                subject=("refund", order.id),
                seller_id=order.seller_id,
                facts={"currency": "UZS"},
                language="en",
                now=at,
                order=order,
            )
            for order, at in zip(
                orders,
                (
                    datetime(2026, 12, 31, 18, 59, tzinfo=UTC),
                    datetime(2026, 12, 31, 19, 30, tzinfo=UTC),
                ),
                strict=True,
            )
        ]

    assert [paper.number for paper in papers] == ["RF-2026-000001", "RF-2027-000001"]


def test_transaction_that_is_rolled_back_gives_its_number_back(world: World) -> None:
    paid_order(world)
    order = paid_order(world)
    assert receipt_of(order).serial == 2

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issuing.write_numbered(
            kind=DocumentKind.REFUND_RECEIPT,
            subject=("refund", order.id),
            seller_id=order.seller_id,
            facts={"currency": "UZS"},
            language="en",
            now=now(),
            order=order,
        )
        raise ZeroDivisionError
    refunded(order)

    assert [row.serial for row in of_kind(DocumentKind.REFUND_RECEIPT)] == [1]
    assert violations() == []


def test_sweeper_issues_what_the_handler_did_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler fails; the timer issues the receipt, once the handler has had its time."""

    def fail(**given: object) -> None:
        raise LookupError("no")

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "issue_receipts", fail)
        order = paid_order(world)
    assert not Document.objects.exists()

    assert issuing.issue_missing_receipts(now=now()) == 0
    assert issuing.issue_missing_receipts(now=now() + timedelta(minutes=11)) == 1
    assert receipt_of(order).facts["order"] == order.number
    assert issuing.issue_missing_receipts(now=now() + timedelta(minutes=12)) == 0


def test_second_receipt_of_an_order_is_refused_by_the_database(world: World) -> None:
    order = paid_order(world)

    with pytest.raises(IntegrityError), transaction.atomic():
        issuing.write_numbered(
            kind=DocumentKind.RECEIPT,
            subject=("order", order.id),
            seller_id=order.seller_id,
            facts={"currency": "UZS"},
            language="en",
            now=now(),
            order=order,
        )


def test_file_on_its_way_is_not_asked_for_twice_until_a_worker_had_its_time(world: World) -> None:
    document = receipt_of(paid_order(world))
    rendering = Rendering.objects.get()
    asked = rendering.requested_at

    request_rendering(document=document, language="en", now=asked + timedelta(seconds=5))
    rendering.refresh_from_db()
    assert rendering.requested_at == asked

    request_rendering(document=document, language="en", now=asked + ASK_AGAIN)
    rendering.refresh_from_db()
    assert rendering.requested_at == asked + ASK_AGAIN


def test_worker_makes_the_file_that_the_event_asks_for_and_a_repeat_changes_nothing(
    world: World,
) -> None:
    paid_order(world)
    asked = OutboxEvent.objects.get(topic="documents.rendering_requested")

    tasks.render(rendering_id=asked.payload["rendering_id"])
    made = Rendering.objects.get()
    tasks.render(rendering_id=asked.payload["rendering_id"])

    with storages[STORAGE].open(made.key) as file:
        content = file.read()
    assert content.startswith(b"%PDF")
    assert sha256(content).hexdigest() == made.sha256
    assert Rendering.objects.get().rendered_at == made.rendered_at


def test_sweeper_issues_the_receipt_of_a_refund_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: object) -> None:
        raise LookupError("no")

    order = paid_order(world)
    with monkeypatch.context() as broken:
        broken.setattr(issuing, "issue_refund_receipt", fail)
        refund = refunded(order)
    assert of_kind(DocumentKind.REFUND_RECEIPT) == []

    assert issuing.issue_missing_receipts(now=now() + timedelta(minutes=11)) == 1

    assert [row.subject_id for row in of_kind(DocumentKind.REFUND_RECEIPT)] == [refund.id]
